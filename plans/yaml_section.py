"""Reading a mapping of a YAML file key by key, with the line of every value.

The nodes are read rather than the loaded values: the text stands there as it was typed (a phone number stays
text), each with its line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from plans.notation import half_width, parse_clock, parse_day, parse_moment, quoted, tidy
from plans.problems import Problems
from plans.sentence import Sentence

Value = TypeVar("Value")
DEEPEST = 20
MOST = 9_999
YES_AND_NO = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


@dataclass(frozen=True)
class Form(Generic[Value]):
    """How a value is written: its parser (ValueError where it is not), what to expect, and an example."""

    parse: Callable[[str], Value]
    expected: str
    example: str
    problem: str = "bad-value"


def _word(raw: str) -> str:
    if not raw:
        raise ValueError(raw)
    return tidy(raw)


TEXT = Form(_word, Sentence("一段文字"), "示例")
DAY = Form(parse_day, Sentence("日期（年-月-日）"), "2020-11-18", "bad-date")
MOMENT = Form(parse_moment, Sentence("日期和时刻（年-月-日 时:分）"), "2020-11-07 17:30", "bad-date")
CLOCK = Form(parse_clock, Sentence("时刻（时:分）"), '"08:30"')
FLAG = Form(lambda raw: YES_AND_NO[_one_of(raw.lower(), YES_AND_NO)], Sentence("true 或 false"), "true")


def whole(least: int | None = None, example: int = 2) -> Form[int]:
    """A whole number, at least ``least`` where that is given, and within what days are counted up to."""

    def parse(raw: str) -> int:
        number = int(half_width(raw))
        if not (-MOST if least is None else least) <= number <= MOST:
            raise ValueError(raw)
        return number

    between = Sentence("%(least)s 到 %(most)s 的整数", least=-MOST if least is None else least, most=MOST)
    return Form(parse, between, str(example))


def word_of(*allowed: str) -> Form[str]:
    """One of a few words."""
    return Form(
        lambda raw: _one_of(raw, allowed),
        Sentence("这几个词之一：%(allowed)s", allowed="、".join(allowed)),
        allowed[0],
    )


def _one_of(raw: str, allowed: Any) -> str:
    if raw not in allowed:
        raise ValueError(raw)
    return raw


class Section:
    """One mapping: each reader takes a key, notes what is wrong with it, and goes on.

    A section made of nothing (``node`` is ``None``) is read in silence: its absence has been told already.
    """

    def __init__(self, node: MappingNode | None, path: str, problems: Problems) -> None:
        self.problems = problems
        self.path = path
        self.line = node.start_mark.line + 1 if node else 1
        self.absent = node is None
        self.entries: dict[str, tuple[Node, int]] = {}
        self.asked: dict[str, None] = {}
        for key, value in node.value if node else ():
            self._enter(str(key.value), value, key.start_mark.line + 1)

    def _enter(self, key: str, value: Node, line: int) -> None:
        if key in self.entries:
            self.note("duplicate-key", line, key, Sentence("同一个键写了两次，请只留一处"))
        self.entries[key] = (value, line)

    def note(self, id: str, line: int, key: str, message: str, example: str = "") -> None:
        """Add a problem at ``key`` of this section."""
        place = ".".join(part for part in (self.path, key) if part)
        self.problems.add(id, line, f"{self.problems.file}: {place}", message, example)

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping where the key is absent."""
        return self.entries[key][1] if key in self.entries else self.line

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        self.asked[key] = None
        node = self.entries[key][0] if key in self.entries else None
        return node is not None and not (isinstance(node, ScalarNode) and str(node.tag).endswith(":null"))

    def lists(self, key: str) -> bool:
        """Whether the key holds a list."""
        return self.has(key) and isinstance(self.entries[key][0], SequenceNode)

    def optional(self, key: str, form: Form[Value]) -> Value | None:
        """The value of ``key``, or ``None`` where it is absent or wrong (which is noted)."""
        if not self.has(key):
            return None
        node, line = self.entries[key]
        return self._parsed(key, node, line, form)

    def required(self, key: str, form: Form[Value], instead: Value) -> Value:
        """The value of ``key``; where it is absent or wrong that is noted and ``instead`` stands for it."""
        if not self.has(key) and not self.absent:
            self._missing(key, Sentence("应写%(expected)s", expected=form.expected), form.example)
        return self.default(key, form, instead)

    def default(self, key: str, form: Form[Value], value: Value) -> Value:
        """The value of ``key``, or ``value`` where it is absent."""
        found = self.optional(key, form)
        return value if found is None else found

    def _missing(self, key: str, expected: str, example: str) -> None:
        self.note(
            "missing-key",
            self.line_of(key),
            key,
            Sentence("缺少 %(key)s，%(expected)s", key=key, expected=expected),
            f"{key}: {example}".strip(),
        )

    def _parsed(self, key: str, node: Node, line: int, form: Form[Value]) -> Value | None:
        example = f"{key}: {form.example}"
        if not isinstance(node, ScalarNode):
            self.note(
                form.problem,
                line,
                key,
                Sentence("这里应写%(expected)s，不能是列表或下级内容", expected=form.expected),
                example,
            )
            return None
        try:
            return form.parse(node.value.strip())
        except ValueError:
            self.note(
                form.problem,
                line,
                key,
                Sentence("%(value)s不是%(expected)s", value=quoted(node.value), expected=form.expected),
                example,
            )
            return None

    def values(self, key: str, form: Form[Value]) -> tuple[Value, ...]:
        """The entries of a list; absent means none."""
        entry = replace(form, example=f"[{form.example}]")
        found = (self._parsed(key, node, line, entry) for node, line in self._items(key, form.example))
        return tuple(value for value in found if value is not None)

    def _items(self, key: str, example: str) -> list[tuple[Node, int]]:
        if not self.has(key):
            return []
        node, line = self.entries[key]
        if not isinstance(node, SequenceNode):
            self.note("bad-value", line, key, Sentence("这里应是一个列表"), f"{key}: [{example}]")
            return []
        return [(item, item.start_mark.line + 1) for item in node.value]

    def section(self, key: str, *, required: bool = False) -> Section:
        """A nested mapping; read in silence where it is absent or wrong (which is noted)."""
        if not self.has(key):
            if required and not self.absent:
                self._missing(key, Sentence("应有下级内容"), "")
            return self._nested(None, key)
        node, line = self.entries[key]
        if isinstance(node, MappingNode):
            return self._nested(node, key)
        self.note(
            "bad-value", line, key, Sentence("这里应有下级内容（另起一行、缩进后写“键: 值”）"), f"{key}:"
        )
        return self._nested(None, key)

    def _nested(self, node: MappingNode | None, key: str) -> Section:
        return Section(node, ".".join(part for part in (self.path, key) if part), self.problems)

    def sections(self, key: str, example: str) -> list[Section]:
        """The mappings of a list, each to be read like this one."""
        found = []
        for number, (node, line) in enumerate(self._items(key, example), 1):
            if isinstance(node, MappingNode):
                found.append(self._nested(node, f"{key}[{number}]"))
            else:
                self.note(
                    "bad-value",
                    line,
                    f"{key}[{number}]",
                    Sentence("列表的每一项应由“键: 值”组成"),
                    f"- {example}",
                )
        return found

    def finish(self) -> None:
        """Note every key that nothing asked for; a near name is suggested."""
        for key in [key for key in self.entries if key not in self.asked]:
            near = get_close_matches(key, self.asked, n=1)
            hint = (
                Sentence("是不是想写 %(near)s", near=near[0])
                if near
                else Sentence("这里可以写：%(asked)s", asked="、".join(self.asked))
            )
            self.note(
                "unknown-key",
                self.entries[key][1],
                key,
                Sentence("不认识的键 %(key)s，%(hint)s", key=key, hint=hint),
                "".join(near),
            )


