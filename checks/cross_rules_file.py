"""`tables/rules.yaml` read: every key known, every problem told with its line and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from checks.cross_rules import Case, CrossRule, Expected
from checks.definition import RULES_FILE, TABLES, told_as
from plans.problems import Problems
from plans.yaml_section import TEXT, Form, Section, open_section, whole, word_of

# Whatever else Polars' SQL may learn to open: no column or table of ours is named like this.
OPENS_FILES = re.compile(r"\b(read|scan|sink|write)_\w+", re.IGNORECASE)
ENDLESS = re.compile(r"\bwith\s+recursive\b", re.IGNORECASE)
QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
SELECT = 'SELECT n FROM "1.5" WHERE n > 1'


def read_rules(text: str, folder: Path = TABLES) -> tuple[CrossRule, ...]:
    """The rules that a file's text says; PlanError with every problem and its line.

    ``folder`` holds the definitions of the tables they use.  Whether the statements run is told by
    `checks.cross_check.faults`.
    """
    problems = Problems(told_as(folder / f"{RULES_FILE}.yaml"))
    root = open_section(text, problems)
    found = tuple(_rule(entry, folder) for entry in root.sections("rules", "id: heads-of-majors"))
    _note_repeated(root, [rule.id for rule in found])
    root.finish()
    problems.raise_any()
    return found


def _note_repeated(root: Section, ids: Sequence[str]) -> None:
    for name in sorted({name for name in ids if name and ids.count(name) > 1}):
        root.note(
            "duplicate-rule", root.line_of("rules"), "rules", f"规则 {name} 写了不止一次，请改用另一个 id"
        )


def _rule(entry: Section, folder: Path) -> CrossRule:
    rule = CrossRule(
        id=entry.required("id", ID, ""),
        title=entry.required("title", TEXT, ""),
        table=entry.required("table", TEXT, ""),
        uses=entry.values("uses", TEXT),
        severity=entry.default("severity", word_of("error", "warning"), "error"),
        sql=entry.required("sql", SQL, SELECT),
        message=entry.required("message", TEXT, ""),
        remedy=entry.required("remedy", TEXT, ""),
        column=entry.default("column", TEXT, ""),
        tests=tuple(_case(case) for case in entry.sections("tests", "given: …")),
        line=entry.line_of("sql"),
    )
    _note_tables(entry, rule, folder)
    _note_tests(entry, rule)
    entry.finish()
    return rule


def _note_tables(entry: Section, rule: CrossRule, folder: Path) -> None:
    for code in (code for code in rule.uses if not (folder / f"{code}.yaml").is_file()):
        message = f"没有表 {code} 的定义（{told_as(folder / f'{code}.yaml')}），请核对表号"
        entry.note("unknown-table", entry.line_of("uses"), "uses", message, 'uses: ["1.5", "7.1.1"]')
    if rule.table and rule.table not in rule.uses:
        message = f"uses 要列出用到的所有表，也要有 {rule.table}"
        entry.note("bad-value", entry.line_of("uses"), "uses", message, f'uses: ["{rule.table}"]')


def _note_tests(entry: Section, rule: CrossRule) -> None:
    """A rule without both kinds of test has never been seen to work."""
    if not any(case.finds for case in rule.tests) or all(case.finds for case in rule.tests):
        message = "tests 里至少要有一个查得出问题的例子和一个没有问题的例子（不写 finds）"
        entry.note("missing-test", entry.line_of("tests"), "tests", message)
    for case in rule.tests:
        for code in case.given.keys() - set(rule.uses):
            message = f"given 里的表 {code} 不在 uses 里"
            entry.note("unknown-table", case.line, "tests", message)


def _case(entry: Section) -> Case:
    given = entry.section("given", required=True)
    case = Case(
        given={
            code: tuple(_row(row) for row in given.sections(code, "学号: '20180001'"))
            for code in given.entries
        },
        finds=tuple(_expected(one) for one in entry.sections("finds", "message: …")),
        line=entry.line,
    )
    entry.finish()
    return case


def _row(entry: Section) -> dict[str, str | None]:
    return {name: entry.optional(name, TEXT) for name in entry.entries}


def _expected(entry: Section) -> Expected:
    found = Expected(entry.required("message", TEXT, ""), entry.optional("row", whole(2)))
    entry.finish()
    return found


def _id(raw: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", raw):
        raise ValueError(raw)
    return raw


def _sql(raw: str) -> str:
    if not QUERY.match(raw) or OPENS_FILES.search(raw) or ENDLESS.search(raw):
        raise ValueError(raw)
    return raw


ID = Form(_id, "小写字母和数字、用短横连接的规则编号", "heads-of-majors")
SQL = Form(_sql, "一条以 SELECT 或 WITH 开头、不读写文件、不用 RECURSIVE 的查询", SELECT, "unsafe-sql")
