// What pages need beyond HTML: upload with progress, drafts of what is typed, the rehearsal's running clock.
(() => {
  "use strict";

  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  function uploads(form) {
    const input = form.querySelector("input[type=file]");
    const drop = form.querySelector(".drop");
    const text = form.querySelector(".drop-text");
    const bar = form.querySelector("progress");
    const state = form.querySelector(".upload-state");
    const button = form.querySelector("button[type=submit]");
    const chosen = () => { text.textContent = input.files.length ? input.files[0].name : text.dataset.empty; };
    input.addEventListener("change", chosen);
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          chosen();
        }
      });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.onprogress = (sent) => {
        bar.value = sent.lengthComputable ? (100 * sent.loaded) / sent.total : 0;
        state.textContent = sent.loaded < sent.total ? state.dataset.sending : state.dataset.checking;
      };
      request.onload = () => show(request);
      request.onerror = () => { button.disabled = false; bar.hidden = true; state.textContent = state.dataset.lost; };
      button.disabled = true;
      bar.hidden = false;
      state.textContent = state.dataset.sending;
      request.send(new FormData(form));
    });
  }

  // A refused upload answers with the page that says why; an accepted one has been redirected.
  function show(request) {
    if (request.status < 400) {
      window.location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("main").replaceWith(answer.querySelector("main"));
    start();
    window.scrollTo(0, 0);
  }

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
    each("form[data-upload]", uploads);
    each("[data-keep]", keepTyped);
    each("[data-check-all]", checkAll);
    each("[data-select]", (field) => field.addEventListener("focus", () => field.select()));
  }

  start();
  each("[data-clock]", runClock);
})();
