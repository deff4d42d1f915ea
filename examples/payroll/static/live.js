// Keeps #live fresh while its data-every (seconds) is there. Without this file, reloading does it.
"use strict";

const live = document.getElementById("live");

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    const inUse = live.contains(document.activeElement);
    if (answer.ok && fresh && !inUse && fresh.innerHTML !== live.innerHTML) {
      live.replaceChildren(...fresh.childNodes);
      live.toggleAttribute("data-every", fresh.hasAttribute("data-every"));
      if (fresh.dataset.every) live.dataset.every = fresh.dataset.every;
    }
  } catch {
    // Offline, or the server restarts: what is shown stays, and the next try may succeed.
  }
  plan();
}

function plan() {
  if (live?.dataset.every) setTimeout(refresh, Number(live.dataset.every) * 1000);
}

plan();
