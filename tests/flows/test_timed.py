"""What has fallen due runs its flow once, tracked or not; one flow's trouble is no other's."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from actions.clock import jump
from actions.load_plan import apply
from actions.notices import FAMILIES, MAIL_KINDS
from actions.tidy import kept_folder
from flows import tick as ticking
from flows.station import Station
from flows.telling import Wanted
from flows.tick import HANDLERS, tick
from flows.worker import LIMITS, Worker
from mail.letters import WRITERS
from models import Heartbeat, Incident, Mail, Mark, Notice, Report, SignIn
from models.database import Database
from models.notice import TEST
from plans.plan import Plan
from settings import Settings
from tests.actions.changing import EARLIER_DIGESTS, edited
from tests.conftest import shipped_plan
from tests.flows.stations import Stage


def tick_at(stage: Stage, day: int, hour: int, minute: int) -> None:
    with stage.database.writing() as session:
        jump(session, stage.now.replace(day=day, hour=hour, minute=minute))
    tick(stage.station)


def mails(stage: Stage) -> list[Mail]:
    with stage.database.reading() as session:
        return list(session.exec(select(Mail).order_by(col(Mail.id))))


def incidents(stage: Stage) -> list[tuple[str, str]]:
    with stage.database.reading() as session:
        return [(each.kind, each.subject) for each in session.exec(select(Incident))]


def test_every_kind_in_the_ladders_has_its_flow_and_its_letter(plan: Plan) -> None:
    handled = {kind for family in FAMILIES if family.name in HANDLERS for kind in family.kinds}
    assert {rule.kind for rule in (*plan.schedule.reminders, *plan.schedule.escalation)} <= handled
    assert {*MAIL_KINDS.values(), TEST} == set(WRITERS)


def test_nothing_due_moves_the_marks_and_beats(stage: Stage) -> None:
    tick(stage.station)
    assert mails(stage) == []
    with stage.database.reading() as session:
        marks = {mark.job for mark in session.exec(select(Mark))}
        assert marks == {"look", "withdraw", "more_time", "remind", "escalate", "late_report", "announce"}
        assert session.get_one(Heartbeat, "worker").detail == "untracked"


def test_what_is_handed_in_while_somebody_looks_is_told_as_it_begins(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage.database.writing() as session:
        apply(session, edited(shipped_plan(), EARLIER_DIGESTS), None, stage.now)
    tick_at(stage, 10, 7, 59)
    looked = ticking._wanted

    def handed_in_meanwhile(station: Station, now: datetime) -> dict[str, Wanted]:
        found = looked(station, now)
        stage.now = now - timedelta(seconds=1)
        stage.report_nothing("7.1.1", "教务部")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(ticking, "_wanted", handed_in_meanwhile)
        tick_at(stage, 10, 8, 0)
    tick_at(stage, 10, 8, 15)
    with stage.database.reading() as session:
        told = session.exec(
            select(Notice).where(Notice.subject == "7.1.1@教务部", Notice.holder == "reviewer")
        )
        assert [each.rule for each in told] == ["review-1-before"]


def test_before_a_plan_is_loaded_it_only_beats(database: Database, tmp_path: Path) -> None:
    station = Station(Settings(data=tmp_path), database)
    tick(station)
    assert station.deliver() == 0
    with database.reading() as session:
        assert session.get(Heartbeat, "worker") is not None


def test_a_day_of_reminders(stage: Stage) -> None:
    tick_at(stage, 6, 8, 31)
    tick_at(stage, 6, 8, 32)
    assert len(mails(stage)) == 12


def test_the_report_is_made_once_with_its_files(stage: Stage) -> None:
    tick_at(stage, 11, 23, 0)
    tick_at(stage, 12, 8, 31)
    tick_at(stage, 12, 9, 0)
    with stage.database.reading() as session:
        (report,) = session.exec(select(Report)).all()
    assert (report.slot, report.late, report.total) == ("2020-11-12T08:31", 5, 201)
    assert sorted(report.blobs) == ["late-report.docx", "late-report.html", "late-report.xlsx"]
    assert all(stage.station.blobs.get(name) for name in report.blobs.values())
    (mail,) = [mail for mail in mails(stage) if mail.kind == "report"]
    assert mail.attachments == report.blobs
    assert (mail.context["late"], mail.context["due"]) == (5, 12 + 5)


def test_a_flow_that_fails_is_told_tried_again_and_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise OSError("disk full")

    tick_at(stage, 11, 23, 0)
    with monkeypatch.context() as patch:
        patch.setitem(ticking.HANDLERS, "late_report", broken)
        tick_at(stage, 12, 8, 31)
        tick_at(stage, 12, 8, 32)
    assert [mail.slot for mail in mails(stage) if mail.kind == "report"] == []
    assert {mail.kind for mail in mails(stage) if "2020-11-12" in mail.slot} == {"digest", "escalation"}
    assert incidents(stage) == [("job", "late_report")]
    tick_at(stage, 12, 8, 33)
    assert [mail.kind for mail in mails(stage)].count("report") == 1


def test_a_worker_that_is_stopping_begins_nothing(stage: Stage) -> None:
    stage.station.stopping.set()
    tick_at(stage, 6, 8, 31)
    assert mails(stage) == []


def test_paused_mail_is_kept_and_shown(stage: Stage, tmp_path: Path) -> None:
    stage.station = Station(Settings(data=tmp_path, mail_paused=True), stage.database)
    (tmp_path / "catcher.port").write_text("1")
    tick_at(stage, 6, 8, 31)
    assert stage.station.deliver() == 0
    assert {mail.state for mail in mails(stage)} == {"queued"}


def test_a_rehearsal_sends_to_the_catcher_whatever_the_settings_say(
    campaign: Database, tmp_path: Path, morning: datetime
) -> None:
    settings = Settings(data=tmp_path, smtp_host="mail.college.test", smtp_user="u")
    live = Station(settings, campaign)
    route = live._route()
    assert route is not None
    assert (route.server.host, route.server.user, route.per_minute) == ("mail.college.test", "u", 60)
    Stage(campaign, tmp_path, morning)
    assert live._route() is None
    (tmp_path / "catcher.port").write_text("2525")
    rehearsed = live._route()
    assert rehearsed is not None
    assert (rehearsed.server.host, rehearsed.server.port, rehearsed.server.user) == ("127.0.0.1", 2525, "")


def test_the_jobs_are_four_fixed_ones_that_are_never_dropped(stage: Stage) -> None:
    worker = Worker(stage.station)
    made = worker.scheduler()
    made.start(paused=True)
    jobs = made.get_jobs()
    made.shutdown()
    assert {job.id for job in jobs} == {"tick", "deliver", "post", "nightly"}
    assert {(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs} == {(None, True, 1)}
    assert {job.id for job in jobs} <= set(LIMITS)


def test_a_job_that_fails_is_an_incident_once(stage: Stage) -> None:
    worker = Worker(stage.station)

    def broken() -> None:
        raise RuntimeError("no")

    for _ in range(3):
        worker.guarded("deliver", broken)
    assert incidents(stage) == [("job", "deliver")]


def test_a_hung_job_is_seen(stage: Stage) -> None:
    worker, seen = Worker(stage.station), []
    worker.guarded("tick", lambda: seen.extend(worker.hung(at) for at in (0.0, 1e12)))
    assert seen == [None, "tick"]
    assert worker.hung(1e12) is None


def test_at_night_ended_sessions_go(stage: Stage) -> None:
    wall = stage.station.wall()
    with stage.database.writing() as session:
        for name, days in (("old", -8), ("lapsed", -6), ("new", 1)):
            expires = wall + timedelta(days=days)
            session.add(SignIn(secret_hash=name, person_id=1, csrf="", created_at=wall, expires_at=expires))
    kept = kept_folder(stage.station.settings.data) / "token"
    kept.mkdir(parents=True)
    os.utime(kept, (0, 0))
    Worker(stage.station).jobs()["nightly"]()
    with stage.database.reading() as session:
        assert set(session.exec(select(SignIn.secret_hash))) == {"lapsed", "new"}
    assert not kept.exists()


@pytest.mark.prefect
def test_prefect_shows_what_was_decided(
    witness: Any, campaign: Database, tmp_path: Path, morning: datetime
) -> None:
    stage = Stage(campaign, tmp_path, morning)
    tick_at(stage, 6, 8, 31)
    run = witness.flow_run("提醒 2020-11-06 08:31 · 12 封")
    assert (run["state_type"], run["tags"]) == ("COMPLETED", ["remind"])
    assert "189 项提醒，12 封邮件" in witness.logs("提醒 2020-11-06 08:31 · 12 封", 1)
    tick_at(stage, 11, 23, 0)
    tick_at(stage, 12, 8, 31)
    for name in ("升级 2020-11-12 08:31 · 2 封", "逾期报告 2020-11-12 08:31 · 1 封"):
        assert witness.flow_run(name)["state_type"] == "COMPLETED"
    assert [run["name"] for run in witness.task_runs("逾期报告 2020-11-12 08:31 · 1 封", 3)] == [
        "统计逾期",
        "生成报告文件",
        "登记报告，排入发件箱",
    ]


def test_a_job_that_works_again_closes_its_incident_and_may_fail_anew(stage: Stage) -> None:
    worker = Worker(stage.station)

    def broken() -> None:
        raise RuntimeError("no")

    for body in (broken, lambda: None, broken):
        worker.guarded("deliver", body)
    with stage.database.reading() as session:
        found = session.exec(select(Incident).order_by(col(Incident.id))).all()
    assert [each.resolved_at is None for each in found] == [False, True]


def test_a_flow_that_works_again_closes_its_incident(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise RuntimeError("no")

    with monkeypatch.context() as patched:
        patched.setitem(ticking.HANDLERS, "remind", broken)
        tick_at(stage, 6, 8, 31)
    tick_at(stage, 6, 8, 32)
    with stage.database.reading() as session:
        [incident] = session.exec(select(Incident)).all()
    assert (incident.subject, incident.resolved_at is None) == ("remind", False)
    assert len(mails(stage)) == 12
