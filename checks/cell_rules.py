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
from plans.sentence import Sentence

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
        lambda _: Sentence("“%(name)s”必须填写，这里是空白。", name=field.name),
        Sentence("请补填；整行不需要的，请删除整行。"),
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
        lambda value: Sentence("%(value)s不是%(expected)s。", value=quoted(value), expected=expected),
        Sentence("请改为%(expected)s，不带单位和其他文字。", expected=expected),
    )
    if field.format == "%Y%m":
        yield Probe(
            "type",
            field.name,
            wrong & two_months,
            lambda value: Sentence(
                "%(value)s可能是 1 月，也可能是 10 月（Excel 会把 %(bare)s0 存成 %(bare)s）。",
                value=quoted(value),
                bare=value,
            ),
            Sentence("请写成六位数字，如 1 月写 202001，10 月写 202010。"),
        )


def _expected(field: Field) -> str:
    if field.type == "date":
        return DATE_FORMATS[field.format]
    return {
        "integer": Sentence("整数"),
        "number": Sentence("数字"),
        "year": Sentence("四位数字的年份，如 2018"),
    }[field.type]


def _enum(field: Field) -> Probe:
    allowed = "、".join(field.enum[:SHOWN]) + ("……" if len(field.enum) > SHOWN else "")
    return Probe(
        "enum",
        field.name,
        ~pl.col(field.name).is_in(list(field.enum)),
        lambda value: Sentence("%(value)s不在“%(name)s”的可选项中。", value=quoted(value), name=field.name),
        Sentence("请从下拉列表中选：%(allowed)s。", allowed=allowed),
        ERROR if field.sure else WARNING,
    )


def _pattern(field: Field) -> Probe:
    hint = field.note or Sentence("按填表说明的写法")
    return Probe(
        "pattern",
        field.name,
        ~pl.col(field.name).str.contains(f"^(?:{field.pattern})$", strict=False).fill_null(True),
        lambda value: Sentence("%(value)s不符合“%(name)s”的写法。", value=quoted(value), name=field.name),
        Sentence("应为：%(hint)s。请核对后改正。", hint=hint),
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
        lambda shown: Sentence(
            "%(shown)s超出范围，应%(bounds)s%(unit)s。",
            shown=quoted(shown),
            bounds=bounds,
            unit=field.unit and f"（{field.unit}）",
        ),
        Sentence("请核对数值和单位是否正确。"),
    )


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return Sentence("在 %(low)s 到 %(high)s 之间", low=f"{low:g}", high=f"{high:g}")
    return (
        Sentence("不小于 %(low)s", low=f"{low:g}")
        if low is not None
        else Sentence("不大于 %(high)s", high=f"{high:g}")
    )


def _period(definition: Definition, field: Field, context: CheckContext) -> Iterator[Probe]:
    period = context.period(definition.period)
    day = typed(field)
    yield Probe(
        "period",
        field.name,
        day > period.end,
        lambda value: Sentence(
            "%(value)s晚于采集期的最后一天 %(end)s。", value=quoted(value), end=period.end
        ),
        Sentence("请核对日期；采集期以后的情况不在本次采集范围内。"),
    )
    if field.window == "in-period":
        yield Probe(
            "period",
            field.name,
            day < period.start,
            lambda value: Sentence(
                "%(value)s早于采集期的第一天 %(start)s。", value=quoted(value), start=period.start
            ),
            Sentence(
                "本表只采集 %(start)s 至 %(end)s 的情况，请核对日期或删除这一行。",
                start=period.start,
                end=period.end,
            ),
        )


def _campaign_lists(field: Field, context: CheckContext) -> Iterator[Probe]:
    lists = {
        "student-status": (Sentence("学籍状态"), context.statuses),
        "destination": (Sentence("毕业去向"), context.destinations),
    }
    what, allowed = lists.get(field.rule, ("", ()))
    if allowed:
        yield Probe(
            field.rule,
            field.name,
            pl.col(field.name).is_not_null() & ~pl.col(field.name).is_in(list(allowed)),
            lambda value: Sentence(
                "%(value)s不是有效的%(what)s，这一行将不计入统计。", value=quoted(value), what=what
            ),
            Sentence("请改为以下之一：%(allowed)s。", allowed="、".join(allowed)),
        )
