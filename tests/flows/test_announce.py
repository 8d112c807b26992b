"""Announcements from the rule in the plan to the robot that hears them; a rehearsal tells nobody outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from actions.clock import jump, start_rehearsal, wall
from actions.load_plan import apply
from flows.rehearsal import Asked, rehearse
from flows.station import REHEARSED, Station
from flows.tick import tick
from models import Incident, Mail, Notice, Post
from models.database import Database
from models.pause import Pause
from models.system import ClockSetting
from plans.load import load_plan
from settings import Settings
from tests.conftest import shipped_plan
from tests.mail.robot_server import Robot, listening

RULE = '  - {id: group-issue, kind: announcement, audience: chat, on: issue, at: "08:30"}\n'


@pytest.fixture
def robot() -> Iterator[Robot]:
    with listening() as found:
        yield found


def station(database: Database, data: Path, now: datetime, *robots: str, rehearsal: bool) -> Station:
    """A station at 08:31 of the first day, whose plan tells the chat groups."""
    plan = shipped_plan()
    text = plan.text["schedule"].replace("reminders:\n", f"reminders:\n{RULE}")
    moved = now.replace(hour=8, minute=31)
    with database.writing() as session:
        apply(session, load_plan(plan.text["tasks"], text), None, now)
        if rehearsal:
            start_rehearsal(session, moved)
        else:
            session.add(ClockSetting(wall=wall(), shown=moved, rate=0))
    return Station(Settings(data=data, chat_urls=" ".join(robots)), database)


def posts(database: Database) -> list[Post]:
    with database.reading() as session:
        return list(session.exec(select(Post)))


def test_what_the_plan_rules_is_said_to_each_robot_once(
    campaign: Database, tmp_path: Path, morning: datetime, robot: Robot
) -> None:
    found = station(campaign, tmp_path, morning, robot.url, f"{robot.url}2", rehearsal=False)
    tick(found)
    tick(found)
    assert (found.post(), found.post()) == (2, 0)
    assert [path for path, _ in robot.heard] == ["/robot", "/robot2"]
    assert {post.text for post in posts(campaign)} == {robot.heard[0][1]["message"]}
    assert posts(campaign)[0].text.startswith("【2020年人才培养工作状态数据采集】截至 11月6日（周五）08:31")
    with campaign.reading() as session:
        told = session.exec(select(Notice).where(Notice.kind == "announcement")).all()
    assert {notice.subject for notice in told} == {"campaign"}


def test_a_robot_that_fails_holds_up_no_mail_and_is_told(
    campaign: Database, tmp_path: Path, morning: datetime, robot: Robot
) -> None:
    robot.answers = [(200, {"errcode": 93000, "errmsg": "invalid webhook url"})]
    found = station(campaign, tmp_path, morning, robot.url, rehearsal=False)
    tick(found)
    assert found.post() == 0
    with campaign.reading() as session:
        assert len(session.exec(select(Mail)).all()) == 12
        [incident] = session.exec(select(Incident).where(Incident.kind == "chat")).all()
    assert "93000 invalid webhook url" in incident.message


def test_a_rehearsal_posts_nowhere(
    campaign: Database, tmp_path: Path, morning: datetime, robot: Robot
) -> None:
    found = station(campaign, tmp_path, morning, robot.url, rehearsal=True)
    tick(found)
    assert (found.post(), robot.heard) == (1, [])
    [post] = posts(campaign)
    assert (post.channel, post.state) == (REHEARSED, "sent")
    assert "还没交 189 项" in post.text


def test_without_robots_nothing_is_posted(campaign: Database, tmp_path: Path, morning: datetime) -> None:
    found = station(campaign, tmp_path, morning, rehearsal=False)
    tick(found)
    assert (found.post(), posts(campaign)) == (0, [])


def test_paused_or_at_night_it_waits(
    campaign: Database, tmp_path: Path, morning: datetime, robot: Robot
) -> None:
    found = station(campaign, tmp_path, morning, robot.url, rehearsal=False)
    tick(found)
    paused = Station(found.settings.model_copy(update={"mail_paused": True}), campaign)
    assert paused.post() == 0
    with campaign.writing() as session:
        pause = Pause(reason="停电", begun_at=morning, begun_by=1)
        session.add(pause)
    assert found.post() == 0
    with campaign.writing() as session:
        session.delete(pause)
    with campaign.writing() as session:
        jump(session, morning.replace(hour=20) + timedelta(minutes=1))
    assert (found.post(), robot.heard) == (0, [])


def test_a_rehearsal_lists_the_announcement_at_its_time_and_to_nobody(
    tmp_path: Path, morning: datetime
) -> None:
    plan = shipped_plan()
    written = tmp_path / "schedule.yaml"
    written.write_text(plan.text["schedule"].replace("reminders:\n", f"reminders:\n{RULE}"), "utf-8")
    folder = tmp_path / "walked"
    folder.mkdir()
    settings = Settings(data=tmp_path / "none", schedule=written)
    found = rehearse(settings, folder, Asked(end=morning.replace(hour=9)), ()).events
    [announced] = [event for event in found if event["kind"] == "announcement"]
    assert announced["at"] == "2020-11-06T08:30:00+08:00"
    assert (announced["rule"], announced["audience"], announced["to"]) == ("group-issue", "chat", [])
    assert announced["subject"] == "【2020年人才培养工作状态数据采集】截至 11月6日（周五）08:30"
    assert len(found) > 1
