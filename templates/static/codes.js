// Copying and printing the backup codes. Without it, they are text to select and a page to print.
(() => {
  const list = document.querySelector("[data-codes]");
  const copy = document.querySelector("[data-copy]");
  const print = document.querySelector("[data-print]");
  const told = document.querySelector("[data-told]");

  print.hidden = false;
  print.addEventListener("click", () => window.print());

  if (!navigator.clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const codes = [...list.children].map((each) => each.textContent.trim());
    await navigator.clipboard.writeText(codes.join("\n"));
    copy.textContent = told.textContent = copy.dataset.copy;
  });
})();
