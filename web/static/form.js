// The form of a table of one record: saves itself, shows what a check finds beside each field.
(() => {
  "use strict";

  const page = document.getElementById("form-page");
  if (!page || page.dataset.editable !== "yes" || !window.CaijiDraft || !window.fetch) return;
  const words = JSON.parse(document.getElementById("words").textContent), form = page.querySelector("form.record");
  const by = (name) => page.querySelector(`[data-part="${name}"]`);
  const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const fields = [...page.querySelectorAll(".field")];
  const ask = window.CaijiAsk(page.querySelector("dialog"), words);
  const state = { wish: "" };
  const draft = new window.CaijiDraft({
    address: page.dataset.address,
    token: document.querySelector('meta[name="csrf-token"]').content,
    mirror: `caiji:draft:${page.dataset.person}:${page.dataset.assignment}`,
    tell: window.CaijiSaving(by("saving"), words),
    show: (who, disputed) => {
      fields.forEach(lay);
      if (who) notice(say(disputed ? words.merged_disputed : words.merged, { who }));
    },
    choose: (disputed, who) => ask.disputed(disputed, who, () => 1),
  });

  function notice(text) {
    by("notice").textContent = text;
    by("notice").hidden = !text;
  }

  const rowOf = (sheet) => draft.of(sheet)[0];
  const inputs = (field) => [...field.querySelectorAll("input, select, textarea")];
  const valueOf = (field) => {
    const all = inputs(field), radio = all.find((one) => one.type === "radio");
    if (!radio) return all[0].value;
    const chosen = all.find((one) => one.checked);
    return chosen ? chosen.value : "";
  };

  function put(field, text) {
    for (const one of inputs(field)) {
      if (one.type === "radio") one.checked = one.value === text;
      else {
        if (one.tagName === "SELECT" && ![...one.options].some((option) => option.value === text)) one.add(new Option(text, text));
        one.value = text;
      }
    }
  }

  // What was typed before the draft had come is newer than the draft.
  const early = new Set();

  function lay(field) {
    if (early.has(field)) return;
    const row = rowOf(field.dataset.sheet), text = row ? row[1].cells[field.dataset.column] || "" : "";
    if (valueOf(field) !== text) put(field, text);
  }

  function typed(field) {
    const sheet = field.dataset.sheet;
    if (!rowOf(sheet)) draft.add(draft.name(), { id: null, sheet, place: 2, cells: {} });
    draft.type(rowOf(sheet)[0], { [field.dataset.column]: valueOf(field) });
    field.querySelector(".field-told").textContent = "";
    field.classList.remove("field-bad");
  }

  // -- checking and handing in

  function told(body) {
    for (const field of fields) {
      field.querySelector(".field-told").textContent = "";
      field.classList.remove("field-bad");
    }
    const rest = [];
    for (const found of body.findings) {
      const field = fields.find((one) => one.dataset.sheet === found.sheet && one.dataset.column === found.column);
      const line = document.createElement(field ? "div" : "li");
      line.className = `told told-${found.severity}`;
      line.textContent = `${found.message} ${found.remedy}`;
      if (field) {
        field.querySelector(".field-told").append(line);
        if (found.severity === "error") field.classList.add("field-bad");
      } else rest.push(line);
    }
    by("list").textContent = "";
    by("list").append(...rest);
    by("list").hidden = !rest.length;
    const verdict = by("verdict");
    verdict.hidden = false;
    verdict.className = `verdict ${body.errors ? "verdict-bad" : "verdict-good"}`;
    verdict.textContent = say(body.errors ? words.errors : words.clean, body);
    const first = page.querySelector(".field-bad") || verdict;
    first.scrollIntoView({ block: "center" });
    const input = first.querySelector("input, select, textarea");
    if (input) input.focus({ preventScroll: true });
  }

  const act = (path) => draft.act(path, words, notice, () => open("GET"));

  async function handIn() {
    const answer = await ask.say(words.submit_title, words.submit_ask, [["yes", words.submit, "primary"], ["no", words.cancel]]);
    const body = answer === "yes" ? await act("/submit") : null;
    if (!body) return;
    if (!body.error || (!body.errors && await elsewhere(body))) { window.location.assign(body.error ? page.dataset.task : page.dataset.done); return; }
    await open("GET");
    told(body);
    notice(`${body.error || ""}${body.remedy || ""}`);
  }

  // Nothing wrong in the cells stands against it: warnings are explained where the task is.
  const elsewhere = async (body) => (await ask.say(words.explain_title, `${body.error}${body.remedy || ""}`, [["yes", words.to_task, "primary"], ["no", words.stay]])) === "yes";

  async function wish(what) {
    notice("");
    if (what === "submit") await handIn();
    else if (what === "check") { const body = await act("/check"); if (body) told(body); }
    else await draft.flush();
  }

  // -- opening

  const open = async (method) => answered(await draft.ask(method, "").catch(() => null));

  async function answered(answer) {
    if (!answer || answer.status !== 200) {
      notice(answer ? `${answer.body.error || words.failed}${answer.body.remedy || ""}` : words.no_network);
      return false;
    }
    await take(answer.body);
    return true;
  }

  async function take(body) {
    const back = await draft.load(body);
    fields.forEach(lay);
    if (back) notice(say(words.brought_back, { count: back }));
    if (body.saved_at && !back) by("saving").textContent = say(words.saved_before, { at: body.saved_at.slice(0, 16).replace("T", " "), who: body.saved_by || "" });
    shut(body);
    stale(body);
    if (body.findings && body.findings.length) {
      told({ findings: body.findings, errors: body.findings.filter((one) => one.severity === "error").length, warnings: body.findings.filter((one) => one.severity === "warning").length });
      window.scrollTo(0, 0);
    }
  }

  // Where the reviewer opened single cells only, the others are shown and not typed into.
  function shut(body) {
    for (const field of fields) {
      const row = rowOf(field.dataset.sheet), mine = body.remarks.filter((one) => row && one.row_id === row[1].id && one.column === field.dataset.column);
      for (const one of inputs(field)) one.disabled = body.cells_only && !mine.length;
      for (const { text } of mine) {
        const line = document.createElement("div");
        line.className = "told told-remark";
        line.textContent = say(words.remark, { text });
        field.querySelector(".field-told").append(line);
      }
    }
  }

  function stale(body) {
    by("stale").hidden = !body.stale;
    if (!body.stale) return;
    by("stale-text").textContent = say(words.stale, { base: body.base, newest: body.newest });
    by("stale-counts").textContent = body.difference ? say(words.stale_counts, body.difference) : "";
    by("keep").onclick = async () => {
      const answer = await draft.ask("POST", "/keep", { version: body.newest }).catch(() => null);
      if (answer && answer.status === 200) await take(answer.body); else notice(answer ? answer.body.error : words.no_network);
    };
  }

  async function discard() {
    const answer = await ask.say(words.discard_title, words.discard_ask, [["no", words.cancel, "primary"], ["yes", words.discard, "danger"]]);
    if (answer === "yes") await answered(await draft.discard());
  }

  // A wish uttered before the draft has come waits for it; where it doesn't come, the form goes the plain way.
  async function asked(event, opening) {
    event.preventDefault();
    const what = event.submitter ? event.submitter.value : state.wish || "save";
    if (await opening) { wish(what); return; }
    const plain = document.createElement("input");
    Object.assign(plain, { type: "hidden", name: "wish", value: what });
    form.append(plain);
    form.submit();
  }

  async function start() {
    let opened = false;
    for (const field of fields) field.addEventListener("input", () => { if (opened) typed(field); else early.add(field); });
    // Older browsers do not say which button was pressed.
    for (const button of form.querySelectorAll("button[name=wish]")) button.addEventListener("click", () => { state.wish = button.value; });
    const opening = begin();
    form.addEventListener("submit", (event) => asked(event, opening));
    opened = await opening;
  }

  async function begin() {
    if (!(await open("POST"))) return false;
    for (const field of [...early]) { early.delete(field); typed(field); }
    for (const field of fields) {
      const old = field.querySelector("[data-old]");
      if (old) {
        old.hidden = false;
        old.addEventListener("click", () => { put(field, old.dataset.old); typed(field); });
      }
    }
    for (const name of ["discard", "give_up"]) {
      by(name).hidden = false;
      by(name).addEventListener("click", discard);
    }
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") draft.flush(); });
    return true;
  }

  start();
})();
