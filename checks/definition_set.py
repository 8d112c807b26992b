"""All the definitions of a folder: what is wrong in any of them, also between them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from checks.definition import GENERIC, RULES_FILE, TABLES, Definition, load_definition, told_as
from checks.definition_file import file_text, read_definition
from plans.problems import PlanError, PlanProblem, Problems
from plans.yaml_section import TEXT, Section, open_section


def codes(folder: Path = TABLES) -> list[str]:
    """The tables that have a file of their own, by number: 2.1 before 10.1.1."""
    names = {path.stem for path in folder.glob("*.yaml") if path.is_file()} - {GENERIC, RULES_FILE}
    return sorted(names, key=_by_number)


def _by_number(code: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdecimal() else 0, part) for part in code.split("."))


def load_all(folder: Path = TABLES) -> list[Definition]:
    """Every table's definition; PlanError at the first file that cannot be used."""
    return [load_definition(code, folder=folder) for code in codes(folder)]


def faults(folder: Path = TABLES) -> Problems:
    """Everything wrong in the folder's definitions, each with its file, line and remedy."""
    problems = _not_files(folder)
    texts: dict[str, str] = {}
    known: dict[str, Definition] = {}
    for path in (*(folder / f"{code}.yaml" for code in codes(folder)), *folder.glob(f"{GENERIC}.yaml")):
        code = path.stem
        texts[code] = ""
        try:
            texts[code] = file_text(path)
            known[code] = read_definition(texts[code], code, folder)
        except PlanError as error:
            problems.found += error.problems
    for code in known:
        problems.found += _dangling(folder, code, texts, known).found
    return problems


def _not_files(folder: Path) -> Problems:
    """Folders that are named as definitions: nobody would read them."""
    problems = Problems(folder.name)
    for path in sorted(path for path in folder.glob("*.yaml") if not path.is_file()):
        problem = "是文件夹，不是文件，请移走或改名"
        problems.found.append(PlanProblem("unreadable-file", told_as(path), None, path.name, problem))
    return problems


def _dangling(folder: Path, code: str, texts: Mapping[str, str], known: Mapping[str, Definition]) -> Problems:
    """References of a file to tables and columns that aren't there; broken files are told by themselves."""
    problems = Problems(told_as(folder / f"{code}.yaml"))
    for field in open_section(texts[code], problems).sections("fields", "name: 学号"):
        if not field.has("reference"):
            continue
        link = field.section("reference")
        target = link.default("table", TEXT, "")
        if target not in texts or target == GENERIC:
            message = (
                f"没有表 {target} 的定义（{told_as(folder / f'{target}.yaml')}），{_near(target, texts)}"
            )
            link.note("unknown-table", link.line_of("table"), "table", message, 'table: "6.1"')
        elif target in known:
            _note_columns(link, known[target])
    return problems


def _note_columns(link: Section, target: Definition) -> None:
    names = [field.name for field in target.fields]
    wanted = link.values("fields", TEXT)
    if not wanted:
        message = f"没有写对照 {target.label} 的哪一列"
        link.note("missing-key", link.line_of("fields"), "fields", message, f"fields: [{names[0]}]")
    for name in wanted:
        if name not in names:
            message = f"{target.label} 没有列 {name}，{_near(name, names)}"
            link.note("unknown-field", link.line_of("fields"), "fields", message)


def _near(word: str, words: Mapping[str, str] | list[str]) -> str:
    near = get_close_matches(word, words, n=1)
    return f"是不是想写 {near[0]}" if near else "请核对"
