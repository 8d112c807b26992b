"""Digests tell what has changed in the definition of a table that one collects or reviews."""

from __future__ import annotations

import copy
from datetime import datetime

from actions.definitions import changed_definitions, keep_definitions
from actions.exempt import exempt
from models.definition import newest_editions
from models.worklist import lines
from tests.actions.people import holder
from tests.actions.people import office as the_office
from tests.mail.campaign_mail import PostOffice
from tests.mail.written import at, groups, letter, note

TITLE = "填报要求有变化"
SAID = "列“年级”的单位由“（无）”改为“岁”"


def change(
    office: PostOffice, now: datetime, unit: str = "岁", code: str = "10.1.1", column: str = "年级"
) -> None:
    with office.database.writing() as session:
        keep_definitions(session, changed_definitions(session), office.now)
        made = copy.deepcopy(newest_editions(session)[code].said)
        made["columns"][column]["unit"] = unit
        keep_definitions(session, {code: made}, now)


def test_it_stands_in_the_next_digest_beside_what_is_to_do(office: PostOffice) -> None:
    change(office, at(office, "2020-11-06T10:00"))
    office.decide(at(office, "2020-11-09T08:31"))
    told = letter(office, "S031")
    assert groups(told)[TITLE] == ["10.1.1 学生基本信息"]
    assert told is not None
    [item] = [item for group in told.groups if group.key == "changed" for item in group.items]
    assert (item.note, item.department) == (SAID, "学务部")
    assert "待办" in told.subject
    assert letter(office, "S011") is None or TITLE not in groups(letter(office, "S011"))


def test_a_table_that_is_not_due_yet_is_told_of_and_not_asked_for(office: PostOffice) -> None:
    change(office, at(office, "2020-11-06T10:00"), code="10.2.1", column="学号")
    office.decide(at(office, "2020-11-09T08:31"))
    found = groups(letter(office, "S031"))
    assert [title for title, labels in found.items() if "10.2.1 辍学学生明细表" in labels] == [TITLE]


def test_alone_it_is_a_letter_of_its_own_words(office: PostOffice) -> None:
    change(office, at(office, "2020-11-06T10:00"))
    office.decide(at(office, "2020-11-09T08:31"))
    told = letter(office, "S032")
    assert told is not None
    assert (told.subject, list(groups(told))) == ("【数据采集】1 张表的填报要求有变化", [TITLE])
    assert told.lead == "以下各表的填报要求有变化，请按新的要求填报和审核："
    assert note(told, "10.1.1") == SAID


def test_what_was_taken_back_before_the_morning_is_no_letter(office: PostOffice) -> None:
    change(office, at(office, "2020-11-06T10:00"))
    change(office, at(office, "2020-11-06T11:00"), unit="")
    office.decide(at(office, "2020-11-09T08:31"))
    assert letter(office, "S032") is None


def test_two_changes_are_one_difference(office: PostOffice) -> None:
    change(office, at(office, "2020-11-06T10:00"), unit="级")
    change(office, at(office, "2020-11-06T11:00"))
    office.decide(at(office, "2020-11-09T08:31"))
    assert note(letter(office, "S032"), "10.1.1") == SAID


def test_a_reviewer_is_told_while_anybody_still_hands_it_in(office: PostOffice) -> None:
    """The one notice names the first who does; he may be exempted before the letter is written."""
    change(office, at(office, "2020-11-06T10:00"), code="6.2", column="教工号")
    office.decide(at(office, "2020-11-09T08:31"))
    with office.database.writing() as session:
        reviewer = holder(session, "reviewer", "教务部", office.now).staff_no
        first, *others = (each.id for each in lines(session, table="6.2") if each.reviewer == "教务部")
        exempt(session, the_office(session, office.now), first, "无", office.now)
    assert any(label.startswith("6.2 ") for label in groups(letter(office, reviewer))[TITLE])
    with office.database.writing() as session:
        for each in others:
            exempt(session, the_office(session, office.now), each, "无", office.now)
    assert letter(office, reviewer) is None
