// What browsers of 2019 lack of what the pages and htmx use: 360 and WeChat on campus are as old as Chromium 78.
(() => {
  if (!Element.prototype.replaceChildren) {
    for (const parent of [Element.prototype, Document.prototype, DocumentFragment.prototype]) {
      parent.replaceChildren = function (...nodes) {
        while (this.lastChild) this.lastChild.remove();
        this.append(...nodes);
      };
    }
  }
  if (!String.prototype.replaceAll) {
    String.prototype.replaceAll = function (what, by) { return this.split(what).join(by); };
  }
  if (typeof SubmitEvent === "undefined") {
    let pressed = null;
    addEventListener("click", (event) => {
      pressed = event.target.closest ? event.target.closest("button, input[type=submit]") : null;
    }, true);
    addEventListener("submit", (event) => {
      const submitter = pressed && pressed.form === event.target ? pressed : null;
      Object.defineProperty(event, "submitter", { value: submitter });
    }, true);
  }
})();
