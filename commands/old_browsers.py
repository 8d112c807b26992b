"""The style that browsers of 2019 need beside ours: 360 and WeChat on campus are as old as Chromium 78."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

STATIC = Path(__file__).parent.parent / "web" / "static"
VENDOR = STATIC / "vendor"
OLDEST = "chrome78"
STYLE = "old.css"
LACKS_FLEX_GAP = "@supports not ((appearance: none) or (inset: 0))"
"""These came with `gap` in flexible boxes: the one in Chromium 84, the other in Safari 14.1."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MEDIA = re.compile(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
METER = "meter.bar { -webkit-appearance: meter; }"
"""With no appearance it shows its text instead of its bar."""


def main() -> None:
    """Write it beside the files from the registry."""
    (VENDOR / STYLE).write_text(old_style(sorted(STATIC.glob("*.css"))), encoding="utf-8")


def old_style(sheets: Iterable[Path]) -> str:
    """Margins where the sheets have gaps in flexible boxes, breaks within words where these may break."""
    rules = [rule for sheet in sheets for rule in _rules(sheet.read_text(encoding="utf-8"))]
    return "\n".join([f"{LACKS_FLEX_GAP} {{", METER, *rules, "}\n"])


def _rules(text: str) -> Iterator[str]:
    """The rules that hold for every width: on a narrow one margins do no harm."""
    for selector, body in RULE.findall(MEDIA.sub("", COMMENT.sub("", text))):
        said = dict(part.strip().split(":", 1) for part in body.split(";") if ":" in part)
        values = {name.strip(): value.strip() for name, value in said.items()}
        if "gap" in values and values.get("display") in ("flex", "inline-flex"):
            yield _margins(selector.strip(), values)
        if values.get("overflow-wrap") == "anywhere":
            yield f"{selector.strip()} {{ word-break: break-word; }}"


def _margins(selector: str, values: dict[str, str]) -> str:
    down, _, across = values["gap"].partition(" ")
    inner = ", ".join(f"{each.strip()} > :not(:last-child)" for each in selector.split(","))
    if values.get("flex-direction") == "column":
        return f"{inner} {{ margin-bottom: {down}; }}"
    return f"{inner} {{ margin-right: {across or down}; }}"


if __name__ == "__main__":
    main()
