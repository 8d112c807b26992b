// Files chosen or dropped are sent with progress; without script the same forms work as they are.
(() => {
  "use strict";

  function wire(form) {
    const input = form.querySelector("input[type=file]");
    const drop = form.querySelector(".drop");
    const text = form.querySelector(".drop-text");
    const chosen = () => { text.textContent = said(text, input.files); };
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
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  }

  function said(text, files) {
    if (!files.length) return text.dataset.empty;
    if (files.length === 1 || !text.dataset.many) return files[0].name;
    return text.dataset.many.replace("{n}", files.length);
  }

  function send(form) {
    const bar = form.querySelector("progress");
    const state = form.querySelector(".upload-state");
    // What stands on the page is about the version before; nothing is decided on it while a newer one is sent.
    const buttons = [...document.querySelectorAll("main button[type=submit]:not(:disabled)")];
    const hold = (held) => { for (const button of buttons) button.disabled = held; };
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.onprogress = (sent) => {
      bar.value = sent.lengthComputable ? (100 * sent.loaded) / sent.total : 0;
      state.textContent = sent.loaded < sent.total ? state.dataset.sending : state.dataset.checking;
    };
    request.onload = () => show(request);
    request.onerror = () => { hold(false); bar.hidden = true; state.textContent = state.dataset.lost; };
    hold(true);
    bar.hidden = false;
    state.textContent = state.dataset.sending;
    request.send(new FormData(form));
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
    document.dispatchEvent(new Event("caiji:shown"));
    window.scrollTo(0, 0);
  }

  function start() {
    document.querySelectorAll("form[data-upload]").forEach(wire);
  }

  start();
})();
