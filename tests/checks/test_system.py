"""The check after review: stored rows, references to approved sources, and what makes it stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checks.definition import load_definition
from checks.rows import Rows, from_parquet, letters, to_parquet
from checks.system import inputs_hash, system_check
from tests.checks.frames import define, marks, rows_of, shipped_schedule

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
    named = {code.removeprefix("t").replace("_", "."): rows for code, rows in sources.items()}
    found = system_check("10.1.1", content, shipped_schedule(), named)
    return marks([finding for finding in found if finding.severity == "error"])


def test_references_are_checked_against_the_approved_rows() -> None:
    majors = ("610101", "610102")
    assert _errors(majors) == []
    assert _errors(majors, t7_1_1=_majors("610101")) == [("reference", "error", "G3")]
    assert _errors(majors, t7_1_1=_majors("610101", "610102")) == []


def test_a_source_that_the_table_does_not_refer_to_is_left_alone() -> None:
    assert _errors(("610101",), t1_6=b"no parquet at all") == []


def test_the_hash_covers_rows_sources_and_campaign_and_nothing_else() -> None:
    schedule = shipped_schedule()
    base = inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, schedule)
    assert base == inputs_hash("10.1.1", "aa", {"7.1.1": "bb", "1.6": "cc"}, replace(schedule, name="另一个"))
    others = {
        inputs_hash("10.1.1", "ab", {"7.1.1": "bb"}, schedule),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bc"}, schedule),
        inputs_hash("10.1.1", "aa", {}, schedule),
        inputs_hash("10.1.1", "aa", {"7.1.1": "bb"}, replace(schedule, enrolled_statuses=("在读",))),
        inputs_hash("7.2", "aa", {"7.1.1": "bb"}, schedule),
    }
    assert len(others | {base}) == 6


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
