"""A decomposition as the office has it (Word, Excel, CSV) -> the rows of `tasks.csv`."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from plans.decomposition import NEEDED, Grid, Reading, columns_of, heading_row, note_repeats, read_grid
from plans.excel import excel_grids, text_above
from plans.load import read_bytes
from plans.notation import half_width
from plans.plan import PlanTable
from plans.problems import PlanError, PlanProblem, Problems
from plans.sentence import Sentence
from plans.tasks_file import COLUMNS, decode, load_tasks
from plans.word import word_grids

T = TypeVar("T")
MOST_UNPACKED = 10_000_000
YEAR = re.compile(r"(20\d\d)\s*年")


@dataclass(frozen=True)
class Imported:
    """The tables of a document and what had to be assumed to read them."""

    tables: tuple[PlanTable, ...]
    doubts: tuple[PlanProblem, ...]


def import_plan(path: Path, year: int | None = None) -> Imported:
    """The decomposition in ``path``; dates without a year take ``year``, else the title's.

    PlanError where the file is of another kind, holds no decomposition, or has rows that cannot be read.
    """
    content = read_bytes(path)
    readers = {".docx": _word, ".xlsx": _excel, ".csv": _csv}
    if path.suffix.lower() not in readers:
        message = Sentence("只能导入 .docx、.xlsx 或 .csv；旧格式（.doc、.xls、.wps）请先另存为新格式")
        raise PlanError([PlanProblem("unreadable-file", path.name, None, path.name, message, "计划.docx")])
    if path.suffix.lower() == ".csv" and _is_tasks_file(decode(content, path.name)):
        return Imported(load_tasks(decode(content, path.name), path.name), ())
    text, grids = readers[path.suffix.lower()](content, path.name)
    return _understood(text, grids, path.name, year)


def _understood(text: str, grids: list[Grid], name: str, year: int | None) -> Imported:
    title_year = YEAR.search(half_width(text)) if year is None else None
    reading = Reading(Problems(name), year or (int(title_year[1]) if title_year else None))
    for grid in grids:
        read_grid(grid, reading)
    note_repeats(reading)
    if not reading.tables and not reading.problems.found:
        _note_no_decomposition(grids, reading.problems)
    reading.problems.raise_any()
    if title_year:
        message = Sentence("截止时间没有写年份的，按标题中的 %(year)s 年计", year=title_year[1])
        reading.doubts.add("year-from-title", None, name, message)
    if not reading.steps:
        message = Sentence("没有“采集步骤”一列，全部按第二步（其他数据表）计，没有源数据表")
        reading.doubts.add("no-step-column", None, name, message)
    return Imported(tuple(reading.tables), tuple(reading.doubts.found))


def _note_no_decomposition(grids: list[Grid], problems: Problems) -> None:
    """Tell which headings the likeliest table lacks."""
    rows = [columns_of(row) for grid in grids for row in grid]
    if any(heading_row(grid) is not None for grid in grids):
        problems.add(
            "bad-value",
            None,
            problems.file,
            Sentence("任务分解表里没有一行带序号的数据表"),
            "1　1.6 机构设置",
        )
        return
    best = max(rows, key=lambda row: len(NEEDED.keys() & row.keys()), default={})
    missing = [title for column, title in NEEDED.items() if column not in best]
    message = Sentence("没有找到任务分解表：缺少列 %(missing)s", missing="、".join(missing))
    problems.add(
        "missing-column", None, problems.file, message, "序号、采集步骤、" + "、".join(NEEDED.values())
    )


def _word(content: bytes, name: str) -> tuple[str, list[Grid]]:
    return opened(word_grids, content, name, Sentence("Word 文档（.docx）"))


def _excel(content: bytes, name: str) -> tuple[str, list[Grid]]:
    return opened(excel_grids, content, name, Sentence("Excel 工作簿（.xlsx）"))


def _csv(content: bytes, name: str) -> tuple[str, list[Grid]]:
    grid = list(csv.reader(io.StringIO(decode(content, name), newline="")))
    return "\n".join(text_above(grid)), [grid]


def opened(read: Callable[[bytes], T], content: bytes, name: str, kind: str) -> T:
    """What ``read`` makes of the file; whatever a damaged or disguised one raises becomes a sentence."""
    try:
        _refuse_bomb(content, name)
        return read(content)
    except PlanError:
        raise
    except Exception as error:
        message = Sentence(
            "这个文件不是%(kind)s，或者已经损坏、加了密码；请用 Word、Excel 或 WPS 打开后另存一份再导入",
            kind=kind,
        )
        raise PlanError([PlanProblem("unreadable-file", name, None, name, message)]) from error


def _refuse_bomb(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            most = MOST_UNPACKED // 1_000_000
            message = Sentence(
                "这个文件解开后超过 %(most)s MB，超出了可以读取的大小；请去掉图片和多余的工作表后另存",
                most=most,
            )
            raise PlanError([PlanProblem("unreadable-file", name, None, name, message)])


def _is_tasks_file(text: str) -> bool:
    """Whether a CSV is a `tasks.csv` rather than a decomposition with the document's own headings."""
    first = {cell.strip().lower() for cell in text.lstrip("\ufeff").partition("\n")[0].split(",")}
    return len(first & set(COLUMNS)) > len(COLUMNS) // 2
