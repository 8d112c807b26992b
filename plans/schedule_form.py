"""`schedule.yaml` as a form: what the office changes most, by its place; all else stays as written."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from plans.plan import Cohort, PlanTable
from plans.tasks_file import write_tasks

LADDERS = ("reminders", "escalation")
OTHERS = "departments."
"""The field of the departments without a mark; a mark's own is this with the mark behind it."""
BETWEEN = re.compile(r"[\s,，、;；]+")
Write = Callable[[str], Any]


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text


def _quoted(text: str) -> Any:
    return DoubleQuotedScalarString(text)


def _days(text: str) -> Any:
    days = CommentedSeq(_day(each) for each in BETWEEN.split(text) if each)
    days.fa.set_flow_style()
    return days


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


FIELDS: dict[str, Write] = {
    "campaign.name": str,
    "campaign.college": str,
    "contacts.office": str,
    "contacts.phone": _quoted,
    "contacts.chat.kind": str,
    "contacts.chat.number": _quoted,
    "contacts.chat.name": str,
    "contacts.platform": str,
    "deadlines.roster": lambda text: text.replace("T", " "),
    "deadlines.due_time": _quoted,
    "deadlines.review_within": _number,
    "deadlines.mend_within": _number,
    "deadlines.close_after": _number,
    "calendar.work_start": _quoted,
    "calendar.work_end": _quoted,
    "calendar.holidays": _days,
    "calendar.workdays": _days,
    "mail.from_name": str,
    "mail.per_minute": _number,
}
RUNG: dict[str, Write] = {"days": _number, "hours": _number, "every": _number, "at": _quoted}
USED = "on"


class ScheduleForm:
    """One schedule's text, field by field."""

    def __init__(self, text: str) -> None:
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = 4096
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._text = text
        self._root: CommentedMap = self._yaml.load(text)

    def answers(self) -> dict[str, str]:
        """Each field with what stands in it now."""
        found = {path: _shown(self._at(path)) for path in FIELDS}
        for path, rung in self._rungs():
            found |= {f"{path}.{key}": _shown(rung[key]) for key in RUNG if key in rung}
            found[f"{path}.used"] = USED
        return found | {OTHERS + mark: "\n".join(self._marked(mark)) for mark in self.marks()}

    def rungs(self, ladder: str) -> list[CommentedMap]:
        """The rules of a ladder as they are written."""
        return list(self._root.get(ladder) or ())

    def marks(self) -> dict[str, str]:
        """The marks that departments are grouped by, with what the decomposition calls the group; the empty
        one is of those without a mark."""
        groups = self._root.get("groups") or {}
        marked = {mark: name for name, mark in groups.items() if isinstance(mark, str) and mark != "all"}
        return {"": ""} | marked

    def filled(self, answers: Mapping[str, str]) -> str:
        """The text with these answers; as it was where they are the same.

        What cannot be used is written as it was typed, so that reading it tells what is wrong.
        """
        changed = {path: text.strip() for path, text in answers.items()}
        known = self.answers()
        changed = {
            path: text for path, text in changed.items() if path in known and _differs(text, known[path])
        }
        if not changed:
            return self._text
        for path, text in changed.items():
            if path in FIELDS:
                self._put(path, FIELDS[path](text))
        self._put_rungs(changed)
        if any(path.startswith(OTHERS) for path in changed):
            self._put_departments(changed)
        return self._dumped()

    def said(self, path: str) -> str:
        """What stands in this place, as text."""
        return _shown(self._at(path))

    def rolled(self, values: Mapping[str, Any], emptied: Iterable[str], cohorts: Iterable[Cohort]) -> str:
        """The text with these values in their places, these lists of days emptied, and the printed entry
        years as they are here."""
        for path, value in values.items():
            self._put(path, value)
        for path in emptied:
            self._put(path, _days(""))
        printed = self._at("cohorts.printed")
        if printed is not None:
            _put_cohorts(printed, [_cohort(cohort) for cohort in cohorts])
        return self._dumped()

    def _dumped(self) -> str:
        written = io.StringIO()
        self._yaml.dump(self._root, written)
        return written.getvalue()

    def _at(self, path: str) -> Any:
        found: Any = self._root
        for key in path.split("."):
            found = found.get(key) if isinstance(found, CommentedMap) else None
        return found

    def _put(self, path: str, value: Any) -> None:
        *sections, key = path.split(".")
        place: Any = self._root
        for name in sections:
            if not isinstance(place.get(name), CommentedMap):
                place[name] = CommentedMap()
            place = place[name]
        place[key] = value

    def _rungs(self) -> Iterator[tuple[str, CommentedMap]]:
        for ladder in LADDERS:
            for rung in self.rungs(ladder):
                yield f"{ladder}.{rung.get('id')}", rung

    def _put_rungs(self, changed: Mapping[str, str]) -> None:
        for path, rung in list(self._rungs()):
            for key, write in RUNG.items():
                if f"{path}.{key}" in changed:
                    rung[key] = write(changed[f"{path}.{key}"])
            if changed.get(f"{path}.used") == "":
                _without(self._root[path.partition(".")[0]], rung)

    def _marked(self, mark: str) -> list[str]:
        known = self.marks()
        return [
            str(each["name"])
            for each in self._root.get("departments") or ()
            if mark in (marks := each.get("groups") or ()) or (not mark and not known.keys() & set(marks))
        ]

    def _put_departments(self, changed: Mapping[str, str]) -> None:
        """Those that stay keep their place and what else is said of them; new ones follow."""
        wanted = {mark: self._wanted(mark, changed) for mark in self.marks()}
        departments = self._root["departments"]
        for entry in list(departments):
            marks = [mark for mark in wanted if str(entry["name"]) in self._marked(mark)]
            if not any(str(entry["name"]) in wanted[mark] for mark in marks):
                departments.remove(entry)
        for mark, names in wanted.items():
            for name in names:
                if name not in {str(entry["name"]) for entry in departments}:
                    departments.append(_department(name, mark))

    def _wanted(self, mark: str, changed: Mapping[str, str]) -> list[str]:
        typed = changed.get(OTHERS + mark)
        if typed is None:
            return self._marked(mark)
        return [line.strip() for line in typed.splitlines() if line.strip()]


