// Cells as Excel, WPS and web tables put them on the clipboard: tabs between cells, quotes around what holds
// a tab, a line break or a quote.  Everything is text; nothing is read as a number.
window.CaijiClipboard = (() => {
  "use strict";

  // Control characters cannot be kept; a tab or a line break inside a cell can.
  const clean = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/g, (sign, at, whole) => {
    const next = whole.charCodeAt(at + 1), former = whole.charCodeAt(at - 1), code = sign.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) return sign;
    if (code >= 0xdc00 && code <= 0xdfff && former >= 0xd800 && former <= 0xdbff) return sign;
    return "";
  });

  function quoted(text, at) {
    let end = at + 1, found = "";
    for (;;) {
      const close = text.indexOf('"', end);
      if (close < 0) return null;
      found += text.slice(end, close);
      if (text[close + 1] !== '"') return { found, next: close + 1 };
      found += '"';
      end = close + 2;
    }
  }

  function parse(copied) {
    const text = clean(copied.replace(/\r\n?/g, "\n"));
    const rows = [[]];
    let at = 0;
    for (;;) {
      const whole = text[at] === '"' ? quoted(text, at) : null;
      const inQuotes = whole && (whole.next === text.length || "\t\n".includes(text[whole.next]));
      let end;
      if (inQuotes) {
        rows[rows.length - 1].push(whole.found);
        end = whole.next;
      } else {
        end = at;
        while (end < text.length && text[end] !== "\t" && text[end] !== "\n") end += 1;
        rows[rows.length - 1].push(text.slice(at, end));
      }
      if (end >= text.length) break;
      if (text[end] === "\n") rows.push([]);
      at = end + 1;
    }
    const last = rows[rows.length - 1];
    if (rows.length > 1 && last.length === 1 && last[0] === "") rows.pop();
    return rows;
  }

  const cell = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const write = (rows) => rows.map((row) => row.map(cell).join("\t")).join("\r\n");

  return { parse, write };
})();