def open_section(text: str, problems: Problems) -> Section:
    """The file's outermost mapping; where the file is none, that is noted and the rest read in silence."""
    try:
        deep, root = _composed(text.lstrip("\ufeff"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        message = Sentence("这里的写法不对，请检查缩进、冒号、引号和括号（缩进用空格，不用制表符）")
        problems.add("unreadable-file", line, problems.file, message, "name: 示例")
        return Section(None, "", problems)
    except (YAMLError, RecursionError):
        message = Sentence("文件里有不能识别的字符或结构，请另存为 UTF-8 文本")
        problems.add("unreadable-file", None, problems.file, message)
        return Section(None, "", problems)
    if deep is not None:
        message = Sentence(
            "从这里起嵌套超过 %(deepest)s 层，不会是一份计划；请检查括号和缩进", deepest=DEEPEST
        )
        problems.add("unreadable-file", deep, problems.file, message)
        return Section(None, "", problems)
    if isinstance(root, MappingNode):
        return Section(root, "", problems)
    problems.add(
        "unreadable-file",
        1,
        problems.file,
        Sentence("文件应由“键: 值”组成，现在是空的或另一种内容"),
        "campaign:",
    )
    return Section(None, "", problems)


def _composed(text: str) -> tuple[int | None, Any]:
    """Where the nesting is too deep, else the root node.

    The C parser is seven times as fast; what it refuses (``{at: 25:00}``) the other may read or explain.
    """
    try:
        return _composed_by(YAML(typ="safe"), text)
    except (YAMLError, RecursionError):
        return _composed_by(YAML(), text)


def _composed_by(parser: YAML, text: str) -> tuple[int | None, Any]:
    deep = _too_deep(parser, text)
    return deep, parser.compose(text) if deep is None else None


def _too_deep(parser: YAML, text: str) -> int | None:
    """The line where the nesting gets deeper than any plan's: composing that would take ages."""
    depth = 0
    for event in parser.parse(text):
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            return int(event.start_mark.line) + 1
    return None
