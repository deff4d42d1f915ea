// Puts our question to the person's security key and sends what the key says with the form.
// Nothing else can speak to a key, so without this the page offers the other ways.
(() => {
  const form = document.querySelector("[data-key]");
  if (!form || !window.PublicKeyCredential) return;
  const options = JSON.parse(form.dataset.options);
  const opened = performance.now();
  const busy = form.querySelector("[data-busy]");
  const troubles = [...form.querySelectorAll("[data-trouble]")];

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

  const ask = () => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (form.dataset.key === "create") {
      publicKey.user = { ...options.user, id: bytes(options.user.id) };
      publicKey.excludeCredentials = listed(options.excludeCredentials);
      return navigator.credentials.create({ publicKey });
    }
    publicKey.allowCredentials = listed(options.allowCredentials);
    return navigator.credentials.get({ publicKey });
  };

  // The browser's objects hold bytes; the form holds text (RegistrationResponseJSON and its twin).
  const said = ({ id, rawId, type, response }) => {
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return { id, rawId: text(rawId), type, response: parts };
  };

  const tell = (name) => {
    const known = troubles.find((each) => name && each.dataset.trouble === name);
    const shown = name === undefined ? null : known ?? troubles.at(-1);
    for (const each of troubles) each.hidden = each !== shown;
  };

  form.querySelector("[data-off]").hidden = true;
  form.querySelector("[data-on]").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!busy.hidden) return;
    // The question lives as long as it says; a page left open asks for a new one.
    if (performance.now() - opened > options.timeout) return location.assign(location.href);
    tell();
    busy.hidden = false;
    try {
      form.elements.answer.value = JSON.stringify(said(await ask()));
      form.submit();
    } catch (error) {
      busy.hidden = true;
      tell(error.name);
    }
  });
})();
