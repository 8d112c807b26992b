"""Findings as marks on a workbook: which cells are coloured, what their comments and the last column say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from checks.definition import Definition
from checks.finding import ERROR, WARNING, Finding

RESULTS = "检测结果"
"""The last column of a returned workbook; reading leaves it out."""
AUTHOR = "检测"
COLOURS = {ERROR: "FFF8B4B4", WARNING: "FFFFDD99"}
WORDS = {ERROR: "错误", WARNING: "警告"}
HEADS = tuple(f"【{word}】" for word in WORDS.values())
LONGEST_CELL = 32_000
LONGEST_COMMENT = 2_000
WIDTH = 60
LINE, TALLEST = 15, 400
COMMENT_WIDTH, COMMENT_LINE, LETTERS_A_LINE = 360, 20, 26
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class CellMark:
    """One faulty cell: its place, the worst severity, a sentence each finding."""

    row: int
    column: str
    severity: str = WARNING
    sentences: list[str] = field(default_factory=list)

    @property
    def comment(self) -> str:
        return "\n".join(self.sentences)[:LONGEST_COMMENT]


@dataclass
class SheetMarks:
    """The marks of one data sheet: ``cells`` by address, ``rows`` by number, ``whole`` the rest."""

    cells: dict[str, CellMark] = field(default_factory=dict)
    rows: dict[int, list[str]] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)

    def result(self, row: int) -> str:
        """What the last column says of the row."""
        return "\n".join(self.rows.get(row, ()))[:LONGEST_CELL]

    @property
    def worst(self) -> str:
        """The severity of what concerns the sheet as a whole."""
        return ERROR if any(text.startswith(_head(ERROR)) for text in self.whole) else WARNING


def height(result: str) -> float:
    """The height in points of a row whose last column says this."""
    lines = sum(1 + len(line) * 2 // WIDTH for line in result.splitlines())
    return min(LINE * max(lines, 1), TALLEST)


def comment_size(text: str) -> dict[str, int]:
    """The width and height in pixels of a comment that shows all of it, at 10 or 11 points."""
    lines = sum(1 + len(line) // LETTERS_A_LINE for line in text.splitlines())
    return {"width": COMMENT_WIDTH, "height": COMMENT_LINE * (lines + 1)}


def marks_of(definition: Definition, findings: Iterable[Finding]) -> dict[str, SheetMarks]:
    """Errors and warnings by data sheet; those of no sheet that the table has stand on its first."""
    marks = {sheet.name: SheetMarks() for sheet in definition.sheets}
    first = next(iter(marks.values()))
    for finding in findings:
        if finding.severity in WORDS:
            _mark(marks.get(finding.sheet, first), finding)
    return marks


def _mark(sheet: SheetMarks, finding: Finding) -> None:
    sentence = _head(finding.severity) + "".join(_sentence(finding))
    if finding.cell:
        cell = sheet.cells.setdefault(finding.cell, CellMark(finding.row or 1, finding.column))
        cell.sentences.append(sentence)
        if finding.severity == ERROR:
            cell.severity = ERROR
    if finding.row and finding.row > 1:
        place = finding.column or finding.cell
        told = _head(finding.severity) + "".join(_sentence(finding, f"{place}：" if place else ""))
        sheet.rows.setdefault(finding.row, []).append(told)
    elif not finding.cell:
        sheet.whole.append(sentence)


def _head(severity: str) -> str:
    return f"【{WORDS[severity]}】"


def _sentence(finding: Finding, place: str = "") -> Iterator[str]:
    yield place
    yield CONTROL.sub("", finding.message)
    if finding.remedy:
        yield CONTROL.sub("", finding.remedy)
