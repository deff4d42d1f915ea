// Asks the browser whether prompts are fine, and hands its address to the form. A browser cannot
// take prompts without it.
(() => {
  const part = document.querySelector("[data-push]");
  const form = part.querySelector("form");
  const { key, worker } = part.dataset;

  const say = (what) => {
    for (const each of part.querySelectorAll("[data-problem]")) {
      each.hidden = each.dataset.problem !== what;
    }
  };

  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    say("unsupported");
    return;
  }
  form.hidden = false;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

  const subscribe = async () => {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    // An older address may be somebody else's who used this browser: it ends here.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(key),
    });
    const { endpoint, keys } = made.toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    say("");
    try {
      await subscribe();
    } catch {
      say("failed");
    }
    button.disabled = false;
  });
})();
