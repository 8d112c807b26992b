// The grid: a table's rows typed, pasted, undone and checked on the page.  Rows live in the draft; Tabulator shows them.
(() => {
  "use strict";

  const page = document.getElementById("grid-page");
  if (!page) return;
  const area = document.getElementById("grid"), words = JSON.parse(document.getElementById("words").textContent);
  const table_ = JSON.parse(document.getElementById("table").textContent);
  const by = (name) => page.querySelector(`[data-part="${name}"]`);
  const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  if (!window.Tabulator || !window.CaijiDraft || !window.fetch) {
    by("too-old").hidden = false;
    by("loading").hidden = true;
    return;
  }

  const STEP = 2, MANY = 200, GAP = 1024;
  const state = {
    sheet: table_.sheets[0], grid: null, undone: [], done: [], findings: new Map(), told: [], remarks: new Map(),
    open: null, prior: new Map(), match: [], limit: 0, editable: page.dataset.editable === "yes", typedOver: null,
    ready: false, column: null,
  };
  const ask = window.CaijiAsk(page.querySelector("dialog"), words);
  const draft = new window.CaijiDraft({
    address: page.dataset.address,
    token: document.querySelector('meta[name="csrf-token"]').content,
    mirror: `caiji:draft:${page.dataset.person}:${page.dataset.assignment}`,
    tell: window.CaijiSaving(by("saving"), words),
    show: (who, disputed) => {
      relay();
      if (who) notice(say(disputed ? words.merged_disputed : words.merged, { who }));
    },
    choose: (disputed, who) => ask.disputed(disputed, who, rowNumber),
  });

  // -- what the grid shows

  const columns = () => state.sheet.columns;
  const fieldOf = (name) => `c${columns().findIndex((column) => column.name === name)}`;
  const nameOf = (field) => columns()[Number(field.slice(1))].name;
  const lay = (uid, row) => {
    const shown = { uid };
    columns().forEach((column, at) => { shown[`c${at}`] = row.cells[column.name] || ""; });
    return shown;
  };
  const data = () => draft.of(state.sheet.name).map(([uid, row]) => lay(uid, row));
  const rowNumber = (uid) => {
    const row = draft.rows.get(uid);
    return row ? draft.of(row.sheet).findIndex(([one]) => one === uid) + 1 : 0;
  };

  function mayType(uid, name) {
    const row = draft.rows.get(uid);
    if (!state.editable || !row) return false;
    if (!state.open || !row.id || row.place % GAP) return true;
    return state.open.has(`${row.id}/${name}`);
  }

  function heading(column) {
    const whole = document.createElement("span"), parts = column.name.split("/"), last = parts.pop();
    whole.className = "grid-heading";
    if (parts.length) whole.append(small(parts.join(" / ")));
    const title = document.createElement("span");
    title.textContent = last;
    if (column.required) {
      const star = document.createElement("abbr");
      star.textContent = "*";
      star.title = words.required;
      title.append(star);
    }
    whole.append(title);
    if (column.unit) whole.append(small(column.unit));
    return whole;
  }

  function small(text) {
    const found = document.createElement("small");
    found.textContent = text;
    return found;
  }

  const lastYear = (uid) => {
    const row = draft.rows.get(uid);
    if (!row || !state.prior.size) return null;
    return state.prior.get(state.match.map((name) => (row.cells[name] || "").trim()).join("\u001f")) || null;
  };

  function marks(uid, name) {
    const row = draft.rows.get(uid), key = row && row.id ? `${row.id}/${name}` : "";
    const found = state.findings.get(`${uid}/${name}`) || [], remarks = state.remarks.get(key) || [];
    const before = lastYear(uid), now = row ? row.cells[name] || "" : "";
    const old = before && (before[name] || "") !== now ? before[name] || words.blank : null;
    return { found, remarks, old };
  }

  function paint(cell) {
    const uid = cell.getRow().getData().uid, name = nameOf(cell.getField()), element = cell.getElement();
    const { found, remarks, old } = marks(uid, name);
    const worst = ["error", "warning", "info"].find((one) => found.some((each) => each.severity === one));
    for (const one of ["error", "warning", "info"]) element.classList.toggle(`cell-${one}`, one === worst);
    element.classList.toggle("cell-remark", remarks.length > 0);
    element.classList.toggle("cell-differs", old !== null);
    element.classList.toggle("cell-shut", !mayType(uid, name));
    const text = document.createElement("span");
    text.textContent = cell.getValue() || "";
    return text;
  }

  // What stands beside a cell: the column's note, last year's value, the reviewer's remark, the findings.
  function lines(uid, name) {
    const column = columns().find((one) => one.name === name), { found, remarks, old } = marks(uid, name);
    const told = [];
    for (const one of found) told.push({ kind: one.severity, text: one.message + (one.remedy ? ` ${one.remedy}` : "") });
    for (const text of remarks) told.push({ kind: "remark", text: say(words.remark, { text }) });
    if (old !== null) told.push({ kind: "old", text: say(words.last_year, { value: old }) });
    return { column, told };
  }

  function tooltip(event, cell) {
    if (!cell.getField()) return "";
    const { told } = lines(cell.getRow().getData().uid, nameOf(cell.getField()));
    return told.length ? listed(told) : "";
  }

  function listed(told) {
    const list = document.createElement("div");
    for (const one of told) {
      const line = document.createElement("div");
      line.className = `told told-${one.kind}`;
      line.textContent = one.text;
      list.append(line);
    }
    return list;
  }

  function describe() {
    const bar = by("about"), cell = active();
    bar.textContent = "";
    if (!cell) return;
    const { column, told } = lines(cell.uid, cell.name);
    const head = document.createElement("p");
    const title = document.createElement("strong");
    title.textContent = say(words.place, { row: rowNumber(cell.uid), column: column.name });
    head.append(title, ` ${column.note.split("\n").join(" · ")}`);
    bar.append(head);
    if (told.length) bar.append(listed(told));
  }

  // -- building

  const writing = window.CaijiWriting({ first: () => state.typedOver, onwards: (way) => onwards(way) });

  function build() {
    if (state.grid) state.grid.destroy();
    state.ready = false;
    state.grid = new window.Tabulator(area, {
      data: data(), index: "uid", layout: "fitDataFill", maxHeight: area.dataset.height, nestedFieldSeparator: false,
      history: false, clipboard: false, headerSortClickElement: "icon", selectableRange: 1,
      selectableRangeRows: true, selectableRangeColumns: true, selectableRangeClearCells: false,
      editTriggerEvent: "dblclick", placeholder: small(words.empty),
      rowHeader: { formatter: "rownum", frozen: true, headerSort: false, resizable: false, hozAlign: "center", width: 52, cssClass: "row-number" },
      columnDefaults: { headerSort: false, tooltip, formatter: paint, resizable: "header", editable: (cell) => mayType(cell.getRow().getData().uid, nameOf(cell.getField())) },
      columns: columns().map((column, at) => ({
        title: column.name, field: `c${at}`, frozen: at === 0, titleFormatter: () => heading(column),
        hozAlign: column.number ? "right" : "left", minWidth: 90, width: width(column),
        headerTooltip: () => listed(column.note.split("\n").map((text) => ({ kind: "note", text }))),
        editor: writing, editorParams: { choices: column.choices, label: column.name },
      })),
      keybindings: { undo: false, redo: false, copyToClipboard: false, navPrev: "shift + 9" },
    });
    state.grid.on("tableBuilt", () => { state.ready = true; state.grid.on("rangeChanged", describe); describe(); });
    state.grid.on("cellEdited", (cell) => {
      const uid = cell.getRow().getData().uid, name = nameOf(cell.getField());
      record([{ uid, name, before: draft.rows.get(uid).cells[name] || "", after: String(cell.getValue() || "") }]);
    });
  }

  const width = (column) => {
    const wide = Math.max(...column.name.split("/").map((part) => part.length));
    return Math.min(Math.max(wide * 15 + 42, 96), 220);
  };

  function onwards(direction) {
    const cell = active(), rows = draft.of(state.sheet.name);
    if (direction === "down" && cell && state.editable && rows.length && rows[rows.length - 1][0] === cell.uid) {
      insert(1).then(() => state.grid.modules.selectRange.navigate(false, false, "down"));
      return;
    }
    state.grid.modules.selectRange.navigate(false, false, direction);
  }

  // -- where one is

  function active() {
    const cell = state.ready && state.grid.modules.selectRange.getActiveCell();
    return cell && cell.column.field ? { uid: cell.row.data.uid, name: nameOf(cell.column.field) } : null;
  }

  function selected() {
    const range = state.ready && state.grid.getRanges()[0];
    if (!range) return [];
    return range.getStructuredCells().map((cells) => cells.filter((cell) => cell.getField())
      .map((cell) => ({ uid: cell.getRow().getData().uid, name: nameOf(cell.getField()) }))).filter((row) => row.length);
  }

  async function jump(uid, name) {
    const row = draft.rows.get(uid);
    if (!row) return;
    if (row.sheet !== state.sheet.name) await choose(row.sheet);
    await state.grid.scrollToRow(uid, "center", false).catch(() => {});
    const field = name ? fieldOf(name) : "c0";
    // Its promise never ends where the column is in sight, so nobody waits for it.
    if (field !== "c0") state.grid.scrollToColumn(field, "middle", false).catch(() => {});
    const cell = state.grid.getRow(uid).getCell(field);
    state.grid.modules.selectRange.resetRanges();
    state.grid.getRanges()[0].setBounds(cell, cell);
    state.grid.modules.selectRange.restoreFocus();
    describe();
  }

  // -- changing, and taking it back: one step is what one action changed, however many cells

  function record(step) {
    state.done.push(step);
    state.undone = [];
    perform(step, true, step.length === 1 && step[0].name !== undefined);
  }

  function perform(step, forwards, shown) {
    const cells = new Map();
    for (const one of forwards ? step : [...step].reverse()) {
      if (one.name !== undefined) {
        if (!draft.rows.has(one.uid)) continue;
        if (!cells.has(one.uid)) cells.set(one.uid, {});
        cells.get(one.uid)[one.name] = forwards ? one.after : one.before;
      } else if (one.added === forwards) draft.add(one.uid, one.row);
      else {
        one.row = { ...draft.rows.get(one.uid) };
        draft.remove(one.uid);
      }
    }
    for (const [uid, typed] of cells) if (draft.rows.has(uid)) draft.type(uid, typed); else cells.delete(uid);
    for (const [uid, typed] of cells) for (const name of Object.keys(typed)) state.findings.delete(`${uid}/${name}`);
    return refresh(step, cells, shown);
  }

  function refresh(step, cells, shown) {
    tools();
    if (step.some((one) => one.name === undefined) || cells.size > MANY) return relay();
    for (const [uid, typed] of cells) {
      const row = draft.rows.get(uid);
      if (row.sheet !== state.sheet.name) continue;
      const line = state.grid.getRow(uid), fields = {};
      if (!shown) for (const name of Object.keys(typed)) fields[fieldOf(name)] = row.cells[name] || "";
      if (line) { if (!shown) line.update(fields); line.reformat(); }
    }
    describe();
    return Promise.resolve();
  }

  // The rows anew, where one was.
  async function relay() {
    if (!state.ready) return;
    const cell = active();
    await state.grid.replaceData(data());
    if (cell && draft.rows.has(cell.uid) && draft.rows.get(cell.uid).sheet === state.sheet.name) await jump(cell.uid, cell.name);
    describe();
    tools();
  }

  // Shown where it happens: a step of another sheet brings that sheet forward.
  async function take(step, forwards) {
    const row = draft.rows.get(step[0].uid) || step[0].row;
    const elsewhere = row && row.sheet !== state.sheet.name;
    await perform(step, forwards);
    if (elsewhere) await choose(row.sheet);
  }

  function undo() { const step = state.done.pop(); if (step) { state.undone.push(step); take(step, false); } }
  function redo() { const step = state.undone.pop(); if (step) { state.done.push(step); take(step, true); } }

  // Places for `count` new rows after the row `uid` (after the last one unless given).
  function places(count, uid) {
    const rows = draft.of(state.sheet.name), at = uid ? rows.findIndex(([one]) => one === uid) : rows.length - 1;
    const from = at < 0 ? 0 : rows[at][1].place, next = rows[at + 1];
    const step = next ? Math.min(STEP, Math.max((next[1].place - from) / (count + 1), 0)) : STEP;
    return Array.from({ length: count }, (_, number) => {
      const place = Math.floor(from + step * (number + 1));
      return place % GAP ? place : place + 1;
    });
  }

  const fresh = (count, after) => places(count, after).map((place) => ({
    uid: draft.name(), added: true, row: { id: null, sheet: state.sheet.name, place, cells: {} },
  }));

  async function insert(count, after) {
    if (draft.rows.size + count > state.limit) { notice(say(words.limit, { limit: state.limit })); return; }
    const step = fresh(count, after);
    state.done.push(step);
    state.undone = [];
    await perform(step, true);
  }

  function strike() {
    const uids = [...new Set(selected().map((row) => row[0].uid))];
    const free = uids.filter((uid) => { const row = draft.rows.get(uid); return !state.open || !row.id || row.place % GAP; });
    if (free.length < uids.length) notice(words.rows_shut);
    if (free.length) record(free.map((uid) => ({ uid, added: false, row: { ...draft.rows.get(uid) } })));
  }

  function clear() {
    write(selected().flat().map((cell) => ({ ...cell, text: "" })));
  }

  // Several cells at once, as one step; what may not be typed into is left and told.
  function write(cells, added = []) {
    const news = new Set(added.map((one) => one.uid));
    const free = cells.filter((cell) => news.has(cell.uid) || mayType(cell.uid, cell.name));
    const before = (cell) => (draft.rows.has(cell.uid) ? draft.rows.get(cell.uid).cells[cell.name] || "" : "");
    const step = free.map((cell) => ({ uid: cell.uid, name: cell.name, before: before(cell), after: cell.text }))
      .filter((one) => one.before !== one.after);
    if (free.length < cells.length) notice(say(words.cells_shut, { count: cells.length - free.length }));
    if (added.length || step.length) {
      state.done.push([...added, ...step]);
      state.undone = [];
      return perform([...added, ...step], true);
    }
    return Promise.resolve();
  }

  // -- the rest of the page is in grid_page.js

  async function choose(name) {
    state.sheet = table_.sheets.find((sheet) => sheet.name === name);
    page.querySelectorAll("[role=tab]").forEach((tab) => tab.setAttribute("aria-selected", String(tab.dataset.sheet === name)));
    build();
    await new Promise((done) => { state.grid.on("tableBuilt", () => window.setTimeout(done)); });
  }

  function notice(text) {
    const place = by("notice");
    place.textContent = text;
    place.hidden = !text;
  }

  function tools() {
    const disabled = { undo: !state.done.length, redo: !state.undone.length };
    for (const [name, off] of Object.entries(disabled)) by(name).disabled = off;
    by("rows").textContent = say(words.rows, { count: [...draft.rows.values()].filter((row) => Object.keys(row.cells).length).length });
  }

  window.CaijiGrid = {
    page, area, words, table: table_, by, say, state, draft, ask, active, selected, jump, record, undo, redo, insert, strike,
    clear, write, fresh, choose, notice, tools, relay, build, rowNumber, columns,
  };
})();
