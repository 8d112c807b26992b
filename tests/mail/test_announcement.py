"""The announcement for a chat group: every number of it, and never longer than a robot takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.announcement import LONGEST, Standing, announcement, standing_at
from tests.conftest import SHANGHAI
from tests.mail.campaign_mail import URL, PostOffice
from tests.mail.test_letters import hand_in

AT = datetime(2020, 11, 12, 9, 0, tzinfo=SHANGHAI)
OPEN = Standing(
    campaign="2020年数据采集",
    at=AT,
    total=189,
    stages={"pending": 120, "collected": 20, "reviewed": 3, "checked": 40, "returned": 4, "failed": 2},
    tables=72,
    tables_done=12,
    office="质量部办公室",
    phone="62809066",
    link="https://caiji.test",
    owing=(("一系", 50), ("二系", 40), ("三系", 20), ("四系", 10), ("五系", 4), ("六系", 2)),
    late=(("教务部", 3), ("一系", 1)),
    sent_back=(("学务部", 6),),
    nearest=(datetime(2020, 11, 18, 23, 59, 59, tzinfo=SHANGHAI), 120),
)


def test_everything_is_said() -> None:
    assert announcement(OPEN).splitlines() == [
        "【2020年数据采集】截至 11月12日（周四）09:00",
        "共 189 项，已通过 40 项；72 张表已完成 12 张。",
        "等待审核 20 项，等待系统检测 3 项。",
        "还没交 126 项：一系 50、二系 40、三系 20、四系 10、五系 4 等 6 个部门。",
        "退回待修改 6 项：学务部 6。",
        "已逾期 4 项：教务部 3、一系 1。",
        "最近的截止时间：11月18日（周三）23:59，还有 120 项要交。",
        "咨询：质量部办公室 62809066",
        "进入系统：https://caiji.test",
    ]


def test_what_there_is_not_is_not_said() -> None:
    calm = replace(OPEN, stages={"checked": 1}, owing=(), late=(), sent_back=(), nearest=None, link="")
    assert announcement(calm).splitlines()[2:] == ["咨询：质量部办公室 62809066"]


def test_when_all_is_done_thanks_are_said() -> None:
    done = replace(OPEN, total=40, owing=OPEN.owing)
    assert announcement(done).splitlines()[2:4] == [
        "全部完成，感谢各部门的配合！",
        "咨询：质量部办公室 62809066",
    ]


@pytest.mark.parametrize(("length", "named"), [(10, 5), (140, 3), (300, 1), (700, 0)])
def test_long_names_are_given_to_fewer(length: int, named: int) -> None:
    owing = tuple((f"{number}" + "系" * (length - 1), 2) for number in range(9))
    [line] = [
        line
        for line in announcement(replace(OPEN, owing=owing, late=(), sent_back=())).splitlines()
        if line.startswith("还没交 18 项")
    ]
    assert line.count("系" * (length - 1)) == named


NAMES = st.text(min_size=1, max_size=900)
OWING = st.lists(st.tuples(NAMES, st.integers(1, 9999)), max_size=8).map(tuple)


@given(campaign=NAMES, owing=OWING, late=OWING)
def test_no_robot_gets_more_than_it_takes(
    campaign: str, owing: tuple[tuple[str, int], ...], late: tuple[tuple[str, int], ...]
) -> None:
    text = announcement(replace(OPEN, campaign=campaign, owing=owing, late=late))
    assert len(text.encode()) <= LONGEST


def test_the_numbers_are_those_of_the_campaign(office: PostOffice) -> None:
    hand_in(office, "1.6", "政务部")
    hand_in(office, "2.1", "政务部", "return")
    hand_in(office, "2.2", "政务部", "approve")
    now = datetime(2020, 11, 12, 9, 0, tzinfo=SHANGHAI)
    with office.database.reading() as session:
        found = standing_at(session, office.outbox.drafting.desk_of(session).rules, now, URL)
    assert (found.total, found.tables, found.tables_done) == (189, 72, 0)
    assert dict(found.stages) == {"pending": found.total - 3, "collected": 1, "returned": 1, "reviewed": 1}
    assert found.sent_back == (("政务部", 1),)
    assert dict(found.owing)["政务部"] == 8
    sources = 4  # of the five source tables one is handed in, and the others' deadline has passed
    left = sum(number for _, number in found.owing) - sources
    assert found.nearest == (datetime(2020, 11, 18, 23, 59, 59, tzinfo=SHANGHAI), left)
    assert sum(number for _, number in found.late) == sources + 1  # which 1.6 is too, at its reviewer
    assert found.link == "https://caiji.test"
