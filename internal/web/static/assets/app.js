// Enhancement only: every page reads and every form works without this file.
(() => {
  "use strict";

  // Arrows move between the surfaces of a chart; Tab then enters it once.
  const shown = (svg) => svg.getBoundingClientRect().width > 0;
  const cells = (figure) =>
    [...figure.querySelectorAll("svg")].filter(shown).flatMap((svg) => [...svg.querySelectorAll("a")]);
  const centre = (a) => {
    const r = a.getBoundingClientRect();
    return [r.left + r.width / 2, r.top + r.height / 2];
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const nearest = (from, all, [dx, dy]) => {
    const [x, y] = centre(from);
    let best = null, least = Infinity;
    for (const a of all) {
      const [ax, ay] = centre(a);
      const along = (ax - x) * dx + (ay - y) * dy;
      const across = Math.abs((ax - x) * dy) + Math.abs((ay - y) * dx);
      if (a !== from && along > 1 && along + 2 * across < least) [best, least] = [a, along + 2 * across];
    }
    return best;
  };

  const rove = (all, to) => {
    for (const a of all) a.setAttribute("tabindex", a === to ? "0" : "-1");
  };

  const prepare = () => {
    for (const figure of document.querySelectorAll("[data-arrows]")) {
      const all = cells(figure);
      if (all.length > 1 && !all.some((a) => a === document.activeElement)) rove(all, all[0]);
    }
    for (const b of document.querySelectorAll("[data-print],[data-copy]")) b.hidden = false;
  };

  document.addEventListener("keydown", (e) => {
    const figure = e.target.closest?.("[data-arrows]");
    if (!figure || !e.target.closest("svg") || e.altKey || e.ctrlKey || e.metaKey) return;
    const all = cells(figure);
    const to =
      e.key === "Home" ? all[0] : e.key === "End" ? all.at(-1) : moves[e.key] && nearest(e.target, all, moves[e.key]);
    if (!to) return;
    e.preventDefault();
    rove(all, to);
    to.focus();
  });

  document.addEventListener("click", async (e) => {
    const button = e.target.closest?.("[data-print],[data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) return window.print();
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Adresse copiée";
    } catch {
      window.prompt("Adresse à copier", text);
    }
  });

  document.getElementById("erreurs")?.focus();
  window.addEventListener("resize", prepare);
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
