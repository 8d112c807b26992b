"""Rules that look beyond one cell: headings, keys, cohorts, references to approved source tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from checks.context import CheckContext, CohortVerdict
from checks.definition import ONE, Definition, Field, Sheet, load_definition
from checks.finding import ERROR, INFO, WARNING, Finding
from checks.keys import APART, key_said, key_text
from checks.rows import ROW, SHEET, Rows, letters, typed
from plans.notation import quoted
from plans.sentence import Sentence

PROGRAMME_COLUMNS = ("学制", "修业年限")


def headings(definition: Definition, rows: Rows) -> Iterator[Finding]:
    """Columns that the sheet lacks, has twice, or that the definition doesn't know."""
    for sheet in definition.sheets:
        found = rows.columns.get(sheet.name)
        if found is not None and not any(field.name in found for field in sheet.fields):
            yield _no_titles(sheet)
        elif found is not None:
            yield from _missing(definition, sheet, found)
            yield from _unknown(definition, sheet, found)


def _no_titles(sheet: Sheet) -> Finding:
    names = "、".join(field.name for field in sheet.fields[:3])
    return Finding(
        rule="missing-column",
        severity=ERROR,
        message=Sentence(
            "工作表“%(name)s”的第 1 行没有本表的任何列名（应有“%(names)s”等）。", name=sheet.name, names=names
        ),
        remedy=Sentence("第 1 行必须是列名：请删除上面的标题行，或把数据粘贴到模板中。"),
        sheet=sheet.name,
        row=1,
    )


def _missing(definition: Definition, sheet: Sheet, found: tuple[str, ...]) -> Iterator[Finding]:
    for field in sheet.fields:
        if field.name not in found:
            needed = field.required or field.name in definition.key
            yield Finding(
                rule="missing-column",
                severity=ERROR if needed else WARNING,
                message=Sentence("工作表“%(name)s”缺少“%(column)s”列。", name=sheet.name, column=field.name),
                remedy=Sentence("请下载最新模板，把数据粘贴到模板中；第 1 行的列名不要改动。"),
                sheet=sheet.name,
                row=1,
                column=field.name,
            )


def _unknown(definition: Definition, sheet: Sheet, found: tuple[str, ...]) -> Iterator[Finding]:
    known = {field.name for field in sheet.fields}
    seen: set[str] = set()
    for position, name in enumerate(found):
        if name and (name in seen or name not in known):
            yield _stray(definition, sheet.name, position, name, twice=name in seen)
        seen.add(name)


def _stray(definition: Definition, sheet: str, position: int, name: str, *, twice: bool) -> Finding:
    finding = Finding(
        rule="unknown-column",
        severity=INFO if definition.generic else WARNING,
        message=Sentence("“%(name)s”不是本表的列，内容原样保留，不参加检测。", name=name),
        remedy=Sentence("如果是本表某一列写错了列名，请按模板改正；否则无需处理。"),
        sheet=sheet,
        cell=f"{letters(position)}1",
        row=1,
        column=name,
        value=name,
    )
    if not twice:
        return finding
    return replace(
        finding,
        severity=ERROR,
        message=Sentence("“%(name)s”列出现了不止一次，后面的这一列没有读取。", name=name),
        remedy=Sentence("请只保留一列后重新上传。"),
    )


def unique_key(definition: Definition, rows: Rows) -> Iterator[Finding]:
    """Rows whose key an earlier row has; the finding names that row."""
    names = [name for name in definition.key if name in rows.frame.columns]
    if not names:
        return
    keyed = rows.frame.select(
        SHEET,
        ROW,
        key=key_text(pl.col(name) for name in names),
        filled=pl.col(names[0]).is_not_null(),
    ).filter("filled")
    again = keyed.filter(~pl.col("key").is_first_distinct())
    if again.is_empty():
        return
    first = keyed.unique("key", keep="first").rename({SHEET: "first_sheet", ROW: "first_row"}).drop("filled")
    for sheet, row, key, _, earlier, line in (
        again.join(first, on="key", maintain_order="left")
        .select(SHEET, ROW, "key", "filled", "first_sheet", "first_row")
        .iter_rows()
    ):
        yield _repeated(
            rows,
            sheet,
            row,
            names,
            key,
            Sentence("工作表“%(earlier)s”第 %(line)s 行", earlier=earlier, line=line),
        )


def _repeated(rows: Rows, sheet: str, row: int, names: list[str], key: str, where: str) -> Finding:
    return Finding(
        rule="unique-key",
        severity=ERROR,
        message=Sentence("%(key)s 与%(where)s重复。", key=key_said(names, key), where=where),
        remedy=Sentence("同一条数据只保留一行；如果是编号填错，请改正编号。"),
        sheet=sheet,
        cell=rows.address(sheet, row, names[0]),
        row=row,
        column=names[0],
        value=key.split(APART, maxsplit=1)[0],
    )


