// Keeps the page of a waiting request up to date. Without it, a reload does the same.
(() => {
  const EVERY = 5000;
  const part = () => document.querySelector("[data-live]");

  // What moved is drawn anew and told in the status region, which itself stays where it is.
  const show = (fresh) => {
    const main = document.querySelector("main");
    const news = document.querySelector("[data-news]");
    const focused = main.contains(document.activeElement);
    document.title = fresh.title;
    const drawn = fresh.querySelector("main");
    drawn.querySelector("[data-news]")?.remove();
    main.replaceChildren(...drawn.childNodes, news);
    const heading = main.querySelector("h1");
    news.textContent = heading.textContent;
    if (focused) {
      heading.tabIndex = -1;
      heading.focus();
    }
  };

  const look = async () => {
    const seen = part()?.dataset.live;
    if (!seen) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { headers: { "Holdfast-Seen": seen } });
        if (answer.redirected || answer.status === 404) return location.reload();
        if (answer.ok) {
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          if (fresh.querySelector("main")) show(fresh);
          else part().querySelector("[data-fresh]").replaceWith(fresh.querySelector("[data-fresh]"));
        }
      } catch {
        // Offline or restarting: what is shown stays, and the next look comes.
      }
    }
    setTimeout(look, EVERY);
  };
  if (part()) setTimeout(look, EVERY);
})();
