// The editor of a grid's cell: text in lines, with the column's choices under it where it has any.  Enter takes
// it and goes down, Tab goes on, Alt+Enter breaks the line, Escape leaves the cell as it was.
window.CaijiWriting = (grid) => {
  "use strict";

  const { first, onwards } = grid;

  // The choices that fit what is typed; all of them until something is.
  function offer(choices, field, take) {
    const list = document.createElement("div");
    const box = { list, at: -1, items: [] };
    list.className = "grid-choices";
    list.setAttribute("role", "listbox");
    list.addEventListener("mousedown", (event) => event.preventDefault());
    box.show = (typed) => {
      const wanted = typed.trim(), fit = choices.filter((choice) => choice.includes(wanted));
      list.textContent = "";
      box.at = -1;
      box.items = (wanted && fit.length ? fit : choices).map((choice) => {
        const item = document.createElement("div");
        item.textContent = choice;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(choice === field.value));
        item.addEventListener("click", () => take(choice));
        list.append(item);
        return item;
      });
    };
    box.move = (by) => {
      if (!box.items.length) return;
      box.at = (box.at + by + box.items.length) % box.items.length;
      box.items.forEach((item, at) => item.classList.toggle("focused", at === box.at));
      box.items[box.at].scrollIntoView({ block: "nearest" });
    };
    box.chosen = () => (box.at < 0 ? null : box.items[box.at].textContent);
    return box;
  }

  return function writing(cell, onRendered, success, cancel, { choices, label }) {
    const field = document.createElement("textarea"), typedOver = first(), was = cell.getValue() || "";
    const take = (text) => { close(); if (text === was) cancel(); else success(text); };
    const box = choices.length ? offer(choices, field, take) : null;
    let popup = null;
    field.rows = 1;
    field.className = "grid-writing";
    field.value = typedOver === null ? was : typedOver;
    field.setAttribute("aria-label", label);
    const close = () => { if (popup) popup.hide(true); popup = null; };

    onRendered(() => {
      field.focus({ preventScroll: true });
      field.setSelectionRange(field.value.length, field.value.length);
      if (!box) return;
      box.show("");
      popup = this.popup(box.list);
      popup.show(cell.getElement(), "bottom");
    });
    field.addEventListener("blur", () => take(field.value));
    field.addEventListener("input", () => { if (box) box.show(field.value); });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const accept = () => take((box && box.chosen()) || field.value);
      event.stopPropagation();
      if (event.key === "Enter" && event.altKey) field.setRangeText("\n", field.selectionStart, field.selectionEnd, "end");
      else if (event.key === "Enter") { accept(); onwards("down"); }
      else if (event.key === "Tab") { accept(); onwards(event.shiftKey ? "left" : "right"); }
      else if (event.key === "Escape") { close(); cancel(); }
      else if (box && event.key === "ArrowDown") box.move(1);
      else if (box && event.key === "ArrowUp") box.move(-1);
      else return;
      event.preventDefault();
    });
    return field;
  };
};