def one_row(definition: Definition, rows: Rows) -> Iterator[Finding]:
    """The second row of a sheet of a table that is one record."""
    if definition.records != ONE:
        return
    for sheet in definition.sheets:
        frame = rows.frame.filter(pl.col(SHEET) == sheet.name)
        if frame.height > 1:
            yield _beyond_one(rows, sheet, frame.sort(ROW))


def _beyond_one(rows: Rows, sheet: Sheet, frame: pl.DataFrame) -> Finding:
    first, second = frame[ROW][0], frame[ROW][1]
    column = next((name for name in rows.columns.get(sheet.name, ()) if name in frame.columns), "")
    return Finding(
        rule="one-row",
        severity=ERROR,
        message=Sentence(
            "本表只填一行，这里有 %(count)s 行（第 %(first)s 行之后还有数据）。",
            count=frame.height,
            first=first,
        ),
        remedy=Sentence("请把数据合并到一行，删除其余各行。"),
        sheet=sheet.name,
        cell=rows.address(sheet.name, second, column),
        row=second,
        column=column,
        value=(frame[column][1] or "") if column else "",
    )


def cohorts(definition: Definition, field: Field, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    """Entry years that neither the printed table nor the period's arithmetic knows, or only one of them."""
    programmes = [
        f for f in definition.fields if f.name in PROGRAMME_COLUMNS and f.name in rows.frame.columns
    ]
    years = typed(programmes[0]) if programmes else pl.lit(None)
    frame = rows.frame.select(
        SHEET, ROW, text=field.name, entry=typed(field), years=years.cast(pl.Int64, strict=False)
    )
    pairs = frame.select("entry", "years").drop_nulls("entry").unique()
    verdicts = {pair: context.cohort(definition.code, *pair) for pair in pairs.iter_rows()}
    doubtful = pairs.filter(
        [not (verdict.printed_valid and verdict.counted_valid) for verdict in verdicts.values()]
    )
    wrong = frame.join(doubtful, on=["entry", "years"], how="semi", nulls_equal=True, maintain_order="left")
    for sheet, row, text, entry, length in wrong.iter_rows():
        finding = _cohort_finding(verdicts[entry, length], text)
        yield replace(
            finding,
            sheet=sheet,
            cell=rows.address(sheet, row, field.name),
            row=row,
            column=field.name,
            value=text,
        )


def _cohort_finding(verdict: CohortVerdict, entry: str) -> Finding:
    printed, counted = (label or Sentence("不在其中") for label in (verdict.printed, verdict.counted))
    both = Sentence(
        "按方案的年级表是“%(printed)s”，按采集期推算是“%(counted)s”", printed=printed, counted=counted
    )
    if verdict.printed_valid or verdict.counted_valid:
        return Finding(
            rule="cohort",
            severity=WARNING,
            message=Sentence("%(entry)s 级%(both)s，两者不一致。", entry=entry, both=both),
            remedy=Sentence("请与质量部核对本次采集包含哪些年级；确认无误的，写明情况即可。"),
        )
    return Finding(
        rule="cohort",
        severity=ERROR,
        message=Sentence("%(entry)s 级不属于本表采集的年级：%(both)s。", entry=entry, both=both),
        remedy=Sentence("请核对年级和学制；不属于本次采集的学生请删除该行。"),
    )


def reference(field: Field, rows: Rows, context: CheckContext) -> Iterator[Finding]:
    """Values that the approved source table doesn't hold; nothing where that table isn't approved yet."""
    link = field.reference
    source = context.sources.get(link.table) if link else None
    if link is None or source is None:
        return
    columns = [source[name].cast(pl.String) for name in link.fields if name in source.columns]
    if not columns:
        return
    known = pl.concat(column.rename("known") for column in columns).drop_nulls().unique()
    label = load_definition(link.table).label
    absent = rows.frame[field.name].is_not_null() & ~rows.frame[field.name].is_in(known.implode())
    for sheet, row, value in rows.cells(field.name, absent):
        yield Finding(
            rule="reference",
            severity=ERROR,
            message=Sentence("%(value)s不在已审核的源表 %(label)s 中。", value=quoted(value), label=label),
            remedy=Sentence(
                "请核对“%(name)s”；填写无误的，请联系 %(label)s 的采集部门补录。",
                name=field.name,
                label=label,
            ),
            sheet=sheet,
            cell=rows.address(sheet, row, field.name),
            row=row,
            column=field.name,
            value=value,
        )
