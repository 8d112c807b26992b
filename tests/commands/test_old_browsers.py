"""Browsers of 2019 can read every script, and have margins where ours have gaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.frontend import ROOT, compiled
from commands.old_browsers import LACKS_FLEX_GAP, METER, STATIC, STYLE, VENDOR, old_style

OWN = sorted(path.name for path in STATIC.glob("*.js"))


def needs_nothing_newer(script: Path) -> bool:
    """Whether nothing in it had to be said in older words."""
    return compiled(script) == compiled(script, target="esnext")


@pytest.mark.parametrize("name", [*OWN, "vendor/htmx.min.js", "vendor/tabulator.min.js"])
def test_a_script_that_is_served_needs_nothing_newer(name: str) -> None:
    assert needs_nothing_newer(STATIC / name)


def test_what_the_registry_has_does() -> None:
    assert not needs_nothing_newer(ROOT / "node_modules/htmx.org/dist/htmx.min.js")


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (".a { display: flex; gap: 1rem; }", ".a > :not(:last-child) { margin-right: 1rem; }"),
        (".a { display: flex; gap: .5rem 2rem; }", ".a > :not(:last-child) { margin-right: 2rem; }"),
        (
            ".a, .b { gap: 2px; display: inline-flex; }",
            ".a > :not(:last-child), .b > :not(:last-child) { margin-right: 2px; }",
        ),
        (
            ".a { display: flex; flex-direction: column; gap: 1em 3em; }",
            ".a > :not(:last-child) { margin-bottom: 1em; }",
        ),
        (".a { display: grid; gap: 1rem; }", ""),
        (".a { display: flex; }", ""),
        (".a { overflow-wrap: anywhere; }", ".a { word-break: break-word; }"),
        ("/* { display: flex; gap: 1px; } */ .a { color: red; }", ""),
        ("@media print { .a { display: flex; gap: 1px; } .b { color: red } }", ""),
    ],
)
def test_margins_for_gaps(rule: str, made: str, tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text(rule, encoding="utf-8")
    first, meter, *rules, last = old_style([sheet]).splitlines()
    assert (first, meter, last) == (f"{LACKS_FLEX_GAP} {{", METER, "}")
    assert rules == ([made] if made else [])


def test_the_pages_have_margins_for_all_their_gaps() -> None:
    assert (VENDOR / STYLE).read_text(encoding="utf-8") == old_style(sorted(STATIC.glob("*.css")))
