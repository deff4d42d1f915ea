// Says that the person is here, if they agreed to it; the page does not even hold this otherwise.
// It tells whether the page is seen, whether prompts are allowed, and for how long the network was
// away. Nothing of the browser, the device or the page.
(() => {
  const EVERY = 120000;
  const AGAIN = 30000;
  const { url, proof } = document.currentScript.dataset;
  let leaving = false;
  let lostAt = null;

  const tell = (facts) => {
    const form = new FormData();
    form.append("csrfmiddlewaretoken", proof);
    for (const [name, value] of Object.entries(facts)) form.append(name, value);
    return navigator.sendBeacon(url, form);
  };

  // From page to page the same is not said twice within half a minute.
  const said = (name, value) => {
    try {
      const [before, at] = (sessionStorage.getItem(name) ?? "|0").split("|");
      if (before === value && Date.now() - Number(at) < AGAIN) return true;
      sessionStorage.setItem(name, `${value}|${Date.now()}`);
    } catch {
      // No storage: it is said once more.
    }
    return false;
  };

  const beat = () => {
    const heartbeat = document.hidden ? "background" : "foreground";
    if (navigator.onLine && !said("holdfast.heartbeat", heartbeat)) tell({ heartbeat });
  };

  const permission = () => {
    const allowed = window.Notification?.permission;
    if (allowed !== "granted" && allowed !== "denied") return;
    try {
      if (sessionStorage.getItem("holdfast.permission") === allowed) return;
      sessionStorage.setItem("holdfast.permission", allowed);
    } catch {
      // No storage: it is said once more.
    }
    tell({ permission: allowed });
  };

  // Going from page to page hides the old one; that is not going away.
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("visibilitychange", () => { if (!leaving) beat(); });
  addEventListener("offline", () => { lostAt ??= Date.now(); });
  addEventListener("online", () => {
    if (lostAt === null) return;
    const lost_for = Math.round((Date.now() - lostAt) / 1000);
    lostAt = null;
    tell({ lost_for, heartbeat: document.hidden ? "background" : "foreground" });
  });
  setInterval(() => { if (!document.hidden) beat(); }, EVERY);
  beat();
  permission();
})();
