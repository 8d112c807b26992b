"""The things of the sample college: departments, teachers, majors, courses, laboratories, students."""

from __future__ import annotations

from dataclasses import dataclass

from commands.sample_words import Trade

GRADES = 3


@dataclass(frozen=True)
class Office:
    """A department of table 1.6; ``unit`` is the plan's department that collects for it, if it teaches."""

    code: str
    name: str
    kind: str
    head: str
    unit: str = ""
    trade: Trade | None = None


@dataclass(frozen=True)
class Teacher:
    number: str
    name: str
    sex: str
    birth: str
    office: Office
    sheet: str
    rank: str
    major: str


@dataclass(frozen=True)
class Major:
    code: str
    name: str
    office: Office
    founded: int
    years: int = GRADES


@dataclass(frozen=True)
class Course:
    """A course that a major teaches; ``kind`` A (theory), B (both) or C (practice)."""

    code: str
    name: str
    major: Major
    kind: str
    hours: int
    public: bool

    @property
    def practice(self) -> int:
        return {"A": 0, "C": self.hours}.get(self.kind, self.hours // 16 * 8)


@dataclass(frozen=True)
class Base:
    """A laboratory on the campus; its equipment's worth and what was added to it, in hundredths of 万元."""

    name: str
    major: Major
    value: int
    added: int


@dataclass(frozen=True)
class Student:
    """A student, or with an empty ``status`` a newcomer of autumn; ``order``: trained for one employer."""

    number: str
    name: str
    sex: str
    birth: str
    nation: str
    major: Major
    entry: int
    status: str
    origin: str
    way: str
    place: str
    rural: bool
    poor: bool
    army: str
    order: bool
    registered: bool = True
