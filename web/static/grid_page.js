// Around the grid: clipboard, keyboard, buttons, findings, checking and handing in.
(() => {
  "use strict";

  const grid = window.CaijiGrid;
  if (!grid) return;
  const { page, words, by, say, state, draft, ask, notice } = grid;
  const BLANKS = 10, FEWEST = 3;
  const editing = (event) => event.target.closest("textarea, input, dialog");

  // -- clipboard

  page.addEventListener("copy", (event) => {
    if (editing(event) || !event.target.closest || !grid.area.contains(event.target)) return;
    copy(event);
  });
  page.addEventListener("cut", (event) => {
    if (editing(event) || !grid.area.contains(event.target)) return;
    copy(event);
    if (state.editable) grid.clear();
  });
  page.addEventListener("paste", (event) => {
    if (editing(event) || !state.editable || !grid.area.contains(event.target)) return;
    event.preventDefault();
    paste(window.CaijiClipboard.parse(event.clipboardData.getData("text/plain")));
  });

  function copy(event) {
    const rows = grid.selected().map((row) => row.map((cell) => draft.rows.get(cell.uid).cells[cell.name] || ""));
    event.clipboardData.setData("text/plain", window.CaijiClipboard.write(rows));
    event.preventDefault();
  }

  async function paste(block) {
    const names = grid.columns().map((column) => column.name), chosen = grid.selected();
    let from = chosen.length ? names.indexOf(chosen[0][0].name) : 0;
    const wide = Math.max(...block.map((row) => row.length));
    if (from + wide > names.length) {
      const answer = await tooWide(from + wide - names.length, wide <= names.length);
      if (answer === "no") return;
      if (answer === "first") from = 0;
    }
    const titles = names.slice(from, from + wide), heads = block.length > 1 && block[0].every((text, at) => text.trim() === titles[at]);
    const rows = (heads ? block.slice(1) : block).map((row) => row.slice(0, names.length - from));
    if (heads) notice(words.heading_left_out);
    warnOfNumbers(rows, from);
    const alone = rows.length === 1 && rows[0].length === 1 && chosen.flat().length > 1;
    if (alone) { await grid.write(chosen.flat().map((cell) => ({ ...cell, text: rows[0][0] }))); return; }
    await pasteRows(rows, from, chosen);
  }

  async function pasteRows(rows, from, chosen) {
    const names = grid.columns().map((column) => column.name), lined = draft.of(state.sheet.name).map(([uid]) => uid);
    const start = chosen.length ? lined.indexOf(chosen[0][0].uid) : lined.length, missing = Math.max(start + rows.length - lined.length, 0);
    if (draft.rows.size + missing > state.limit) { notice(say(words.paste_limit, { limit: state.limit, rows: draft.rows.size + missing })); return; }
    const added = grid.fresh(missing), uids = [...lined, ...added.map((one) => one.uid)];
    const cells = [];
    rows.forEach((row, down) => row.forEach((text, right) => cells.push({ uid: uids[start + down], name: names[from + right], text })));
    await grid.write(cells, added);
  }

  const tooWide = (over, fits) => ask.say(words.wide_title, say(words.wide, { over }), [
    ...(fits ? [["first", words.wide_first, "primary"]] : []), ["cut", say(words.wide_cut, { over })], ["no", words.cancel],
  ]);

  // Excel shows a long number as 1.10102E+17, and that is what it copies.
  function warnOfNumbers(rows, from) {
    const columns = grid.columns();
    const bad = columns.find((column, at) => column.identity && at >= from
      && rows.some((row) => /^\d(\.\d+)?E\+\d+$/i.test((row[at - from] || "").trim())));
    if (bad) notice(say(words.scientific, { column: bad.name }));
  }

  // -- keyboard: typing begins to write, as in Excel

  grid.area.addEventListener("keydown", (event) => {
    if (editing(event) || !state.ready || state.grid.modules.edit.currentCell) return;
    const command = event.ctrlKey || event.metaKey, key = event.key.toLowerCase();
    if (command && key === "z" && !event.shiftKey) grid.undo();
    else if (command && (key === "y" || (key === "z" && event.shiftKey))) grid.redo();
    else if (command && key === "f") by("find").focus();
    else if (command || event.altKey) return;
    else if (state.editable && (event.key === "Delete" || event.key === "Backspace")) grid.clear();
    else if (event.key === "F2" || event.key === "Enter") begin(null);
    else if (event.key.length === 1 || event.key === "Process") { begin(""); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  function begin(text) {
    const cell = grid.active();
    if (!cell || !state.editable || state.grid.modules.edit.currentCell) return;
    const field = grid.columns().findIndex((column) => column.name === cell.name);
    state.typedOver = text;
    state.grid.getRow(cell.uid).getCell(`c${field}`).edit();
    state.typedOver = null;
  }

  // A finger has no double click: a tap on the chosen cell writes.
  grid.area.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "touch" || editing(event)) return;
    const was = state.tapped, cell = grid.active();
    state.tapped = cell ? `${cell.uid}/${cell.name}` : "";
    if (cell && was === state.tapped) window.setTimeout(() => begin(null), 50);
  });

  // -- finding

  by("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const wanted = by("find").value.trim().toLowerCase();
    if (wanted) find(wanted);
  });

  function find(wanted) {
    const names = grid.columns().map((column) => column.name), hits = [];
    for (const [uid, row] of draft.of(state.sheet.name)) {
      for (const name of names) if ((row.cells[name] || "").toLowerCase().includes(wanted)) hits.push(`${uid}/${name}`);
    }
    if (!hits.length) { notice(say(words.not_found, { text: wanted })); return; }
    const next = hits[(hits.indexOf(state.hit) + 1) % hits.length], cut = next.indexOf("/");
    state.hit = next;
    notice(say(words.found, { at: hits.indexOf(next) + 1, all: hits.length }));
    grid.jump(next.slice(0, cut), next.slice(cut + 1)).then(() => by("find").focus());
  }

  // -- checking and handing in

  function lay(body) {
    state.findings.clear();
    state.told = body.findings.map((found) => ({ ...found, uid: found.row_id ? draft.uidOf(found.row_id) : null }));
    for (const found of state.told) {
      if (!found.uid || !found.column) continue;
      const key = `${found.uid}/${found.column}`;
      state.findings.set(key, [...(state.findings.get(key) || []), found]);
    }
    list();
    by("verdict").textContent = body.errors ? say(words.errors, body) : say(words.clean, body);
    by("verdict").className = `verdict ${body.errors ? "verdict-bad" : "verdict-good"}`;
    by("findings").hidden = !body.findings.length;
    by("verdict").hidden = false;
    grid.relay();
  }

  function list() {
    const place = by("list"), order = { error: 0, warning: 1, info: 2 };
    place.textContent = "";
    for (const found of [...state.told].sort((one, other) => order[one.severity] - order[other.severity]).slice(0, 500)) {
      const item = document.createElement("li"), label = document.createElement("span");
      item.className = `found found-${found.severity}`;
      label.className = `severity severity-${found.severity}`;
      label.textContent = words[`severity_${found.severity}`];
      item.append(label, found.uid ? link(found) : document.createElement("span"), ` ${found.message} `);
      const remedy = document.createElement("span");
      remedy.className = "hint";
      remedy.textContent = found.remedy;
      item.append(remedy);
      place.append(item);
    }
  }

  function link(found) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = say(words.place, { row: grid.rowNumber(found.uid), column: found.column || found.sheet });
    button.addEventListener("click", () => grid.jump(found.uid, found.column));
    return button;
  }

  const act = (path) => draft.act(path, words, notice, () => open("GET"));

  async function check() {
    const body = await act("/check");
    if (body) lay(body);
  }

  async function handIn() {
    const answer = await ask.say(words.submit_title, words.submit_ask, [["yes", words.submit, "primary"], ["no", words.cancel]]);
    const body = answer === "yes" ? await act("/submit") : null;
    if (!body) return;
    if (!body.error || (!body.errors && await elsewhere(body))) { window.location.assign(body.error ? page.dataset.task : page.dataset.done); return; }
    await open("GET");
    lay(body);
    notice(`${body.error || ""}${body.remedy || ""}`);
  }

  // Nothing wrong in the cells stands against it: warnings are explained where the task is.
  const elsewhere = async (body) => (await ask.say(words.explain_title, `${body.error}${body.remedy || ""}`, [["yes", words.to_task, "primary"], ["no", words.stay]])) === "yes";

  async function discard() {
    const answer = await ask.say(words.discard_title, words.discard_ask, [["no", words.cancel, "primary"], ["yes", words.discard, "danger"]]);
    if (answer === "yes") await begunAgain(await draft.discard());
  }

  const keep = async (version) => begunAgain(await draft.ask("POST", "/keep", { version }).catch(() => null));

  async function begunAgain(answer) {
    if (!answer || answer.status !== 200) { notice(answer ? `${answer.body.error}${answer.body.remedy || ""}` : words.no_network); return; }
    await take(answer.body);
  }

  // -- opening

  async function open(method) {
    const answer = await draft.ask(method, "").catch(() => null);
    by("loading").hidden = true;
    if (!answer || answer.status !== 200) {
      by("trouble").hidden = false;
      by("trouble").textContent = answer ? `${answer.body.error || words.failed}${answer.body.remedy || ""}` : words.no_network;
      return;
    }
    await take(answer.body);
  }

  async function take(body) {
    state.limit = body.limit;
    state.match = body.prior.match;
    state.prior = new Map(body.prior.rows.map((cells) => [state.match.map((name) => (cells[name] || "").trim()).join("\u001f"), cells]));
    state.remarks = new Map();
    for (const { row_id, column, text } of body.remarks) {
      const key = `${row_id}/${column}`;
      state.remarks.set(key, [...(state.remarks.get(key) || []), text]);
    }
    state.open = body.cells_only ? new Set(state.remarks.keys()) : null;
    state.done = [];
    state.undone = [];
    const back = await draft.load(body);
    if (state.editable) seed();
    stale(body);
    by("ready").hidden = false;
    if (!state.grid) await grid.choose(state.sheet.name); else await grid.relay();
    grid.tools();
    if (back) { notice(say(words.brought_back, { count: back })); draft.later(); }
    if (body.findings) lay({ findings: body.findings, ...count(body.findings) }); else for (const part of ["findings", "verdict"]) by(part).hidden = true;
    if (!back && body.saved_at && state.editable) by("saving").textContent = say(words.saved_before, { at: body.saved_at.slice(0, 16).replace("T", " "), who: body.saved_by || "" });
  }

  const count = (found) => ({ errors: found.filter((one) => one.severity === "error").length, warnings: found.filter((one) => one.severity === "warning").length });

  // Empty rows to go on typing in; they are saved once something stands in them.
  function seed() {
    const rows = draft.of(state.sheet.name), filled = rows.filter(([, row]) => Object.keys(row.cells).length).length;
    const wanted = Math.max(BLANKS - filled, FEWEST) - (rows.length - filled);
    for (const one of grid.fresh(Math.max(Math.min(wanted, state.limit - draft.rows.size), 0))) draft.rows.set(one.uid, one.row);
  }

  function stale(body) {
    const place = by("stale");
    place.hidden = !body.stale;
    if (!body.stale) return;
    by("stale-text").textContent = say(words.stale, { base: body.base, newest: body.newest });
    const list = by("stale-list");
    list.textContent = "";
    const difference = body.difference;
    by("stale-counts").textContent = difference ? say(words.stale_counts, difference) : "";
    for (const cell of difference ? difference.cells : []) {
      const item = document.createElement("li");
      item.textContent = say(words.stale_cell, { ...cell, old: cell.old || words.blank, new: cell.new || words.blank });
      list.append(item);
    }
    by("keep").onclick = () => keep(body.newest);
  }

  // -- buttons

  const buttons = { undo: grid.undo, redo: grid.redo, strike: grid.strike, check, submit: handIn, discard, give_up: discard };
  for (const [name, act_] of Object.entries(buttons)) if (by(name)) by(name).addEventListener("click", () => act_());
  if (by("insert")) by("insert").addEventListener("click", () => grid.insert(1, (grid.active() || {}).uid));
  page.querySelectorAll("[role=tab]").forEach((tab) => tab.addEventListener("click", async () => {
    state.sheet = grid.table.sheets.find((sheet) => sheet.name === tab.dataset.sheet);
    if (state.editable) seed();
    await grid.choose(tab.dataset.sheet);
  }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") draft.flush(); else if (state.editable && state.ready) look();
  });

  // Coming back to the page: has somebody else typed meanwhile?
  async function look() {
    if (!(await draft.flush())) return;
    const answer = await draft.ask("GET", "").catch(() => null);
    if (answer && answer.status === 200 && answer.body.rev !== draft.rev) {
      await draft.merge(answer.body.rows, answer.body.rev, answer.body.saved_by || "");
      stale(answer.body);
    }
  }

  open(state.editable ? "POST" : "GET");
})();
