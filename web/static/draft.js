// A draft as the page holds it: what was typed is sent row by row, mirrored in the browser until it has been
// saved, and laid beside what somebody else has typed meanwhile.  Shared by the grid and the form.
window.CaijiDraft = (() => {
  "use strict";

  const PAUSE = 800, MIRROR = 100, FIRST_RETRY = 2000, LAST_RETRY = 30000;
  const same = (one, other) => {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => (one[name] || "") === (other[name] || ""));
  };
  const changedCells = (was, now) => {
    const found = {};
    for (const name of new Set([...Object.keys(was), ...Object.keys(now)])) {
      if ((was[name] || "") !== (now[name] || "")) found[name] = now[name] || "";
    }
    return found;
  };

  class Draft {
    // `tell(state, detail)` shows how saving stands; `show()` lays the rows out anew after a merge;
    // `choose(rows)` asks for each row that two people changed, and answers "mine" or "theirs" by uid.
    constructor({ address, token, mirror, tell, show, choose }) {
      Object.assign(this, { address, token, mirror, tell, show, choose });
      this.rows = new Map();
      this.known = new Map();
      this.rev = 0;
      this.counter = 0;
      this.timer = 0;
      this.retry = FIRST_RETRY;
      this.busy = null;
      this.stopped = false;
      this.mirroring = 0;
      this.touched = false;
      window.addEventListener("online", () => this.flush());
      window.addEventListener("pagehide", () => this.remember());
      window.addEventListener("beforeunload", (event) => { if (this.unsaved()) event.preventDefault(); });
    }

    // -- reading

    load(document_) {
      this.rows.clear();
      this.known.clear();
      this.rev = document_.rev;
      for (const row of document_.rows) {
        this.rows.set(this.name(), { ...row, cells: { ...row.cells } });
        if (row.id) this.known.set(row.id, row);
      }
      return this.recover(document_.rows);
    }

    name() {
      this.counter += 1;
      return `r${this.counter}`;
    }

    of(sheet) {
      const found = [...this.rows].filter(([, row]) => row.sheet === sheet);
      return found.sort(([, one], [, other]) => one.place - other.place || (one.id || 1e15) - (other.id || 1e15));
    }

    uidOf(id) {
      for (const [uid, row] of this.rows) if (row.id === id) return uid;
      return null;
    }

    // -- typing

    type(uid, cells) {
      const row = this.rows.get(uid);
      for (const [name, text] of Object.entries(cells)) {
        if (text) row.cells[name] = text; else delete row.cells[name];
      }
      this.later();
    }

    add(uid, row) {
      const kept = row.id && this.known.has(row.id) ? row.id : null;
      this.rows.set(uid, { id: kept, sheet: row.sheet, place: row.place, cells: { ...row.cells } });
      this.later();
    }

    remove(uid) {
      this.rows.delete(uid);
      this.later();
    }

    // One paste types thousands of rows: what follows is done once for all of them.
    later() {
      if (!this.mirroring) this.mirroring = window.setTimeout(() => this.remember(), MIRROR);
      if (this.stopped) return;
      this.touched = true;
      this.tell("dirty");
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.flush(), PAUSE);
    }

    // -- saving

    pending() {
      const present = new Set(), rows = [];
      for (const [uid, row] of this.rows) {
        if (row.id) present.add(row.id);
        const was = row.id ? this.known.get(row.id) : null;
        if (was) {
          const cells = changedCells(was.cells, row.cells);
          if (Object.keys(cells).length) rows.push({ id: row.id, cells });
        } else if (Object.keys(row.cells).length) {
          rows.push({ temp: uid, sheet: row.sheet, place: row.place, cells: { ...row.cells } });
        }
      }
      return { rows, removed: [...this.known.keys()].filter((id) => !present.has(id)) };
    }

    unsaved() {
      const { rows, removed } = this.pending();
      return rows.length + removed.length;
    }

    // Resolves to whether everything that was typed is saved.
    async flush() {
      window.clearTimeout(this.timer);
      while (this.busy) await this.busy;
      if (this.stopped) return false;
      const change = this.pending();
      if (!change.rows.length && !change.removed.length) {
        this.remember();
        if (this.touched) this.tell("saved");
        this.touched = false;
        return true;
      }
      this.busy = this.send(change);
      let saved = false;
      try { saved = await this.busy; } finally { this.busy = null; }
      return saved && this.unsaved() ? this.flush() : saved;
    }

    async send(change) {
      this.tell("saving");
      let answer;
      try {
        answer = await this.ask("PATCH", "", change);
      } catch (error) {
        return this.again("offline");
      }
      if (answer.status === 200) return this.saved(change, answer.body);
      if (answer.status === 409 && answer.body.rows) {
        await this.merge(answer.body.rows, answer.body.rev, answer.body.by);
        return true;
      }
      if (answer.status === 401 || answer.status === 403) return this.stop("locked", answer.body);
      if (answer.status >= 500 || answer.status === 429) return this.again("offline");
      return this.stop("refused", answer.body);
    }

    saved(change, { rev, ids }) {
      this.rev = rev;
      this.retry = FIRST_RETRY;
      for (const sent of change.rows) {
        const id = sent.id || ids[sent.temp];
        const was = sent.id ? this.known.get(id) : { id, sheet: sent.sheet, place: sent.place, cells: {} };
        const cells = { ...was.cells, ...sent.cells };
        for (const name of Object.keys(cells)) if (!cells[name]) delete cells[name];
        this.known.set(id, { ...was, cells });
        if (!sent.id && this.rows.has(sent.temp)) this.rows.get(sent.temp).id = id;
      }
      for (const id of change.removed) this.known.delete(id);
      this.remember();
      if (!this.unsaved()) this.tell("saved");
      return true;
    }

    again(state) {
      this.tell(state);
      this.timer = window.setTimeout(() => this.flush(), this.retry);
      this.retry = Math.min(this.retry * 2, LAST_RETRY);
      return false;
    }

    stop(state, problem) {
      this.stopped = state === "locked";
      this.tell(state, problem);
      return false;
    }

    async ask(method, path, body) {
      const headers = { "X-CSRF-Token": this.token, "If-Match": `"${this.rev}"`, Accept: "application/json" };
      if (body) headers["Content-Type"] = "application/json";
      const answer = await fetch(this.address + path, {
        method, headers, credentials: "same-origin", body: body ? JSON.stringify(body) : undefined,
      });
      const told = await answer.json().catch(() => ({}));
      return { status: answer.status, body: told };
    }

    // Saves, then asks the server to do something with the draft; null where that didn't happen, and why was told.
    async act(path, words, notice, reopen) {
      if (!(await this.flush())) { notice(words.save_first); return null; }
      const answer = await this.ask("POST", path).catch(() => null);
      if (answer && answer.status === 200) return answer.body;
      if (answer && answer.status === 409 && answer.body.rows) {
        await this.merge(answer.body.rows, answer.body.rev, answer.body.by);
        return null;
      }
      if (answer && answer.status === 409) await reopen();
      notice(answer ? `${answer.body.error || words.failed}${answer.body.remedy || ""}` : words.no_network);
      return null;
    }

    // Throws away what was typed, unless somebody else has saved meanwhile: that is taken over first.
    async discard() {
      while (this.busy) await this.busy;
      window.clearTimeout(this.timer);
      const answer = await this.ask("POST", "/discard").catch(() => null);
      if (answer && answer.status === 200) localStorage.removeItem(this.mirror);
      else if (answer && answer.status === 409 && answer.body.rows) await this.merge(answer.body.rows, answer.body.rev, answer.body.by);
      else this.later();
      return answer;
    }

    // -- two people at once

    // Takes over what the server has now; what only one side changed is kept, a row that both changed is asked about.
    async merge(theirs, rev, by) {
      const before = this.known, now = new Map(theirs.map((row) => [row.id, row])), disputed = [];
      const mine = new Map([...this.rows].filter(([, row]) => row.id).map(([uid, row]) => [row.id, uid]));
      this.known = now;
      this.rev = rev;
      for (const [id, row] of now) {
        const was = before.get(id), uid = mine.get(id);
        if (!was) this.adopt(row);
        else if (!uid) { if (!same(was.cells, row.cells)) this.rows.set(this.name(), { ...row, cells: { ...row.cells } }); }
        else this.join(uid, was, row, disputed);
      }
      for (const [id, uid] of mine) {
        if (now.has(id)) continue;
        const was = before.get(id), row = this.rows.get(uid);
        if (was && same(was.cells, row.cells)) this.rows.delete(uid);
        else row.id = null;
      }
      if (disputed.length) await this.settle(disputed, by);
      this.remember();
      this.show(by, disputed.length);
      this.later();
    }

    // A row that is new here: somebody else's, or one of mine whose answer was lost on its way.
    adopt(row) {
      for (const own of this.rows.values()) {
        const near = own.sheet === row.sheet && Math.abs(own.place - row.place) <= 1;
        if (!own.id && near && same(own.cells, row.cells)) {
          own.id = row.id;
          return;
        }
      }
      this.rows.set(this.name(), { ...row, cells: { ...row.cells } });
    }

    join(uid, was, row, disputed) {
      const own = this.rows.get(uid);
      own.place = row.place;
      const changed = changedCells(was.cells, own.cells), other = changedCells(was.cells, row.cells);
      if (!Object.keys(other).length) return;
      if (!Object.keys(changed).length || same(own.cells, row.cells)) {
        own.cells = { ...row.cells };
        return;
      }
      disputed.push({ uid, sheet: row.sheet, mine: changed, theirs: other, now: row.cells });
    }

    async settle(disputed, by) {
      const chosen = await this.choose(disputed, by);
      for (const row of disputed) {
        const own = this.rows.get(row.uid);
        own.cells = chosen[row.uid] === "theirs" ? { ...row.now } : { ...row.now, ...row.mine };
        for (const name of Object.keys(own.cells)) if (!own.cells[name]) delete own.cells[name];
      }
    }

    // -- what could not be saved yet outlives the page

    remember() {
      window.clearTimeout(this.mirroring);
      this.mirroring = 0;
      const change = this.pending();
      try {
        if (!change.rows.length && !change.removed.length) {
          localStorage.removeItem(this.mirror);
          return;
        }
        const was = change.rows.filter((row) => row.id).map((row) => this.known.get(row.id));
        localStorage.setItem(this.mirror, JSON.stringify({ ...change, was }));
      } catch (error) {
        this.tell("unmirrored");
      }
    }

    // Resolves to how many rows were brought back.
    async recover(theirs) {
      let kept = null;
      try {
        kept = JSON.parse(localStorage.getItem(this.mirror) || "null");
      } catch (error) { /* a mirror that cannot be read holds nothing to bring back */ }
      if (!kept) return 0;
      for (const row of kept.was) this.known.set(row.id, row);
      for (const row of kept.rows) this.bringBack(row);
      for (const id of kept.removed) if (this.uidOf(id)) this.rows.delete(this.uidOf(id));
      await this.merge(theirs, this.rev, "");
      return kept.rows.length + kept.removed.length;
    }

    bringBack(row) {
      if (!row.id) {
        const saved = [...this.rows.values()].some((one) => one.sheet === row.sheet
          && Math.abs(one.place - row.place) <= 1 && same(one.cells, row.cells));
        if (!saved) this.rows.set(this.name(), { id: null, sheet: row.sheet, place: row.place, cells: row.cells });
        return;
      }
      const was = this.known.get(row.id), cells = { ...(was ? was.cells : {}), ...row.cells };
      const uid = this.uidOf(row.id) || this.name();
      const now = this.rows.get(uid) || { id: row.id, sheet: was.sheet, place: was.place };
      this.rows.set(uid, { ...now, cells });
    }
  }

  return Draft;
})();
