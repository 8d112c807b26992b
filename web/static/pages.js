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

  // The clipboard is missing on http and in old browsers: then the old command, then the reader's own hand.
  async function copy(button) {
    const area = document.getElementById(button.dataset.copy);
    let copied = false;
    try {
      await navigator.clipboard.writeText(area.value);
      copied = true;
    } catch {
      area.focus();
      area.select();
      copied = document.execCommand("copy");
    }
    const said = document.getElementById("announcement-copied");
    if (said) said.textContent = copied ? button.dataset.copied : button.dataset.byHand;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    copy(button);
  });

  function start() {
    each("[data-keep]", keepTyped);
    each("[data-check-all]", checkAll);
    each("[data-select]", (field) => field.addEventListener("focus", () => field.select()));
  }

  start();
  document.addEventListener("caiji:shown", start);
  each("[data-clock]", runClock);
})();
