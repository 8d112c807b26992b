"""The sample college as tables: each department's rows of any table, the same in whatever order one asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checks.definition import Definition, Sheet
from commands import sample_campus as campus
from commands import sample_clubs as clubs
from commands import sample_majors as majors
from commands import sample_managers as managers
from commands import sample_money as money
from commands import sample_practice as practice
from commands import sample_staff as staff
from commands import sample_students as students
from commands.sample_college import College, Share
from commands.sample_rows import made_up
from commands.sample_words import Row, RowsBySheet

Teller = Callable[[Share], Iterator[Row]]
SHEET = "_sheet"
"""In a teller's rows of a table of several sheets: which one."""

UNTOLD = 6
"""How many rows a table has that is made up."""

TELLERS: Mapping[str, Teller] = {
    "1.1": campus.name,
    "1.2": campus.contact,
    "1.3": students.admitted_by_origin,
    "1.4": students.admitted_by_way,
    "1.5": students.enrolled,
    "1.6": campus.offices,
    "2.1": staff.leaders,
    "2.2": staff.leaders_at_work,
    "3.1": campus.ground,
    "3.2": campus.library,
    "3.3": campus.rooms,
    "3.4.1": campus.network,
    "3.4.2": campus.systems,
    "3.4.3": campus.network_offices,
    "3.5": money.assets,
    "4.1": practice.bases,
    "4.2": practice.bases_outside,
    "4.3": practice.assessors,
    "5.1": money.fees,
    "5.1.2": money.regular_means,
    "5.1.3": money.special_means,
    "5.1.4": money.other_income,
    "5.1.5": money.income,
    "5.2.1": money.reforms,
    "5.2.2": money.training,
    "5.2.3": money.expenses,
    "6.1": staff.basics,
    "6.2": staff.teaching,
    "6.3.1": staff.trainings,
    "6.3.2": staff.posts_in_firms,
    "6.3.3": staff.side_posts,
    "6.3.4": staff.prizes,
    "6.3.5": staff.patents,
    "6.3.6": staff.projects,
    "6.3.7": staff.papers,
    "7.1.1": majors.majors,
    "7.1.2": majors.major_leaders,
    "7.1.3": majors.major_heads,
    "7.2": majors.courses,
    "7.3.1": practice.certificates,
    "7.3.2": practice.graduates_certified,
    "7.4": practice.internships,
    "7.5": practice.partners,
    "7.6.1": majors.admissions,
    "7.6.3": practice.graduates_before,
    "8.1": campus.papers,
    "8.2": managers.teaching_managers,
    "8.3": managers.student_managers,
    "8.4": managers.admission_managers,
    "8.5": managers.supervisors,
    "8.6": managers.researchers,
    "8.7": campus.ratings,
    "8.8": money.grants,
    "8.9": campus.innovations,
    "9.3": money.donations,
    "9.4": students.employers,
    "9.5": campus.quality,
    "9.6.1": campus.student_prizes,
    "9.6.2": campus.honours,
    "9.6.3": clubs.club_prizes,
    "10.1.1": students.students,
    "10.1.2": students.destinations,
    "10.2.1": students.dropouts,
    "10.3": clubs.clubs,
    "10.4": clubs.red_cross,
    "10.5": clubs.volunteers,
    "11.1": majors.changes_of_majors,
    "11.2": students.where_from,
    "11.3": students.soldiers,
    "11.5": majors.next_majors,
    "11.6": students.newcomers,
    "12": campus.remarks,
}
"""Who tells which table; one that isn't here (a college's own) is made from its definition alone."""


def table_rows(college: College, definition: Definition, unit: str) -> RowsBySheet:
    """The rows that the plan's department ``unit`` reports for a table, by sheet; the rest blank."""
    share = Share(college, unit, college.chance(definition.code, unit))
    teller = TELLERS.get(definition.code)
    if teller is None:
        return {sheet.name: _untold(definition, sheet, share) for sheet in definition.sheets}
    rows: RowsBySheet = {sheet.name: [] for sheet in definition.sheets}
    first = definition.sheets[0].name
    for row in teller(share):
        name = row.get(SHEET) or first
        rows[name].append({field.name: row.get(field.name) for field in definition.sheet(name).fields})
    return rows


def _untold(definition: Definition, sheet: Sheet, share: Share) -> list[Row]:
    schedule, chance = share.college.schedule, share.chance
    first = definition.sheets.index(sheet) * UNTOLD + 1
    count = 1 if definition.records == "one" else UNTOLD
    return [
        made_up(definition, sheet.fields, schedule, number, chance) for number in range(first, first + count)
    ]
