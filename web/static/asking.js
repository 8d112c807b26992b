// What the grid and the form ask in a dialog, and how they tell how saving stands.
(() => {
  "use strict";

  const make = (tag, text, className) => {
    const found = document.createElement(tag);
    if (text) found.textContent = text;
    if (className) found.className = className;
    return found;
  };
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  window.CaijiAsk = (dialog, words) => {
    const body = dialog.querySelector("[data-part=question]"), foot = dialog.querySelector("[data-part=answers]");

    // Asks with buttons [value, label, style]; Escape answers with the last one.
    function ask(title, content, answers) {
      dialog.querySelector("h2").textContent = title;
      body.textContent = "";
      body.append(...content);
      foot.textContent = "";
      return new Promise((resolve) => {
        const end = (value) => { dialog.oncancel = null; dialog.close(); resolve(value); };
        for (const [value, label, style] of answers) {
          const button = make("button", label, `button ${style || ""}`);
          button.type = "button";
          button.addEventListener("click", () => end(value));
          foot.append(button);
        }
        dialog.oncancel = (event) => { event.preventDefault(); end(answers[answers.length - 1][0]); };
        dialog.showModal();
      });
    }

    // Each row that two people changed, mine beside theirs; answers "mine" or "theirs" by uid.
    async function disputed(rows, who, number) {
      const content = [make("p", filled(words.disputed, { who: who || words.somebody }))];
      for (const row of rows) {
        const block = make("fieldset", "", "disputed"), table = make("table", "", "data");
        block.append(make("legend", filled(words.row, { row: number(row.uid) })));
        const head = make("tr");
        head.append(make("th", words.column), make("th", words.mine), make("th", words.theirs));
        table.append(head);
        for (const name of new Set([...Object.keys(row.mine), ...Object.keys(row.theirs)])) {
          const line = make("tr"), now = row.now[name] || "";
          line.append(make("td", name), make("td", (name in row.mine ? row.mine[name] : now) || words.blank), make("td", now || words.blank));
          table.append(line);
        }
        block.append(table);
        for (const side of ["mine", "theirs"]) {
          const label = make("label"), choice = make("input");
          choice.type = "radio";
          choice.name = row.uid;
          choice.value = side;
          choice.checked = side === "mine";
          label.append(choice, ` ${side === "mine" ? words.use_mine : words.use_theirs}`);
          block.append(label);
        }
        content.push(block);
      }
      await ask(words.disputed_title, content, [["", words.go_on, "primary"]]);
      return Object.fromEntries(rows.map(({ uid }) => [uid, (body.querySelector(`input[name="${uid}"]:checked`) || {}).value || "mine"]));
    }

    return { ask, disputed, say: (title, text, answers) => ask(title, [make("p", text)], answers) };
  };

  window.CaijiSaving = (place, words) => (state, problem) => {
    const at = new Date().toTimeString().slice(0, 5), values = { at, problem: problem && problem.error ? `${problem.error}${problem.remedy || ""}` : "" };
    if (place.dataset.state === "unmirrored" && state === "dirty") return;
    place.dataset.state = state;
    place.textContent = filled(words[`saving_${state}`], values);
  };
})();
