// What pages need beyond HTML: drafts of what is typed, the rehearsal's running clock.
(() => {
  "use strict";

  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // What is typed survives a reload or an expired session; it is dropped once it has been accepted.
  function keepTyped(area) {
    const key = `caiji:${area.dataset.keep}`;
    if (document.querySelector(".notice-good")) sessionStorage.removeItem(key);
    if (!area.value) area.value = sessionStorage.getItem(key) || "";
    area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
  }

  function runClock(face) {
    const from = Number(face.dataset.clock), rate = Number(face.dataset.rate);
    const offset = Number(face.dataset.offset), began = Date.now() / 1000;
    if (!rate) return;
    setInterval(() => {
      const shown = from + (Date.now() / 1000 - began) * rate + offset;
      face.textContent = new Date(shown * 1000).toISOString().slice(0, 16).replace("T", " ");
    }, 1000);
  }

  function checkAll(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = true; });
    });
  }

  function start() {
    each("[data-keep]", keepTyped);
    each("[data-check-all]", checkAll);
    each("[data-select]", (field) => field.addEventListener("focus", () => field.select()));
  }

  start();
  document.addEventListener("caiji:shown", start);
  each("[data-clock]", runClock);
})();
