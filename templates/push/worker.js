{% load holdfast %}// Shows a prompt, says that it is here, and opens the request. It holds nothing and keeps nothing.
const PLAIN = {
  title: "{% filter escapejs %}{% say 'push.prompt.plain.title' %}{% endfilter %}",
  body: "{% filter escapejs %}{% say 'push.prompt.plain.body' %}{% endfilter %}",
  url: "/",
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const read = (event) => {
  try {
    return { ...PLAIN, ...event.data.json() };
  } catch {
    return PLAIN;
  }
};

// Only the device that has the prompt knows its id; the cookie says which browser this is.
const acknowledge = async ({ prompt }) => {
  if (!prompt) return;
  try {
    await fetch("{% url 'push_ack' %}", { method: "POST", body: new URLSearchParams({ prompt }) });
  } catch {
    // Offline again: the prompt is here all the same.
  }
};

self.addEventListener("push", (event) => {
  const told = read(event);
  const shown = self.registration.showNotification(told.title, {
    body: told.body,
    tag: told.tag,
    renotify: Boolean(told.tag),
    requireInteraction: true,
    data: { url: told.url },
  });
  event.waitUntil(Promise.allSettled([shown, acknowledge(told)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const target = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(self.clients.openWindow(target));
});
