"""The definitions as one page for people: `docs/tables.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.definition import DATE_FORMATS, EACH_AT_MOST, EQUAL, Definition, Field, RowSum, Sheet

HEAD = """# 数据表 / Tables

由 `caiji tables docs` 从 `tables/*.yaml` 生成，请勿手工修改；要改一张表，改它的 YAML，
运行 `caiji tables lint` 检查，再运行 `caiji tables docs`。
Generated from `tables/*.yaml`; edit those.

“来源”一列：**见**是在公开资料里见到的列名，**常**是按常识补的列。
可选项后带 `*` 的没有在公开资料里见到，不在其中只警告。

## 怎样改一张表

一张表一个文件，文件名是表号；用记事本就能改，存成 UTF-8。表的键：

| 键 | 写什么 |
|---|---|
| `title`、`description`、`source` | 表名（不带年份，计划里的名称优先）、填表说明、列从哪里来 |
| `period` | `school-year` 学年、`calendar-year` 自然年度、`point-in-time` 时点 |
| `records` | `one` 全表一行（页面上是表单）、`many` 多行 |
| `primaryKey` | 哪几列合起来不能重复 |
| `match` | 凭哪几列在上年数据中找到同一行；不写就是 `primaryKey` |
| `change` | 数字比上年变动超过多大份额要说明，`0.3` 是三成；可写在表上，也可写在列上 |
| `sums` | 行内关系：`total`、`parts`，`relation` 是 `equal` 各部分之和等于、`sum-at-most` 之和不大于、\
`each-at-most` 每一项不大于，`severity` 是 `error` 或 `warning` |
| `sheets` | 有几张工作表的才写：`name`、`title`、`columns` |
| `fields` | 列，见下 |

列的键：

| 键 | 写什么 |
|---|---|
| `name`、`type` | 列名（不含空格），`string` 文字、`integer` 整数、`number` 数字、`year` 年份、`date` 日期 |
| `format` | 日期的写法：`'%Y%m%d'` 或 `'%Y%m'` |
| `constraints` | `required` 必填、`enum` 可选项、`pattern` 写法、`minimum`、`maximum` |
| `enum_source` | 写 `general-knowledge`，不在可选项中只警告 |
| `unit`、`note` | 单位、填写时要知道的事 |
| `identity`、`sensitive` | `true`：是编号，必须是文本；`true`：是个人信息 |
| `reference` | `table`、`fields`：值必须在另一张表的这几列之一里 |
| `rule` | `student-status` 学籍状态、`cohort` 年级、`destination` 毕业去向，可选值在计划里 |
| `window` | `until-end` 不晚于采集期末、`in-period` 在采集期内 |
| `provenance` | `found` 在公开资料里见到、`general-knowledge` 按常识 |
"""
TYPES = {"string": "文字", "integer": "整数", "number": "数字", "year": "年份"}
PERIODS = {
    "school-year": "学年",
    "calendar-year": "自然年度",
    "point-in-time": "时点（采集期末或名称所示的时间）",
}
RECORDS = {"one": "全表一行", "many": "多行"}
RULES = {
    "student-status": "学籍状态（见计划）",
    "cohort": "年级（见计划）",
    "destination": "毕业去向（见计划）",
}
WINDOWS = {"until-end": "不晚于采集期末", "in-period": "在采集期内"}
SOURCES = {"found": "见", "general-knowledge": "常"}
COLUMNS = ("列", "类型", "单位", "可选、范围和对照", "说明", "来源")


def page(definitions: Sequence[Definition]) -> str:
    """The whole page in Markdown; the same definitions give the same text."""
    parts = [HEAD, *(part for definition in definitions for part in _table(definition))]
    return "\n".join(parts).rstrip("\n") + "\n"


def _table(definition: Definition) -> Iterator[str]:
    yield f"## {definition.label}\n"
    if definition.note:
        yield f"{definition.note}。\n"
    yield "\n".join(f"- {fact}" for fact in _facts(definition)) + "\n"
    for sheet in definition.sheets:
        if len(definition.sheets) > 1:
            yield f"### {sheet.name} {sheet.title}\n"
        yield "\n".join(_rows(sheet)) + "\n"


def _facts(definition: Definition) -> Iterator[str]:
    yield f"期间：{PERIODS[definition.period]}；{RECORDS[definition.records]}"
    if definition.key:
        yield f"不能重复：{_names(definition.key)}"
    if definition.match != definition.key:
        yield f"与上年对照：{_names(definition.match)}"
    if definition.change is not None:
        yield f"数字比上年变动超过 {definition.change:.0%} 时要说明"
    for rule in definition.sums:
        yield f"行内关系：{_sum(rule)}"
    if definition.source:
        yield f"来源：{definition.source}"


def _names(names: Sequence[str]) -> str:
    return " + ".join(f"`{name}`" for name in names)


def _sum(rule: RowSum) -> str:
    strength = "" if rule.severity == "error" else "（不符只警告）"
    if rule.relation == EACH_AT_MOST:
        return f"{'、'.join(f'`{part}`' for part in rule.parts)} 不大于 `{rule.total}`{strength}"
    if rule.relation == EQUAL:
        return f"`{rule.total}` = {_names(rule.parts)}{strength}"
    return f"{_names(rule.parts)} 不大于 `{rule.total}`{strength}"


def _rows(sheet: Sheet) -> Iterator[str]:
    yield _line(COLUMNS)
    yield "|" + "---|" * len(COLUMNS)
    for field in sheet.fields:
        name = f"**{field.name}**（必填）" if field.required else field.name
        limits = "；".join(_limits(field))
        yield _line((name, _type(field), field.unit, limits, field.note, SOURCES[field.provenance]))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(field: Field) -> str:
    kind = "编号（文本）" if field.identity else TYPES.get(field.type, "")
    if field.type == "date":
        kind = DATE_FORMATS[field.format].partition("，")[0]
    return f"{kind}，个人信息" if field.sensitive else kind


def _limits(field: Field) -> Iterator[str]:
    if field.enum:
        yield "、".join(field.enum) + ("" if field.sure else "`*`")
    if field.rule:
        yield RULES[field.rule]
    if field.minimum is not None and field.minimum != 0:
        yield f"不小于 {field.minimum:g}"
    if field.maximum is not None:
        yield f"不大于 {field.maximum:g}"
    if field.window:
        yield WINDOWS[field.window]
    if field.reference:
        yield f"在 {field.reference.table} 的 {' 或 '.join(field.reference.fields)} 中"
    if field.change is not None:
        yield f"变动超过 {field.change:.0%} 时要说明"
