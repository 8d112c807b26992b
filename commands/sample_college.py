"""A small college for a rehearsal, made from one seed; what the sample's tables say is counted from it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from commands.sample_nouns import GRADES, Base, Course, Major, Office, Student, Teacher
from commands.sample_words import (
    HOME,
    NATIONS,
    OFFICES,
    PLACES,
    PUBLIC_COURSES,
    TEACHING,
    TRADES,
    Trade,
    mostly,
    person,
)
from plans.plan import Schedule

T = TypeVar("T")

CLASS_OF = (6, 10)
FULL_TIME, IN_HOUSE, FROM_FIRMS, FROM_SCHOOLS = "6.1.1", "6.1.2", "6.1.3", "6.1.4"
STAFF = (FULL_TIME,) * 5 + (IN_HOUSE,) * 2 + (FROM_FIRMS, FROM_SCHOOLS)
"""The people of a teaching department, by the sheet of 6.1 that they stand on."""
ELSEWHERE = (("党政办公室", 5), ("招生就业处", 3), ("质量管理办公室", 2))
"""People outside the teaching departments who teach too."""
GRADUATED, STUDYING, LEFT = "毕业", "在读", "辍学"
ORIGINS = (("普通高中生", "三校生", "3+2", "其他"), (60, 28, 10, 2))
WAYS = {
    "普通高中生": ("基于高考的“知识+技能”招生", "单独考试招生", "综合评价招生"),
    "三校生": ("对口招生", "单独考试招生"),
    "3+2": ("中高职贯通的招生",),
    "其他": ("技能拔尖人才免试招生", "其他"),
}


@dataclass(frozen=True)
class College:
    """The whole college; a department of the plan sees its part through `Share`."""

    schedule: Schedule
    seed: int
    scale: float = 1.0

    def chance(self, *what: object) -> random.Random:
        """Luck of its own for each thing, so that nothing depends on the order of making."""
        return random.Random(" ".join(str(part) for part in (self.seed, *what)))

    @property
    def year(self) -> int:
        """The autumn in which the school year begins."""
        return self.schedule.period.start.year

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The plan's departments that teach; all of them where it groups none."""
        departments = self.schedule.departments
        return tuple(d.name for d in departments if d.groups) or tuple(d.name for d in departments)

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        chance = self.chance("offices")
        teaching = [(unit, _trade(unit, place)) for place, unit in enumerate(self.units)]
        named = [
            (f"{trade.name}系" if "示例" in unit else unit, TEACHING, unit, trade) for unit, trade in teaching
        ]
        others = [(name, kind, "", None) for name, kind in OFFICES]
        return tuple(
            Office(f"{number:02d}", name, kind, person(chance), unit, trade)
            for number, (name, kind, unit, trade) in enumerate([*others, *named], start=1)
        )

    @cached_property
    def majors(self) -> tuple[Major, ...]:
        return tuple(self._majors())

    @cached_property
    def teachers(self) -> tuple[Teacher, ...]:
        posts = [(office, sheet) for office in self.offices if office.unit for sheet in STAFF]
        by_name = {office.name: office for office in self.offices}
        posts += [(by_name[name], IN_HOUSE) for name, count in ELSEWHERE for _ in range(count)]
        return tuple(self._teacher(number, *post) for number, post in enumerate(posts, start=1))

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        return tuple(course for major in self.majors for course in self._courses(major))

    @cached_property
    def students(self) -> tuple[Student, ...]:
        """Everybody of the three years, those who left within the year included."""
        return tuple(
            self._student(major, entry, number)
            for major in self.majors
            for entry in range(self.year - GRADES + 1, self.year + 1)
            for number in range(1, self._size(major, entry) + 1)
        )

    @cached_property
    def enrolled(self) -> tuple[Student, ...]:
        """This year's graduates in, the autumn's newcomers not (S10)."""
        return tuple(s for s in self.students if s.status in self.schedule.enrolled_statuses)

    @cached_property
    def graduates(self) -> tuple[Student, ...]:
        return tuple(student for student in self.students if student.status == GRADUATED)

    @cached_property
    def majors_of(self) -> Mapping[str, Sequence[Major]]:
        return _grouped(self.majors, lambda major: major.office.unit)

    @cached_property
    def teachers_of(self) -> Mapping[str, Sequence[Teacher]]:
        return _grouped(self.teachers, lambda teacher: teacher.office.unit)

    @cached_property
    def bases_of(self) -> Mapping[str, Sequence[Base]]:
        return _grouped(self.bases, lambda base: base.major.office.unit)

    @cached_property
    def enrolled_of(self) -> Mapping[str, Sequence[Student]]:
        """By the major's code."""
        return _grouped(self.enrolled, lambda student: student.major.code)

    @cached_property
    def newcomers_of(self) -> Mapping[str, Sequence[Student]]:
        """By the major's code."""
        return _grouped(self.newcomers, lambda student: student.major.code)

    @cached_property
    def arrived_of(self) -> Mapping[str, Sequence[Student]]:
        """By the major's code."""
        return _grouped(self.arrived, lambda student: student.major.code)

    @cached_property
    def graduates_of(self) -> Mapping[str, Sequence[Student]]:
        """By the major's code."""
        return _grouped(self.graduates, lambda student: student.major.code)

    @cached_property
    def newcomers(self) -> tuple[Student, ...]:
        """All who were admitted for the autumn, the few who did not come included."""
        entry = self.year + 1
        return tuple(
            self._student(major, entry, number)
            for major in self.majors
            for number in range(1, self._size(major, entry) + 1)
        )

    @cached_property
    def arrived(self) -> tuple[Student, ...]:
        return tuple(student for student in self.newcomers if student.registered)

    @cached_property
    def bases(self) -> tuple[Base, ...]:
        return tuple(base for office in self.offices for base in self._bases(office))

    def planned(self, major: Major) -> int:
        """How many were planned for the autumn; no fewer than were admitted."""
        return len(self.newcomers_of[major.code]) + self.chance("plan", major.code).randint(0, 3)

    def _majors(self) -> Iterator[Major]:
        chance, taken = self.chance("majors"), set[str]()
        for place, office in enumerate(office for office in self.offices if office.trade):
            for number, (code, name) in enumerate(office.trade.majors if office.trade else ()):
                again = code in taken
                taken.add(code)
                yield Major(
                    f"{900000 + place * 10 + number}" if again else code,
                    f"{name}（{office.name}）" if again else name,
                    office,
                    chance.randint(self.year - 15, self.year - 5),
                )

    def _size(self, major: Major, entry: int) -> int:
        return round(self.chance("size", major.code, entry).randint(*CLASS_OF) * self.scale) or 1

    def _teacher(self, number: int, office: Office, sheet: str) -> Teacher:
        chance = self.chance("teacher", number)
        hired = chance.randint(self.year - 12, self.year)
        born = hired - chance.randint(26, 34)
        own = [major.code for major in self.majors_of.get(office.unit, ())]
        return Teacher(
            f"{hired}{number:04d}",
            person(chance),
            chance.choice("男女"),
            day_in(born, chance),
            office,
            sheet,
            chance.choices(("高级", "中级", "初级"), (3, 5, 2))[0],
            chance.choice(own) if own else "",
        )

    def _courses(self, major: Major) -> Iterator[Course]:
        chance = self.chance("courses", major.code)
        for number, (name, hours, kind) in enumerate(PUBLIC_COURSES, start=1):
            yield Course(f"GG{number:03d}", name, major, kind, hours, public=True)
        names = major.office.trade.courses if major.office.trade else ()
        for number, name in enumerate(names, start=1):
            kind = chance.choices("ABC", (2, 7, 1))[0]
            hours = chance.choice((32, 48, 64, 72, 96))
            yield Course(f"ZY{major.code}{number:02d}", name, major, kind, hours, public=False)

    def _bases(self, office: Office) -> Iterator[Base]:
        chance = self.chance("bases", office.name)
        own = self.majors_of.get(office.unit, ()) if office.unit else ()
        for number, name in enumerate(office.trade.labs if own and office.trade else ()):
            value = chance.randint(8_000, 30_000)
            yield Base(f"{office.name}{name}", own[number % len(own)], value, value // chance.randint(8, 15))

    def _student(self, major: Major, entry: int, number: int) -> Student:
        chance = self.chance("student", major.code, entry, number)
        origin, place = chance.choices(*ORIGINS)[0], chance.choice(PLACES)
        return Student(
            number=f"{entry}{major.code}{number:03d}",
            name=person(chance),
            sex=chance.choice("男女"),
            birth=day_in(entry - chance.randint(18, 19), chance),
            nation=chance.choices(*NATIONS)[0],
            major=major,
            entry=entry,
            status=self._status(entry, chance),
            origin=origin,
            way=chance.choice(WAYS[origin]),
            place=place if chance.random() < 0.4 else f"{HOME}{chance.choice(('湛江', '茂名', '广州'))}",
            rural=chance.random() < 0.55,
            poor=chance.random() < 0.08,
            army=mostly(chance, "否", "退役士兵", "复转军人", seldom=0.03),
            order=chance.random() < 0.1,
            registered=chance.random() < 0.94,
        )

    def _status(self, entry: int, chance: random.Random) -> str:
        if entry > self.year:
            return ""
        usual = GRADUATED if entry == self.year - GRADES + 1 else STUDYING
        return mostly(chance, usual, LEFT, LEFT, "肄业", seldom=0.03)


@dataclass(frozen=True)
class Share:
    """What one department of the plan tells: its own part, or the whole college where it doesn't teach."""

    college: College
    unit: str
    chance: random.Random

    @property
    def year(self) -> int:
        return self.college.year

    @property
    def teaches(self) -> bool:
        return self.unit in self.college.units

    @property
    def majors(self) -> Sequence[Major]:
        return self.college.majors_of[self.unit] if self.teaches else self.college.majors

    @property
    def teachers(self) -> Sequence[Teacher]:
        return self.college.teachers_of[self.unit] if self.teaches else self.college.teachers

    def month(self) -> str:
        """A month of the school year, as 202005."""
        at = self.chance.randrange(12) + 8
        return f"{self.year + at // 12}{at % 12 + 1:02d}"


def _grouped(things: Iterable[T], by: Callable[[T], str]) -> dict[str, list[T]]:
    found = dict[str, list[T]]()
    for thing in things:
        found.setdefault(by(thing), []).append(thing)
    return found


def day_in(year: int, chance: random.Random) -> str:
    """A day of the year, as 19990423."""
    return f"{date(year, chance.randint(1, 12), chance.randint(1, 28)):%Y%m%d}"


def _trade(unit: str, place: int) -> Trade:
    """The trade that the department's name says, else the next one in turn."""
    return next((trade for trade in TRADES if trade.name in unit), TRADES[place % len(TRADES)])
