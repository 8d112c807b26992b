// A cell that is clicked (or chosen by Enter) becomes the one that the reviewer writes about.
(() => {
  "use strict";

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function choose(cell) {
    const bar = document.getElementById("remark-bar");
    if (!bar) return;
    document.querySelectorAll("td.chosen").forEach((other) => other.classList.remove("chosen"));
    cell.classList.add("chosen");
    bar.hidden = false;
    bar.classList.add("at-hand");
    bar.elements.cell.value = cell.dataset.cell;
    if (bar.elements.sheet) bar.elements.sheet.value = cell.dataset.sheet;
    bar.elements.said.focus({ preventScroll: true });
  }

  // One cell of a table is in the tab order; the arrows move from it to its neighbours.
  function reach(table) {
    const first = table.querySelector("td[data-cell]");
    if (first) first.tabIndex = 0;
  }

  function walk(cell, [rows, columns]) {
    let row = cell.parentElement;
    if (rows) row = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
    const next = row && row.children[cell.cellIndex + columns];
    if (!next || !next.dataset.cell) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  const cellOf = (event) => event.target.closest("[data-remarkable] td[data-cell]");

  document.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (cell && !String(window.getSelection())) choose(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    if (event.key === "Enter") choose(cell);
    else if (STEPS[event.key]) walk(cell, STEPS[event.key]);
    else return;
    event.preventDefault();
  });

  // Until a cell is chosen the bar is out of the way; what was refused is shown again where it stands.
  const bar = document.getElementById("remark-bar");
  if (bar && !bar.elements.said.value) bar.hidden = true;

  const start = () => document.querySelectorAll("[data-remarkable]").forEach(reach);
  start();
  document.addEventListener("htmx:after:swap", start);
})();
