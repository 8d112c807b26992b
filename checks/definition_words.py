"""What changed in a table's definition, in a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checks.definition_diff import ADDED, REMOVED, Difference
from plans.sentence import Sentence

NOTHING = Sentence("（无）")
TYPES: Mapping[str, Sentence] = {
    "string": Sentence("文字"),
    "integer": Sentence("整数"),
    "number": Sentence("数字"),
    "year": Sentence("年份"),
    "date": Sentence("日期"),
}
PERIODS: Mapping[str, Sentence] = {
    "school-year": Sentence("学年"),
    "calendar-year": Sentence("自然年度"),
    "point-in-time": Sentence("时点"),
}
FORMATS: Mapping[str, Sentence] = {
    "%Y%m%d": Sentence("年月日八位数字"),
    "%Y%m": Sentence("年月六位数字"),
}


def told(each: Difference) -> Sentence:
    """The sentence; its facts are said in the reader's language too, where they are words of ours."""
    return _of_a_column(each) if each.column else _of_the_table(each)


def _of_the_table(each: Difference) -> Sentence:
    old, new = each.old, each.new
    if each.what == "period":
        return Sentence("统计期由“%(old)s”改为“%(new)s”", old=PERIODS[old], new=PERIODS[new])
    if each.what == "note":
        return Sentence("填表说明由“%(old)s”改为“%(new)s”", old=_text(old), new=_text(new))
    if each.what == "key":
        return Sentence("不能重复的列由“%(old)s”改为“%(new)s”", old=_list(old), new=_list(new))
    if each.what == "records":
        one = new == "one"
        return Sentence("改为全表只填一行") if one else Sentence("改为可以填多行")
    return Sentence("同一行里各列之间的关系有变化")


def _of_a_column(each: Difference) -> Sentence:
    return OF_A_COLUMN.get(each.what, _written)(each.column, each.old, each.new)


def _removed(name: str, _old: Any, _new: Any) -> Sentence:
    return Sentence("去掉了列“%(name)s”", name=name)


def _unit(name: str, old: str, new: str) -> Sentence:
    return Sentence("列“%(name)s”的单位由“%(old)s”改为“%(new)s”", name=name, old=_text(old), new=_text(new))


def _note(name: str, old: str, new: str) -> Sentence:
    return Sentence("列“%(name)s”的说明由“%(old)s”改为“%(new)s”", name=name, old=_text(old), new=_text(new))


def _type(name: str, old: str, new: str) -> Sentence:
    return Sentence("列“%(name)s”由“%(old)s”改为“%(new)s”", name=name, old=TYPES[old], new=TYPES[new])


def _format(name: str, old: str, new: str) -> Sentence:
    facts = {"old": FORMATS.get(old, NOTHING), "new": FORMATS.get(new, NOTHING)}
    return Sentence("列“%(name)s”的日期由“%(old)s”改为“%(new)s”", name=name, **facts)


def _minimum(name: str, old: float | None, new: float | None) -> Sentence:
    facts = {"old": _number(old), "new": _number(new)}
    return Sentence("列“%(name)s”的最小值由“%(old)s”改为“%(new)s”", name=name, **facts)


def _maximum(name: str, old: float | None, new: float | None) -> Sentence:
    facts = {"old": _number(old), "new": _number(new)}
    return Sentence("列“%(name)s”的最大值由“%(old)s”改为“%(new)s”", name=name, **facts)


def _written(name: str, _old: Any, _new: Any) -> Sentence:
    """Patterns and rules mean nothing to people: notes say what is meant."""
    return Sentence("列“%(name)s”的写法要求有变化", name=name)


def _added(name: str, _old: Any, column: Mapping[str, Any]) -> Sentence:
    facts = {"name": name, "type": TYPES[column["type"]], "unit": column["unit"]}
    if column["required"] and column["unit"]:
        return Sentence("增加了必填的列“%(name)s”（%(type)s，单位 %(unit)s）", **facts)
    if column["required"]:
        return Sentence("增加了必填的列“%(name)s”（%(type)s）", **facts)
    if column["unit"]:
        return Sentence("增加了列“%(name)s”（%(type)s，单位 %(unit)s）", **facts)
    return Sentence("增加了列“%(name)s”（%(type)s）", **facts)


def _values(name: str, old: Sequence[str], new: Sequence[str]) -> Sentence:
    """Which values one may choose that one might not before, and the other way round."""
    more, less = [each for each in new if each not in old], [each for each in old if each not in new]
    facts = {"name": name, "more": _list(more), "less": _list(less)}
    if not new:
        return Sentence("列“%(name)s”不再限定可选值", name=name)
    if not old:
        return Sentence("列“%(name)s”限定为这些值：%(more)s", **facts)
    if more and less:
        return Sentence("列“%(name)s”的可选值增加了 %(more)s，去掉了 %(less)s", **facts)
    if less:
        return Sentence("列“%(name)s”的可选值去掉了 %(less)s", **facts)
    if more:
        return Sentence("列“%(name)s”的可选值增加了 %(more)s", **facts)
    return Sentence("列“%(name)s”的可选值换了顺序", name=name)


def _required(name: str, _old: bool, required: bool) -> Sentence:
    if required:
        return Sentence("列“%(name)s”改为必填", name=name)
    return Sentence("列“%(name)s”不再必填", name=name)


def _reference(name: str, _old: Sequence[str], reference: Sequence[str]) -> Sentence:
    if not reference:
        return Sentence("列“%(name)s”不再与其他表核对", name=name)
    table, *fields = reference
    return Sentence(
        "列“%(name)s”的值须在表 %(table)s 的“%(fields)s”之中",
        name=name,
        table=table,
        fields=_list(fields),
    )


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:g}"


def _text(value: str | None) -> str:
    return value or NOTHING


def _list(values: Sequence[str]) -> str:
    return "、".join(values) or NOTHING


OF_A_COLUMN: Mapping[str, Callable[[str, Any, Any], Sentence]] = {
    ADDED: _added,
    REMOVED: _removed,
    "required": _required,
    "type": _type,
    "format": _format,
    "enum": _values,
    "unit": _unit,
    "minimum": _minimum,
    "maximum": _maximum,
    "note": _note,
    "reference": _reference,
}
"""Who says what of a column; any other change is of how its values are written."""
