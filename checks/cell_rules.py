"""Rules that look at one cell: each a mask over the rows and the sentence for the cells where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from checks.context import CheckContext
from checks.definition import DATE_FORMATS, Definition, Field
from checks.finding import ERROR, WARNING
from checks.normalise import TWO_MONTHS
from checks.rows import typed
from plans.notation import quoted

SHOWN = 8


@dataclass(frozen=True)
class Probe:
    """A rule on one column: ``wrong`` is true where it is broken; ``message`` takes the cell's text."""

    rule: str
    column: str
    wrong: pl.Expr
    message: Callable[[str], str]
    remedy: str
    severity: str = ERROR


def probes(definition: Definition, field: Field, context: CheckContext) -> Iterator[Probe]:
    """Every one-cell rule of a column."""
    if field.required:
        yield _required(field)
    if field.type != "string":
        yield from _types(field)
    if field.enum:
        yield _enum(field)
    if field.pattern:
        yield _pattern(field)
    if field.minimum is not None or field.maximum is not None:
        yield _range(field)
    if field.window:
        yield from _period(definition, field, context)
    yield from _campaign_lists(field, context)


def _required(field: Field) -> Probe:
    return Probe(
        "required",
        field.name,
        pl.col(field.name).is_null(),
        lambda _: f"“{field.name}”必须填写，这里是空白。",
        "请补填；整行不需要的，请删除整行。",
    )


def _types(field: Field) -> Iterator[Probe]:
    text = pl.col(field.name)
    two_months = text.str.contains(TWO_MONTHS) if field.format == "%Y%m" else pl.lit(False)
    wrong = text.is_not_null() & typed(field).is_null()
    expected = _expected(field)
    yield Probe(
        "type",
        field.name,
        wrong & ~two_months,
        lambda value: f"{quoted(value)}不是{expected}。",
        f"请改为{expected}，不带单位和其他文字。",
    )
    if field.format == "%Y%m":
        yield Probe(
            "type",
            field.name,
            wrong & two_months,
            lambda value: f"{quoted(value)}可能是 1 月，也可能是 10 月（Excel 会把 {value}0 存成 {value}）。",
            "请写成六位数字，如 1 月写 202001，10 月写 202010。",
        )


def _expected(field: Field) -> str:
    if field.type == "date":
        return DATE_FORMATS[field.format]
    return {"integer": "整数", "number": "数字", "year": "四位数字的年份，如 2018"}[field.type]


def _enum(field: Field) -> Probe:
    allowed = "、".join(field.enum[:SHOWN]) + ("……" if len(field.enum) > SHOWN else "")
    return Probe(
        "enum",
        field.name,
        ~pl.col(field.name).is_in(list(field.enum)),
        lambda value: f"{quoted(value)}不在“{field.name}”的可选项中。",
        f"请从下拉列表中选：{allowed}。",
        ERROR if field.sure else WARNING,
    )


def _pattern(field: Field) -> Probe:
    hint = field.note or "按填表说明的写法"
    return Probe(
        "pattern",
        field.name,
        ~pl.col(field.name).str.contains(f"^(?:{field.pattern})$", strict=False).fill_null(True),
        lambda value: f"{quoted(value)}不符合“{field.name}”的写法。",
        f"应为：{hint}。请核对后改正。",
    )


def _range(field: Field) -> Probe:
    low, high = field.minimum, field.maximum
    value = typed(field)
    below = value < low if low is not None else pl.lit(False)
    above = value > high if high is not None else pl.lit(False)
    bounds = _bounds(low, high)
    return Probe(
        "range",
        field.name,
        below | above,
        lambda shown: f"{quoted(shown)}超出范围，应{bounds}{field.unit and f'（{field.unit}）'}。",
        "请核对数值和单位是否正确。",
    )


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"在 {low:g} 到 {high:g} 之间"
    return f"不小于 {low:g}" if low is not None else f"不大于 {high:g}"


def _period(definition: Definition, field: Field, context: CheckContext) -> Iterator[Probe]:
    period = context.period(definition.period)
    day = typed(field)
    yield Probe(
        "period",
        field.name,
        day > period.end,
        lambda value: f"{quoted(value)}晚于采集期的最后一天 {period.end}。",
        "请核对日期；采集期以后的情况不在本次采集范围内。",
    )
    if field.window == "in-period":
        yield Probe(
            "period",
            field.name,
            day < period.start,
            lambda value: f"{quoted(value)}早于采集期的第一天 {period.start}。",
            f"本表只采集 {period.start} 至 {period.end} 的情况，请核对日期或删除这一行。",
        )


def _campaign_lists(field: Field, context: CheckContext) -> Iterator[Probe]:
    lists = {
        "student-status": ("学籍状态", context.statuses),
        "destination": ("毕业去向", context.destinations),
    }
    what, allowed = lists.get(field.rule, ("", ()))
    if allowed:
        yield Probe(
            field.rule,
            field.name,
            pl.col(field.name).is_not_null() & ~pl.col(field.name).is_in(list(allowed)),
            lambda value: f"{quoted(value)}不是有效的{what}，这一行将不计入统计。",
            f"请改为以下之一：{'、'.join(allowed)}。",
        )
