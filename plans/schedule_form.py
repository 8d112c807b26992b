"""`schedule.yaml` as a form: what the office changes most, by its place; all else stays as written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from plans.plan import Cohort
from plans.yaml_remarks import without

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


def _text(text: str) -> Any:
    return LiteralScalarString("\n".join(text.splitlines()) + "\n") if "\n" in text else text


def _lines(text: str) -> Any:
    return CommentedSeq(line.strip() for line in text.splitlines() if line.strip())


def _moment(text: str) -> Any:
    return text.replace("T", " ") or None


ROSTER, CASES_DUE = "deadlines.roster", "cases.due"
FIELDS: dict[str, Write] = {
    "campaign.name": str,
    "campaign.college": str,
    "contacts.office": str,
    "contacts.phone": _quoted,
    "contacts.chat.kind": str,
    "contacts.chat.number": _quoted,
    "contacts.chat.name": str,
    "contacts.platform": _text,
    ROSTER: _moment,
    "deadlines.due_time": _quoted,
    "deadlines.review_within": _number,
    "deadlines.mend_within": _number,
    "deadlines.close_after": _number,
    "calendar.work_start": _quoted,
    "calendar.work_end": _quoted,
    "calendar.holidays": _days,
    "calendar.workdays": _days,
    CASES_DUE: _moment,
    "cases.wanted": _lines,
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
            path: text
            for path, text in changed.items()
            if path in known and _differs(path, text, known[path])
        }
        if not changed:
            return self._text
        for path, text in changed.items():
            if FIELDS.get(path) is _days and self._at(path):
                self._put_days(path, _days(text))
            elif path in FIELDS:
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
            _put_cohorts(self._root["cohorts"], [_cohort(cohort) for cohort in cohorts])
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

    def _put_days(self, path: str, days: CommentedSeq) -> None:
        """Into the list that is there, so that what is remarked on a day stays with it."""
        section, _, key = path.partition(".")
        known = self._root[section][key]
        for day in [each for each in known if each not in days]:
            without(self._root[section], key, day)
        known.extend(day for day in days if day not in known)

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
                without(self._root, path.partition(".")[0], rung)

    def _marked(self, mark: str) -> list[str]:
        return [
            str(each["name"])
            for each in self._root.get("departments") or ()
            if mark in (self._marks_of(each) or [""])
        ]

    def _marks_of(self, entry: CommentedMap) -> list[str]:
        """The marks that a department has, of those that there are fields for."""
        known = self.marks()
        return [mark for mark in entry.get("groups") or () if mark and mark in known]

    def _put_departments(self, changed: Mapping[str, str]) -> None:
        """Those that stay keep their place and what else is said of them; new ones follow."""
        wanted: dict[str, list[str]] = {}
        for mark in self.marks():
            for name in self._wanted(mark, changed):
                wanted.setdefault(name, []).extend([mark] if mark else [])
        departments = self._root["departments"]
        known = {str(entry["name"]): entry for entry in departments}
        for name, entry in known.items():
            if name not in wanted:
                without(self._root, "departments", entry)
            elif set(wanted[name]) != set(self._marks_of(entry)):
                _mark(entry, wanted[name], self.marks())
        for name, marks in wanted.items():
            if name not in known:
                departments.append(_department(name, marks))

    def _wanted(self, mark: str, changed: Mapping[str, str]) -> list[str]:
        typed = changed.get(OTHERS + mark)
        if typed is None:
            return self._marked(mark)
        return [line.strip() for line in typed.splitlines() if line.strip()]


def _cohort(cohort: Cohort) -> CommentedMap:
    said = {"entry": cohort.entry, "three_year": cohort.three_year, "five_year": cohort.five_year}
    made = CommentedMap((key, value) for key, value in said.items() if value is not None)
    made.fa.set_flow_style()
    return made


def _put_cohorts(section: CommentedMap, cohorts: list[CommentedMap]) -> None:
    """In the places of those that are there, so that remarks stay."""
    printed = section["printed"]
    while len(printed) > len(cohorts):
        without(section, "printed", printed[-1])
    for place, cohort in enumerate(cohorts):
        if place < len(printed):
            printed[place] = cohort
        else:
            printed.append(cohort)


def _department(name: str, marks: Sequence[str]) -> CommentedMap:
    made = CommentedMap(name=name)
    made.fa.set_flow_style()
    if marks:
        made["groups"] = _listed(marks)
    return made


def _mark(entry: CommentedMap, marks: Sequence[str], known: Container[str]) -> None:
    """Give it these marks; others that it has are no field's, and stay."""
    groups = [*(each for each in entry.get("groups") or () if each not in known), *marks]
    if groups:
        entry["groups"] = _listed(groups)
    else:
        entry.pop("groups", None)


def _listed(values: Iterable[str]) -> CommentedSeq:
    made = CommentedSeq(values)
    made.fa.set_flow_style()
    return made


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, CommentedSeq | list):
        return "\n".join(_shown(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _differs(path: str, typed: str, known: str) -> bool:
    """Whether it says something else; a browser writes a moment and a line's end in its own way."""
    if path in (ROSTER, CASES_DUE):
        typed = typed.replace("T", " ")
    return "\n".join(typed.strip().splitlines()) != "\n".join(known.strip().splitlines())