def _without(rungs: CommentedSeq, rung: CommentedMap) -> None:
    """Take it out with the remark in its line; what is remarked below it is about the next one, and stays."""
    place = rungs.index(rung)
    remark = (rungs.ca.items.get(place) or [None])[0]
    del rungs[place]
    before = (rungs.ca.items.get(place - 1) or [None])[0]
    if remark is not None and before is not None:
        before.value += remark.value.partition("\n")[2]


def _cohort(cohort: Cohort) -> CommentedMap:
    said = {"entry": cohort.entry, "three_year": cohort.three_year, "five_year": cohort.five_year}
    made = CommentedMap((key, value) for key, value in said.items() if value is not None)
    made.fa.set_flow_style()
    return made


def _put_cohorts(printed: CommentedSeq, cohorts: list[CommentedMap]) -> None:
    """In the places of those that are there, so that remarks stay."""
    while len(printed) > len(cohorts):
        _without(printed, printed[-1])
    for place, cohort in enumerate(cohorts):
        if place < len(printed):
            printed[place] = cohort
        else:
            printed.append(cohort)


def _department(name: str, mark: str) -> CommentedMap:
    made = CommentedMap(name=name)
    if mark:
        made["groups"] = CommentedSeq([mark])
    made.fa.set_flow_style()
    return made


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, CommentedSeq | list):
        return "\n".join(_shown(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _differs(typed: str, known: str) -> bool:
    """Whether it says something else; a browser writes a moment and a line's end in its own way."""
    return typed.replace("\r\n", "\n").replace("T", " ") != known.replace("T", " ")


def due_days(tables: Iterable[PlanTable]) -> dict[date, int]:
    """The deadlines of the data tables, the nearest first, each with how many have it."""
    return dict(sorted(Counter(table.due for table in tables).items()))


def with_due_days(text: str, tables: Iterable[PlanTable], moved: Mapping[date, date]) -> str:
    """The decomposition with deadlines moved; as it was where none is."""
    if all(old == new for old, new in moved.items()):
        return text
    return write_tasks(replace(table, due=moved.get(table.due, table.due)) for table in tables)
