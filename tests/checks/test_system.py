"""The check after review: stored rows, references to approved sources, and what makes it stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checks.definition import load_definition
from checks.release import Released
from checks.rows import Rows, from_parquet, letters, to_parquet
from checks.system import inputs_hash, settled_by, used_tables
from tests.checks.frames import define, marks, rows_of, shipped_schedule
from tests.checks.parts import checked

STUDENT = ["学号", "姓名", "性别", "年级", "学制", "学籍状态", "专业代码", "入学日期"]


def _students(*majors: str) -> Rows:
    cells = [[f"2018{n:04d}", "甲", "男", "2018", "3", "在读", m, "201809"] for n, m in enumerate(majors)]
    return rows_of(STUDENT, cells, "10.1.1")


def _majors(*codes: str) -> bytes:
    names = ["所属系部", "专业代码", "专业名称", "修业年限", "在校生数/总人数"]
    rows = rows_of(names, [["一系", code, "专业", "3", "1"] for code in codes], "7.1.1")
    return to_parquet(load_definition("7.1.1"), rows)


def _errors(majors: Sequence[str], **sources: bytes) -> list[tuple[str, str, str]]:
    content = to_parquet(load_definition("10.1.1"), _students(*majors))
    named = {code.removeprefix("t").replace("_", "."): [rows] for code, rows in sources.items()}
    found = checked("10.1.1", content, shipped_schedule(), named)
    return marks([finding for finding in found if finding.severity == "error"])


def test_references_are_checked_against_the_approved_rows() -> None:
    majors = ("610101", "610102")
    assert _errors(majors) == []
    assert _errors(majors, t7_1_1=_majors("610101")) == [("reference", "error", "G3")]
    assert _errors(majors, t7_1_1=_majors("610101", "610102")) == []


def test_a_source_that_the_table_does_not_refer_to_is_left_alone() -> None:
    assert _errors(("610101",), t1_6=b"no parquet at all") == []


def test_all_parts_of_a_source_count_together() -> None:
    content = to_parquet(load_definition("10.1.1"), _students("610101", "610102", "610103"))
    parts = {"7.1.1": [_majors("610101"), _majors("610102")]}
    found = checked("10.1.1", content, shipped_schedule(), parts)
    assert marks([finding for finding in found if finding.severity == "error"]) == [
        ("reference", "error", "G4")
    ]
    (missing,) = [finding for finding in found if finding.rule == "reference"]
    assert (missing.value, missing.key) == ("610103", "20180002")
    assert "源表 7.1.1 开设专业" in missing.message


def test_a_source_without_any_part_is_not_referred_to() -> None:
    content = to_parquet(load_definition("10.1.1"), _students("610101"))
    found = checked("10.1.1", content, shipped_schedule(), {"7.1.1": []})
    assert {finding.rule for finding in found} == {"missing-column"}


def _stored(code: str, names: Sequence[str], cells: Sequence[Sequence[str | None]]) -> bytes:
    return to_parquet(load_definition(code), rows_of(names, cells, code))


TOTAL = "全日制普通高职学历教育在校生总数"
WHOLE = [TOTAL, "高中起点"]
OWN = _stored("1.5", WHOLE, [["2", "2"]])
HEADS = _stored("7.1.1", ["专业代码", "在校生数/总人数"], [["610101", "2"]])


def _across(
    students: Sequence[tuple[str, bytes]], *released: Released, own: bytes = OWN
) -> list[tuple[str, str, str]]:
    tables = {"1.5": [("学务部", own)], "7.1.1": [("教务部", HEADS)], "10.1.1": students}
    found = checked("1.5", own, shipped_schedule(), {}, tables=tables, released=released)
    return marks([finding for finding in found if finding.rule != "missing-column"])


def test_complete_tables_are_compared() -> None:
    one, two = (to_parquet(load_definition("10.1.1"), _students(*["610101"] * n)) for n in (1, 2))
    assert _across([("学务部", one)]) == [("enrolled-in-school", "error", "A2")]
    assert _across([("一系", one), ("二系", one)]) == []
    assert _across([("学务部", two)]) == []
    assert _across([]) == [("enrolled-in-school", "error", "A2")]


def test_a_rule_over_tables_is_not_asked_before_all_are_complete() -> None:
    tables = {"1.5": [("学务部", OWN)], "10.1.1": list[tuple[str, bytes]]()}
    found = checked("1.5", OWN, shipped_schedule(), {}, tables=tables)
    assert [finding.rule for finding in found if finding.cell] == ["enrolled-in-school"]
    found = checked("1.5", OWN, shipped_schedule(), {}, tables={"7.1.1": [("教务部", HEADS)]})
    assert [finding.rule for finding in found if finding.cell] == []


def test_findings_of_all_rules_stand_in_cell_order_with_their_rows_keys() -> None:
    rows = _stored(
        "7.1.1", ["专业代码", "修业年限", "在校生数/总人数"], [["610101", "9", "2"], ["610102", "3", "x"]]
    )
    student = to_parquet(load_definition("10.1.1"), _students("610101"))
    tables = {"7.1.1": [("教务部", rows)], "10.1.1": [("学务部", student)]}
    found = checked("7.1.1", rows, shipped_schedule(), {}, tables=tables)
    told = [(finding.rule, finding.cell, finding.key) for finding in found if finding.cell]
    assert told == [
        ("range", "B2", "610101"),
        ("enrolled-in-majors", "C2", "610101"),
        ("type", "C3", "610102"),
    ]


def test_another_departments_rows_are_told_there() -> None:
    names = ["专业（方向）代码", "毕业生数"]
    mine, theirs = (_stored("7.3.2", names, [[code, "3"]]) for code in ("610101", "610102"))
    tables = {"7.3.2": [("一系", mine), ("二系", theirs)], "10.1.1": list[tuple[str, bytes]]()}
    found = checked("7.3.2", mine, shipped_schedule(), {}, tables=tables)
    (finding,) = [finding for finding in found if finding.rule == "graduates-of-majors"]
    assert (finding.cell, finding.key) == ("B2", "610101")


def test_last_years_rows_are_compared() -> None:
    prior = _stored("1.5", WHOLE, [["20", "2"]])
    found = checked("1.5", OWN, shipped_schedule(), {}, prior=prior)
    assert ("prior-year-change", "warning", "A2") in marks(found)
    found = checked("1.5", OWN, shipped_schedule(), {}, prior=OWN)
    assert ("untouched-prefill", "warning", "") in marks(found)


def test_what_the_office_lets_pass_does_not_block() -> None:
    assert _across([], Released("enrolled-in-school", "招生系统故障")) == [
        ("enrolled-in-school", "info", "A2")
    ]
    assert _across([], Released("enrolled-in-school", "故障", table="7.1.1")) == [
        ("enrolled-in-school", "error", "A2")
    ]


def test_the_hash_covers_rows_sources_and_campaign_and_nothing_else() -> None:
    schedule = shipped_schedule()
    base = inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, schedule)
    other = replace(schedule, name="另一个")
    assert base == inputs_hash("10.1.1", "aa", {"7.1.1": "bb", "1.6": "cc"}, other)
    released = Released("cohort", "平台尚未更新")
    others = {
        inputs_hash("10.1.1", "ab", {"7.1.1": "bb"}, schedule),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bc"}, schedule),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bbbc"}, schedule),
        inputs_hash("10.1.1", "aa", {}, schedule),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, replace(schedule, enrolled_statuses=("在读",))),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, schedule, prior="dd"),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, schedule, released=[released]),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, schedule, others="ee"),
        inputs_hash("7.2", "aa", {"7.1.1": "bb"}, schedule),
    }
    assert len(others | {base}) == 10


def test_what_the_files_say_is_put_together_once_for_all_hashes() -> None:
    schedule = shipped_schedule()
    first = inputs_hash("10.1.1", "aa", {}, schedule)
    made = settled_by.cache_info().misses
    assert inputs_hash("10.1.1", "aa", {}, schedule) == first
    assert inputs_hash("10.1.1", "ab", {"7.1.1": ["bb"]}, schedule) != first
    assert used_tables("10.1.1") >= {"7.1.1"}
    assert settled_by.cache_info().misses == made


def test_the_hash_of_a_table_with_rules_covers_all_that_they_use() -> None:
    schedule = shipped_schedule()
    base = inputs_hash("1.5", "aa", {"7.1.1": ["bb"], "10.1.1": ["cc"]}, schedule)
    assert base != inputs_hash("1.5", "aa", {"7.1.1": ["bb"], "10.1.1": ["cd"]}, schedule)
    assert base != inputs_hash("1.5", "aa", {"7.1.1": ["bb"]}, schedule)
    assert base == inputs_hash("1.5", "aa", {"7.1.1": ["bb"], "10.1.1": ["cc"], "7.2": ["d"]}, schedule)


def test_stored_rows_have_the_types_of_their_columns_and_the_same_bytes() -> None:
    rows = _students("610101")
    content = to_parquet(load_definition("10.1.1"), rows)
    assert content == to_parquet(load_definition("10.1.1"), rows)
    assert from_parquet(content).frame.equals(rows.frame)
    assert from_parquet(content).columns == rows.columns


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(max_size=6),
            st.none() | st.integers(-(10**18), 10**18).map(str) | st.text(max_size=3),
            st.none() | st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8)) | st.text(max_size=3),
        ),
        max_size=6,
    )
)
def test_nothing_is_altered_by_storing(cells: list[tuple[str | None, ...]]) -> None:
    definition = define(
        "  - {name: 文}\n  - {name: 数, type: integer}\n  - {name: 日, type: date, format: '%Y%m%d'}"
    )
    rows = rows_of(["文", "数", "日"], cells)
    stored = from_parquet(to_parquet(definition, rows)).frame
    assert stored["文"].equals(rows.frame["文"])
    assert stored["日"].equals(rows.frame["日"])
    for before, after in zip(rows.frame["数"], stored["数"], strict=True):
        assert before == after or int(before) == int(after)


def test_column_letters() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
