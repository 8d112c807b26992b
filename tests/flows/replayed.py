"""A small campaign that really happens: moved clock, real tick and outbox, real mail server, real actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from actions.clock import run_at, start_rehearsal
from actions.extend import ask, extensions_of, grant, refuse, revoke
from actions.extend import withdraw as withdraw_request
from actions.load_plan import apply
from actions.people import load_people
from actions.review import decide
from actions.sample_people import sample_people
from actions.submit import report_nothing, withdraw
from flows.foresight import told
from flows.station import Station
from flows.tick import tick
from flows.track import follow
from mail.catcher import PORT_FILE
from models import ClockSetting, Mail, Notice
from models.database import Database
from models.migrate import upgrade
from models.worklist import line
from plans.course_file import Deed
from plans.load import load_plan
from plans.plan import Plan
from settings import ROOT, Settings
from tests.actions.people import holder, office, task
from tests.mail.mail_server import Post
from tests.plans.small_plan import HEADER

ROWS = (
    "1,1.6,机构设置,1.6机构设置,,1,教务部,教务部,2020-11-11,reviewed,,",
    "2,8.6,双师,8.6双师,,2,各系部,教务部,2020-11-13,collected,,",
    "3,9.6.1,获奖,9.6.1获奖,,2,各系部,教务部,2020-11-16,collected,,",
)
DEPARTMENTS = """\
departments:
  - name: 教务部
  - name: 质量部
  - {name: 一系, groups: [teaching]}
  - {name: 二系, groups: [teaching]}

