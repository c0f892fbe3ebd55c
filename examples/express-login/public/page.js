// What pages do more with scripts: a wait that counts down, and buttons that copy and print.
/* global document, window, navigator, setInterval, clearInterval */
for (const line of document.querySelectorAll("[data-countdown]")) {
  const number = line.querySelector("[role=timer]");
  const unit = line.querySelector("[data-unit]");
  const end = performance.now() + Number(line.dataset.countdown) * 1000;
  const tick = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    number.textContent = String(Math.max(left, 0));
    unit.textContent = left === 1 ? "second" : "seconds";
    if (left > 0) return;
    clearInterval(tick);
    line.hidden = true;
    line.parentElement.querySelector("[data-countdown-over]").hidden = false;
  }, 100);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard; // which browsers give to https and to this machine
  button.addEventListener("click", async () => {
    const parts = document.getElementById(button.dataset.copy).children;
    const between = button.dataset.between ?? "\n";
    await navigator.clipboard.writeText(Array.from(parts, (part) => part.textContent).join(between));
    document.querySelector("[data-copied]").textContent = "Copied.";
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
