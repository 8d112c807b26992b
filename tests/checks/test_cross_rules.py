"""The rules file read: what it says, and every mistake in it with its line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checks.cross_rules import Case, CrossRule, Expected, Given, rules, rules_on
from checks.cross_rules_file import read_rules
from checks.cross_trial import faults
from plans.problems import PlanError
from tests.checks.frames import shipped_schedule

FILE = """rules:
  - id: heads-of-majors
    title: 总数等于各专业之和
    table: '1.5'
    uses: ['1.5', '7.1.1']
    severity: warning
    column: 高中起点
    sql: |
      WITH majors AS (SELECT SUM("在校生数/总人数") AS n FROM "7.1.1")
      SELECT t."高中起点" AS here, m.n AS there FROM "1.5" AS t CROSS JOIN majors AS m
      WHERE t."高中起点" <> m.n
    message: 这里是 {here}，那里是 {there}。
    remedy: 请核对。
    tests:
      - given:
          '1.5': [{高中起点: '70'}]
          '7.1.1': [{在校生数/总人数: '70'}]
      - given:
          '1.5': [{高中起点: '71'}]
          '7.1.1': [{在校生数/总人数: 70, 专业代码: }]
        finds:
          - {row: 2, message: 这里是 71，那里是 70。}
"""


def _problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(PlanError) as caught:
        read_rules(text)
    return [(problem.id, problem.line) for problem in caught.value.problems]


def test_a_rule_is_what_its_file_says() -> None:
    (rule,) = read_rules(FILE)
    assert (rule.id, rule.title, rule.table, rule.uses) == (
        "heads-of-majors",
        "总数等于各专业之和",
        "1.5",
        ("1.5", "7.1.1"),
    )
    assert (rule.severity, rule.column, rule.line) == ("warning", "高中起点", 8)
    assert rule.sql.startswith("WITH majors AS")
    assert (rule.message, rule.remedy) == ("这里是 {here}，那里是 {there}。", "请核对。")
    given: Given = {"1.5": ({"高中起点": "71"},), "7.1.1": ({"在校生数/总人数": "70", "专业代码": None},)}
    assert rule.tests[1] == Case(given, (Expected("这里是 71，那里是 70。", 2),), 18)
    assert rule.tests[0].finds == ()


def test_a_rule_is_an_error_unless_it_says_otherwise() -> None:
    assert read_rules(FILE.replace("    severity: warning\n", ""))[0].severity == "error"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("id: heads-of-majors", "id: Heads", ("bad-value", 2)),
        ("table: '1.5'", "table: '1.1'", ("bad-value", 5)),
        ("uses: ['1.5', '7.1.1']", "uses: ['1.5', '7.1.1', '77']", ("unknown-table", 5)),
        ("severity: warning", "severity: fatal", ("bad-value", 6)),
        ("    remedy: 请核对。\n", "", ("missing-key", 2)),
        ("    remedy: 请核对。\n", "    remedie: 请核对。\n", ("missing-key", 2)),
        ("        finds:\n          - {row: 2, message: 这里是 71，那里是 70。}\n", "", ("missing-test", 14)),
        ("'7.1.1': [{在校生数/总人数: '70'}]", "'7.2': [{课程代码: '1'}]", ("unknown-table", 15)),
        ("{row: 2,", "{row: 1,", ("bad-value", 22)),
        ("WITH majors AS", "DROP TABLE majors AS", ("unsafe-sql", 8)),
        ("WITH majors AS", "WITH  Recursive majors AS", ("unsafe-sql", 8)),
        ('FROM "7.1.1")', "FROM read_csv('/etc/passwd'))", ("unsafe-sql", 8)),
        ('FROM "7.1.1")', "FROM \"READ_PARQUET\"('x'))", ("unsafe-sql", 8)),
        ('FROM "7.1.1")', "FROM Scan_NDJSON('x'))", ("unsafe-sql", 8)),
    ],
)
def test_a_mistake_is_told_with_its_line(before: str, after: str, expected: tuple[str, int]) -> None:
    assert before in FILE
    assert expected in _problems(FILE.replace(before, after))


def test_two_rules_of_one_name_are_refused() -> None:
    assert _problems(FILE + FILE.removeprefix("rules:\n")) == [("duplicate-rule", 1)]


def test_a_refused_query_is_told_with_what_to_write_instead() -> None:
    with pytest.raises(PlanError) as caught:
        read_rules(FILE.replace('FROM "7.1.1")', "FROM read_csv('x'))"))
    assert caught.value.message.startswith("tables/rules.yaml 第 8 行（rules[1].sql）")
    assert "不是一条以 SELECT 或 WITH 开头、不读写文件、不用 RECURSIVE 的查询" in caught.value.message
    assert '例如：sql: SELECT n FROM "1.5" WHERE n > 1' in caught.value.message


def _folder(path: Path, text: str) -> Path:
    """A folder with the rules and copies of the definitions that they use."""
    for code in ("1.5", "7.1.1"):
        (path / f"{code}.yaml").write_text(
            (Path("tables") / f"{code}.yaml").read_text("utf-8"), encoding="utf-8"
        )
    (path / "rules.yaml").write_text(text, encoding="utf-8")
    return path


def test_an_edited_file_is_read_again_and_none_means_no_rules(tmp_path: Path) -> None:
    assert rules(tmp_path) == ()
    assert [rule.title for rule in rules(_folder(tmp_path, FILE))] == ["总数等于各专业之和"]
    assert [rule.title for rule in rules(_folder(tmp_path, FILE.replace("总数", "合计")))] == [
        "合计等于各专业之和"
    ]
    assert [rule.id for rule in rules_on("1.5", tmp_path)] == ["heads-of-majors"]
    assert rules_on("7.1.1", tmp_path) == ()


def _faults(path: Path, before: str, after: str) -> list[tuple[str, int | None]]:
    assert before in FILE
    text = FILE.replace(before, after)
    return [(problem.id, problem.line) for problem in faults(shipped_schedule(), _folder(path, text)).found]


def test_a_good_file_has_no_faults(tmp_path: Path) -> None:
    assert _faults(tmp_path, "rules", "rules") == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("SELECT t.", "SELEC t.", [("broken-sql", 8)]),
        ('SUM("在校生数/总人数")', 'SUM("没有这一列")', [("broken-sql", 8)]),
        ('FROM "7.1.1"', 'FROM "10.1.1"', [("broken-sql", 8)]),
        ("m.n AS there", "m.n AS there, 3 AS _row", [("broken-sql", 8), ("failed-test", 18)]),
        ("那里是 {there}", "那里是 {elsewhere}", [("unknown-field", 8), ("failed-test", 18)]),
        ("column: 高中起点", "column: 高中", [("unknown-field", 8)]),
        ("[{高中起点: '71'}]", "[{高中起点: '72'}]", [("failed-test", 18)]),
        ("[{高中起点: '70'}]", "[{高中: '70'}]", [("unknown-field", 15)]),
        ("id: heads-of-majors", "id: heads", [("bad-value", 2)]),
    ],
)
def test_a_rule_that_does_not_work_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, expected: list[tuple[str, int]]
) -> None:
    assert _faults(tmp_path, before, after) == expected


def test_a_failed_test_says_what_was_found_instead(tmp_path: Path) -> None:
    folder = _folder(tmp_path, FILE.replace("'71'", "'72'"))
    (problem,) = faults(shipped_schedule(), folder).found
    assert problem.message == (
        "这个例子查出的是 第 2 行“这里是 72，那里是 70。”，应是 第 2 行“这里是 71，那里是 70。”"
    )


def test_two_rules_are_equal_by_what_they_find_and_not_by_where_they_stand() -> None:
    def said(text: str) -> CrossRule:
        return read_rules(text)[0]

    assert repr(said(FILE)) == repr(said(FILE.replace("rules:", "# 注\nrules:").replace("'71'", "71")))
    assert repr(said(FILE)) != repr(said(FILE.replace("<>", "<")))


def test_rules_load_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from checks.system import used_tables; from checks.cross_rules import rules;"
        "used_tables('1.5'); sys.exit('polars' in sys.modules or not rules())"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