"""
DAYS = range(6, 21)
HOURS = range(7, 19)
TICK = timedelta(minutes=30, seconds=7)
"""Into each hour: some seconds after the slots, as the worker looks."""


def small_campaign(timezone: str = "Asia/Shanghai", days: Mapping[str, str] | None = None) -> Plan:
    """Three tables and four departments under the shipped schedule's ladders; ``days``: when it starts, and
    when the roster, the source table and the others are due."""
    text = (ROOT / "schedule.yaml").read_text("utf-8").replace("Asia/Shanghai", timezone)
    begin, end = text.index("departments:"), text.index("groups:                ")
    rows = "\n".join([HEADER, *ROWS, ""])
    text = text[:begin] + DEPARTMENTS + text[end:]
    if days is not None:
        text = text.replace("2020-11-06", days["start"]).replace("2020-11-07", days["roster"])
        rows = rows.replace("2020-11-11", days["source"])
        rows = rows.replace("2020-11-13", days["other"]).replace("2020-11-16", days["other"])
    return load_plan(rows, text)


class Replay:
    """The campaign in a folder of its own, its mails taken by ``post``."""

    def __init__(self, folder: Path, plan: Plan, post: Post | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.plan, self.zone, self.post = plan, plan.schedule.zone, post
        self.settings = Settings(data=folder)
        self.database = Database(self.settings.url)
        upgrade(self.database)
        with self.database.writing() as session:
            apply(session, plan, None, plan.schedule.start)
            load_people(session, sample_people(plan), plan.schedule.start, sample=True)
            start_rehearsal(session, plan.schedule.start)
            session.flush()
            run_at(session, 0)
        self.station = Station(self.settings, self.database, forms=())
        if post is not None:
            (folder / PORT_FILE).write_text(str(post.port))

    def close(self) -> None:
        self.database.close()

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2020, 11, day, hour, minute, tzinfo=self.zone)

    def show(self, at: datetime) -> None:
        """Let the clock show this, earlier times too."""
        with self.database.writing() as session:
            setting = session.get_one(ClockSetting, 1)
            setting.shown, setting.rate = at, 0
            session.add(setting)

    def ticks(self) -> list[datetime]:
        return [self.at(day, hour) + TICK for day in DAYS for hour in HOURS]

    def look(self, at: datetime) -> None:
        """What the worker does within a minute of its life."""
        self.show(at)
        while follow(self.station):
            pass
        tick(self.station)
        self.station.deliver()

    def run(self, deeds: Iterable[Deed] = ()) -> None:
        """Live through the campaign, the deeds done by people at their moments."""
        steps: list[tuple[datetime, Deed | None]] = [(at, None) for at in self.ticks()]
        steps += [(deed.at, deed) for deed in deeds]
        for at, deed in sorted(steps, key=lambda step: (step[0], step[1] is None)):
            if deed is None:
                self.look(at)
                continue
            self.show(at)
            with self.database.writing() as session:
                _act(session, deed)
            while follow(self.station):
                pass

    def sent(self) -> list[dict[str, Any]]:
        """What the server took, as a rehearsal tells it, in its order."""
        assert self.post is not None
        taken = {str(message["Message-ID"]): str(message["Subject"]) for message in self.post.kept}
        assert set(self.post.times.values()) <= {1}
        with self.database.reading() as session:
            mails = session.exec(select(Mail).where(Mail.state == "sent").order_by(col(Mail.id))).all()
            assert {mail.message_id: mail.subject for mail in mails} == taken
            return [
                {
                    "at": mail.created_at.astimezone(self.zone).isoformat(),
                    **told(_notices(session, mail)),
                    "to": [mail.address],
                    "subject": taken[mail.message_id],
                }
                for mail in mails
            ]


def _notices(session: Session, mail: Mail) -> Sequence[Notice]:
    return session.exec(select(Notice).where(col(Notice.id).in_(mail.notice_ids["ids"]))).all()


def _act(session: Session, deed: Deed) -> None:
    """The deed as a person does it on a page."""
    seen = task(session, deed.table, deed.department)
    if deed.what == "submit":
        report_nothing(session, holder(session, "collector", deed.department, deed.at), seen.id, deed.at)
    elif deed.what == "withdraw":
        withdraw(session, holder(session, "collector", deed.department, deed.at), seen.id, deed.at)
    elif deed.what in ("approve", "return"):
        who = holder(session, "reviewer", seen.reviewer or "", deed.at)
        version = seen.assignment.version_id or 0
        decide(session, who, seen.id, version, deed.what, deed.reason or "请补充", deed.at)
    elif deed.what == "ask-extension":
        assert deed.until is not None
        who = holder(session, "collector", deed.department, deed.at)
        ask(session, who, seen.id, deed.until, deed.reason, deed.at)
    elif deed.what == "refuse-extension":
        newest = extensions_of(session, seen.id)[0].id or 0
        refuse(session, office(session, deed.at), newest, deed.reason, deed.at)
    elif deed.what == "withdraw-extension":
        who = holder(session, "collector", deed.department, deed.at)
        withdraw_request(session, who, seen.id, extensions_of(session, seen.id)[0].id or 0, deed.at)
    elif deed.what == "extend":
        assert deed.until is not None
        grant(session, office(session, deed.at), seen.id, deed.until, deed.reason or "出差", deed.at)
    elif deed.what == "revoke-extension":
        newest = extensions_of(session, seen.id)[0].id or 0
        revoke(session, office(session, deed.at), newest, "已返回", deed.at)
    else:
        raise AssertionError(deed.what)


def at_ticks(events: Iterable[dict[str, Any]], ticks: Sequence[datetime]) -> Iterator[str]:
    """Foreseen events in a line each, at the first tick that can tell it."""
    for event in events:
        moment = datetime.fromisoformat(event["at"])
        seen = next(tick for tick in ticks if tick >= moment)
        assert seen - moment < timedelta(hours=1)
        yield told_line({**event, "at": seen.isoformat()})


def told_line(event: dict[str, Any]) -> str:
    """Everything that is compared of an event."""
    keys = ("at", "kind", "rule", "audience", "department", "tables", "to", "subject")
    return " | ".join(str(event[key]) for key in keys)


def stage_of(replay: Replay, code: str, department: str) -> str:
    with replay.database.reading() as session:
        return line(session, task(session, code, department).id).assignment.stage
