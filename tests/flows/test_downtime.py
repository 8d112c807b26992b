"""The tick over a real database while its clock stands, jumps, steps back, or crosses zones and years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from deadlines.course import foresee
from flows.tick import tick
from models import Mail, Notice
from models.facts import gather
from plans.plan import Plan
from tests.flows.replayed import Replay, small_campaign

Live = Callable[..., Replay]
Key = tuple[str, str, datetime, int]
HOUR = timedelta(hours=1)
LATE = ("overdue", "escalation", "report")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """Lets the small campaign be looked at, at these moments, in a database of its own."""
    made: list[Replay] = []

    def run(looks: Iterable[datetime], plan: Plan | None = None) -> Replay:
        replay = Replay(tmp_path / str(len(made)), plan or small_campaign())
        made.append(replay)
        for at in looks:
            replay.show(at)
            tick(replay.station)
        return replay

    yield run
    for each in made:
        each.close()


def hours(start: datetime, end: datetime) -> list[datetime]:
    """Every half past, as a worker that runs sees each slot."""
    count = int((end - start) / HOUR)
    return [at for at in (start + n * HOUR for n in range(count + 1)) if 7 <= at.hour <= 18]


def at(day: int, hour: int, minute: int = 30, second: int = 5) -> datetime:
    return datetime(2020, 11, day, hour, minute, second, tzinfo=ZoneInfo("Asia/Shanghai"))


def notices(replay: Replay) -> list[Notice]:
    with replay.database.reading() as session:
        return list(session.exec(select(Notice).order_by(col(Notice.id))))


def keys(replay: Replay) -> Counter[Key]:
    return Counter((each.rule, each.subject, each.deadline, each.occurrence) for each in notices(replay))


def mails(replay: Replay) -> Counter[tuple[str, str, str]]:
    with replay.database.reading() as session:
        return Counter((mail.address, mail.kind, mail.slot) for mail in session.exec(select(Mail)))


def foreseen(replay: Replay, end: datetime) -> Counter[Key]:
    with replay.database.reading() as session:
        facts = gather(session, end)
    course = foresee(replay.plan.schedule, facts, facts.effective_from, end)
    return Counter((each.rule, each.subject, each.deadline, each.occurrence) for each in course)


def test_a_minute_without_a_worker_changes_nothing(live: Live) -> None:
    whole = [at(11, 13, 29), at(11, 13), at(11, 17), at(12, 8, 29, 50), at(12, 8), at(12, 9)]
    torn = [at(11, 13, 29), at(11, 13), at(11, 17), at(12, 8, 29, 50), at(12, 8, 31, 5), at(12, 9)]
    undisturbed, stopped = live(whole), live(torn)
    assert keys(stopped) == keys(undisturbed)
    assert mails(stopped) == mails(undisturbed)
    assert {each.kind for each in notices(stopped)} >= {*LATE, "reminder", "forewarning"}


@pytest.mark.parametrize(
    ("stopped", "again"),
    [(at(11, 17), at(12, 18)), (at(10, 9), at(18, 9, 0))],
    ids=["26 hours", "8 days"],
)
def test_after_downtime_what_is_late_is_told_once_and_merged(
    live: Live, stopped: datetime, again: datetime
) -> None:
    undisturbed = live([*hours(at(9, 7), stopped), *hours(stopped + HOUR, again), again])
    interrupted = live([*hours(at(9, 7), stopped), again, again + timedelta(seconds=15)])
    assert set(keys(interrupted).values()) == {1}
    returned = [each for each in notices(interrupted) if each.decided_at >= again]
    assert set(Counter((each.audience, each.subject, each.deadline) for each in returned).values()) == {1}
    missed = [each for each in notices(undisturbed) if each.slot_at > stopped and each.kind in LATE]
    assert {(each.audience, each.subject) for each in returned if each.kind in LATE} == {
        (each.audience, each.subject) for each in missed
    }
    with interrupted.database.reading() as session:
        queued = session.exec(select(Mail).where(Mail.kind == "digest", Mail.created_at >= again)).all()
        raised = session.exec(select(Mail).where(Mail.kind == "escalation", Mail.created_at >= again)).all()
        told = [
            (mail.address, session.get_one(Notice, mail.notice_ids["ids"][0]).audience) for mail in raised
        ]
    assert set(Counter(mail.address for mail in queued).values()) == {1}
    assert set(Counter(told).values()) == {1}


def test_a_clock_that_steps_an_hour_back_or_on_tells_each_once(live: Live) -> None:
    end = at(13, 9)
    steady = hours(at(9, 7), end)
    undisturbed = live(steady)
    assert keys(undisturbed) == foreseen(undisturbed, end)
    for step in (-HOUR, HOUR):
        stepped: list[datetime] = []
        for look in steady:
            stepped += [look, look + step] if look.hour in (8, 13) and look + step <= end else [look]
        disturbed = live(stepped)
        assert keys(disturbed) == keys(undisturbed)
        assert mails(disturbed) == mails(undisturbed)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu", "UTC"])
def test_in_another_zone_the_same_is_told_by_its_own_clock(live: Live, zone: str) -> None:
    home = small_campaign()
    moved = small_campaign(timezone=zone)
    steady = hours(at(9, 7), at(12, 9))
    here = live(steady)
    there = live([look.replace(tzinfo=ZoneInfo(zone)) for look in steady], moved)
    assert [(n.rule, n.subject, _wall(n, moved)) for n in notices(there)] == [
        (n.rule, n.subject, _wall(n, home)) for n in notices(here)
    ]


def _wall(notice: Notice, plan: Plan) -> str:
    return f"{notice.slot_at.astimezone(plan.schedule.zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("days", "slots"),
    [
        (
            {"start": "2024-02-26", "roster": "2024-02-27", "source": "2024-02-29", "other": "2024-03-01"},
            ["02-26", "02-28", "02-29", "03-01", "03-04", "03-05"],
        ),
        (
            {"start": "2021-12-27", "roster": "2021-12-28", "source": "2021-12-31", "other": "2022-01-04"},
            ["12-27", "12-28", "12-30", "12-31", "01-04", "01-05"],
        ),
    ],
    ids=["29 February", "new year"],
)
def test_across_the_calendars_edges_each_slot_is_told_once(
    live: Live, days: dict[str, str], slots: list[str]
) -> None:
    plan = small_campaign(days=days)
    zone = plan.schedule.zone
    begin = datetime.fromisoformat(f"{days['start']}T07:30:05").replace(tzinfo=zone)
    end = begin + timedelta(days=11)
    replay = live(hours(begin, end), plan)
    assert keys(replay) == foreseen(replay, end)
    assert set(keys(replay).values()) == {1}
    told = [each for each in notices(replay) if each.subject == "1.6@教务部" and each.audience == "collector"]
    assert [f"{each.slot_at.astimezone(zone):%m-%d}" for each in told][: len(slots)] == slots
    assert max(Counter((a, s) for a, kind, s in mails(replay) if kind == "digest").values()) == 1
