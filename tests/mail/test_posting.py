"""Each announcement is said to each group once: retried where it was refused for now, never where it may be
there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from mail.chat import channels_of, say
from mail.posting import LEASE, PAUSES, USEFUL_FOR, Posting, Say
from mail.verdicts import Answer, Verdict
from models import Incident, Pause, Post
from models.database import Database
from models.worklist import current_campaign
from tests.mail.campaign_mail import WALL
from tests.mail.robot_server import HANG, Robot

GROUP, OTHER = "企业微信机器人 aaaaaa", "飞书机器人 bbbbbb"
TAKEN = Answer(Verdict.ACCEPTED, "0 ok")
BUSY = Answer(Verdict.LATER, "HTTP 500")
REFUSED = Answer(Verdict.REFUSED, "93000 invalid webhook url")
SILENCE = Answer(Verdict.UNCERTAIN, "没有答复")


class Groups:
    """Posts that wait, the robots' answers by channel, and what each heard; clocks that the test moves."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.now = now
        self.wall = WALL
        self.answers = {GROUP: TAKEN, OTHER: TAKEN}
        self.heard: list[tuple[str, str]] = []
        self.posting = Posting(
            database, lambda _: f"公告 {self.now:%H:%M}", lambda _: self.now, lambda: self.wall
        )
        with database.writing() as session:
            for channel in (GROUP, OTHER):
                session.add(
                    Post(
                        campaign_id=current_campaign(session).id or 0,
                        channel=channel,
                        rule="group",
                        slot_at=now,
                        created_at=now,
                    )
                )

    def say(self, channel: str, text: str) -> Answer:
        self.heard.append((channel, text))
        return self.answers[channel]

    def run(self, robots: dict[str, Say] | None = None) -> int:
        return self.posting.run(dict.fromkeys((GROUP, OTHER), self.say) if robots is None else robots)

    def post(self, channel: str = GROUP) -> Post:
        with self.database.reading() as session:
            return session.exec(select(Post).where(Post.channel == channel)).one()

    def incidents(self) -> list[str]:
        with self.database.reading() as session:
            open_ones = select(Incident.message).where(
                Incident.kind == "chat", col(Incident.resolved_at).is_(None)
            )
            return list(session.exec(open_ones))


@pytest.fixture
def groups(campaign: Database, morning: datetime) -> Groups:
    return Groups(campaign, morning)


def test_a_pause_begun_during_a_run_holds_what_is_left(groups: Groups) -> None:
    def pausing(channel: str, text: str) -> Answer:
        with groups.database.writing() as session:
            session.add(Pause(reason="查错", begun_at=groups.now, begun_by=1))
        return groups.say(channel, text)

    assert groups.run(dict.fromkeys((GROUP, OTHER), pausing)) == 1
    assert [groups.post(each).state for each in (GROUP, OTHER)] == ["sent", "queued"]


def test_each_group_is_told_once(groups: Groups) -> None:
    assert groups.run() == 2
    assert groups.heard == [(GROUP, "公告 08:00"), (OTHER, "公告 08:00")]
    post = groups.post()
    assert (post.state, post.answer, post.text, post.sent_at) == ("sent", "0 ok", "公告 08:00", WALL)
    assert groups.run() == 0
    assert len(groups.heard) == 2


def test_two_workers_share_the_posts(groups: Groups) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: groups.run(), range(2))) == 2
    assert sorted(channel for channel, _ in groups.heard) == sorted([GROUP, OTHER])


def test_refused_for_now_is_said_again_as_things_stand_then(groups: Groups) -> None:
    groups.answers[GROUP] = BUSY
    assert groups.run() == 1
    assert (groups.post().state, groups.post().next_try_at) == ("queued", WALL + PAUSES[0])
    assert groups.run() == 0
    groups.answers[GROUP] = TAKEN
    groups.wall += PAUSES[0]
    groups.now += PAUSES[0]
    assert groups.run() == 1
    assert groups.heard[-1] == (GROUP, "公告 08:01")
    assert groups.incidents() == []


def test_after_the_last_pause_it_has_failed_with_the_robots_answer(groups: Groups) -> None:
    groups.answers[GROUP] = BUSY
    for pause in (*PAUSES, timedelta()):
        groups.run()
        groups.wall += pause
    assert groups.post().state == "failed"
    [told] = groups.incidents()
    assert f"群公告没有发到{GROUP}：HTTP 500。" in told
    assert "复制群公告" in told


def test_refused_for_good_is_told_at_once_and_once(groups: Groups) -> None:
    groups.answers[GROUP] = REFUSED
    groups.run()
    assert (groups.post().state, groups.post(OTHER).state) == ("failed", "sent")
    [told] = groups.incidents()
    assert "93000 invalid webhook url" in told


def test_silence_is_never_said_twice(groups: Groups) -> None:
    groups.answers[GROUP] = SILENCE
    groups.run()
    groups.wall += timedelta(days=1)
    groups.run()
    assert groups.post().state == "uncertain"
    assert [channel for channel, _ in groups.heard] == [GROUP, OTHER]
    assert groups.incidents()[0].startswith(f"不知道群公告是否发到了{GROUP}")


def test_a_worker_that_died_leaves_it_uncertain(groups: Groups) -> None:
    def die(_channel: str, _text: str) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        groups.run({GROUP: die, OTHER: die})
    groups.run()
    assert groups.post().state == "leased"
    groups.wall += LEASE + timedelta(seconds=1)
    groups.run()
    assert (groups.post().state, groups.heard) == ("uncertain", [(OTHER, "公告 08:00")])


def test_a_robot_that_works_again_closes_its_incident(groups: Groups) -> None:
    groups.answers[GROUP] = REFUSED
    groups.run()
    groups.answers[GROUP] = TAKEN
    with groups.database.writing() as session:
        post = session.exec(select(Post).where(Post.channel == GROUP)).one()
        post.state = "queued"
        session.add(post)
    groups.run()
    assert groups.incidents() == []


@pytest.mark.parametrize(("late", "state"), [(USEFUL_FOR, "sent"), (USEFUL_FOR * 2, "moot")])
def test_old_news_is_not_told(groups: Groups, late: timedelta, state: str) -> None:
    groups.now += late
    groups.run()
    assert groups.post().state == state


def test_a_group_that_is_set_no_more_is_not_waited_for(groups: Groups) -> None:
    assert groups.run({OTHER: groups.say}) == 1
    assert (groups.post().state, groups.heard) == ("moot", [(OTHER, "公告 08:00")])


FAULTS: list[tuple[object, str]] = [
    ((500, {}), "queued"),
    ((200, {"errcode": 93000, "errmsg": "invalid webhook url"}), "failed"),
    (HANG, "uncertain"),
]


@pytest.mark.parametrize(("fault", "state"), FAULTS)
def test_a_real_robots_faults_hold_up_no_other_group(
    groups: Groups, robot: Robot, fault: tuple[int, dict[str, object]] | str, state: str
) -> None:
    robot.answers = [fault]
    [channel] = channels_of(robot.url)
    speak: Callable[[str, str], Answer] = lambda _, text: say(channel, text, seconds=0.2)  # noqa: E731
    assert groups.run({GROUP: speak, OTHER: groups.say}) == 1
    assert (groups.post().state, groups.post(OTHER).state) == (state, "sent")
    assert [told["message"] for _path, told in robot.heard] == ["公告 08:00"]
