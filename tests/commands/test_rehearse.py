"""`caiji rehearse` on the 2020 campaign: what it promises of its real output, and what it leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from actions.clock import run_at, start_rehearsal
from actions.exempt import exempt
from commands.foreseen import lines
from models.database import Database
from plans.course_file import Deed, write_course
from plans.plan import Plan
from settings import ROOT
from tests.actions.people import office, task
from tests.commands.cli import Cli

DAYS_OFF = [date(2020, 11, day) for day in (7, 8, 14, 15, 21, 22)]
DIGESTS = ("reminder", "overdue", "roster-reminder")
CAIJI = (sys.executable, str(ROOT / "caiji.py"))


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The whole campaign if nobody does anything, as the command prints it; it leaves nothing behind."""
    folder = tmp_path_factory.mktemp("nothing")
    ran = subprocess.run(
        [*CAIJI, "rehearse", "--data", str(folder), "--json"], capture_output=True, check=True, cwd=folder
    )
    assert list(folder.iterdir()) == []
    return list(json.loads(ran.stdout)["events"])


def when(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def test_no_one_is_reminded_on_a_day_off(events: list[dict[str, Any]]) -> None:
    assert [event for event in events if when(event).date() in DAYS_OFF] == []


def test_nothing_goes_out_at_night(events: list[dict[str, Any]]) -> None:
    clocks = {when(event).time() for event in events if event["to"]}
    assert time(7) <= min(clocks) <= max(clocks) <= time(20)


def test_everybody_gets_at_most_one_digest_a_day(events: list[dict[str, Any]]) -> None:
    digests = Counter((event["to"][0], event["at"][:10]) for event in events if event["kind"] in DIGESTS)
    assert set(digests.values()) == {1}


def test_no_escalation_comes_before_its_deadline(events: list[dict[str, Any]], plan: Plan) -> None:
    due = {table.code: plan.schedule.due_at(table.due) for table in plan.tables}
    escalated = [event for event in events if event["kind"] == "escalation"]
    assert escalated
    for event in escalated:
        assert when(event) > max([due[code] for code in event["tables"]] or [plan.schedule.roster_due])


def test_every_kind_occurs_and_the_document_has_its_shape(events: list[dict[str, Any]]) -> None:
    kinds = {event["kind"] for event in events}
    assert kinds >= {*DIGESTS, "forewarning", "escalation", "report"}
    keys = {"at", "kind", "rule", "audience", "department", "to", "subject", "tables"}
    assert all(keys <= set(event) for event in events)
    assert all(when(event).tzinfo and event["subject"] and event["to"] for event in events)


def test_the_saturday_roster_is_reminded_on_friday(events: list[dict[str, Any]], plan: Plan) -> None:
    friday = [
        event["department"]
        for event in events
        if event["kind"] == "roster-reminder" and when(event).date() == date(2020, 11, 6)
    ]
    assert sorted(friday) == sorted(each.name for each in plan.schedule.departments)


def test_the_events_are_in_the_order_of_time(events: list[dict[str, Any]]) -> None:
    moments = [when(event) for event in events]
    assert moments == sorted(moments)


def test_the_reports_say_their_numbers_in_the_subject(events: list[dict[str, Any]]) -> None:
    said = {when(event).date(): event["subject"] for event in events if event["kind"] == "report"}
    assert said[date(2020, 11, 12)].endswith("应交 17，按时提交 0，目前逾期 17")
    assert said[date(2020, 11, 19)].endswith("应交 201，按时提交 0，目前逾期 201")


def test_for_people_it_is_a_heading_a_day_and_a_line_a_mail(events: list[dict[str, Any]]) -> None:
    told = list(lines(events, 80))
    assert max(map(cell_len, told)) <= 80
    days = sorted({event["at"][:10] for event in events})
    assert told[0][:11] == "2020年11月6日（"
    assert len([line for line in told if line.startswith("2020年")]) == len(days)
    assert len([line for line in told if re.match(r"  \d\d:\d\d ", line)]) == len(events)
    kinds = Counter(event["kind"] for event in events)
    assert "".join(told[told.index("", -4) + 1 :]).startswith(
        f"共 {len(events)} 封：名单提醒 {kinds['roster-reminder']}，"
    )


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_every_subject_stands_whole_within_the_screen_and_no_code_word(
    events: list[dict[str, Any]], width: int
) -> None:
    told = list(lines(events, width))
    assert max(map(cell_len, told)) <= width
    text = "".join(line.strip() for line in told)
    wanted = {event["subject"].rpartition("】")[2].strip() for event in events}
    assert [each for each in wanted if each.replace(" ", "") not in text.replace(" ", "")] == []
    assert re.findall(r"[a-z]{3,}", text) == []


def test_the_sample_course_tells_less_than_nobody_acting(cli: Cli, tmp_path: Path, events: Any) -> None:
    until = "2020-11-10T09:00"
    course = cli("rehearse", "--sample", "--to", until, "--data", tmp_path, "--json").document()["events"]
    idle = [event for event in events if event["at"] <= until]
    assert 0 < len(course) < len(idle)
    assert {event["kind"] for event in course}.isdisjoint({"roster-reminder"})
    assert list(tmp_path.iterdir()) == []


def test_a_window_shows_what_falls_into_it(cli: Cli, tmp_path: Path, events: Any) -> None:
    window = ("--from", "2020-11-06T09:00", "--to", "2020-11-09T05:30+00:00", "--data", tmp_path, "--json")
    found = cli("rehearse", *window).document()["events"]
    assert found == [each for each in events if "2020-11-06T09" < each["at"] <= "2020-11-09T13:30:00+08:00"]


def prints(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_loaded_campaign_goes_on_from_where_it_is_and_not_a_byte_changes(
    cli: Cli, campaign: Database, tmp_path: Path, morning: datetime
) -> None:
    with campaign.writing() as session:
        exempt(session, office(session, morning), task(session, "1.6", "政务部").id, "并入", morning)
        start_rehearsal(session, morning)
        session.flush()
        run_at(session, 0)
    campaign.close()
    before = prints(tmp_path)
    said = cli("rehearse", "--onward", "--to", "2020-11-06T09:00", "--data", tmp_path, "--json")
    found = said.document()["events"]
    assert prints(tmp_path) == before
    assert {event["kind"] for event in found} == {"reminder"}
    assert len(found) == 12
    assert not any("1.6" in event["tables"] for event in found)


def test_a_database_of_another_version_is_told_and_left_as_it_is(
    cli: Cli, campaign: Database, tmp_path: Path
) -> None:
    with campaign.connection() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    campaign.close()
    before = prints(tmp_path)
    said = cli("rehearse", "--data", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert "数据库是另一个版本的（0003" in said.err
    assert prints(tmp_path) == before


def test_a_recorded_course_drives_it_and_may_be_shifted(cli: Cli, tmp_path: Path, plan: Plan) -> None:
    zone, file = plan.schedule.zone, tmp_path / "course.csv"
    began = datetime(2019, 11, 8, 10, 0, tzinfo=zone)
    deeds = [
        Deed(began, "1.6", "政务部", "submit"),
        Deed(began, "99", "政务部", "submit"),
        Deed(began.replace(hour=11), "1.6", "政务部", "approve"),
        Deed(began.replace(hour=12), "1.6", "政务部", "submit"),
    ]
    file.write_text(write_course(deeds, zone), "utf-8")
    options = ("--course", file, "--shift-to", "2020-11-06", "--to", "2020-11-12T09:00", "--data", tmp_path)
    said = cli("rehearse", *options, "--json")
    document = said.document()
    late = {code for event in document["events"] if event["kind"] == "escalation" for code in event["tables"]}
    assert late == {"6.1", "7.1.1", "7.2", "10.1.1"}
    assert [each.partition("：")[0] for each in document["left_out"]] == [
        "2020-11-06 10:00 99 政务部 提交",
        "2020-11-06 12:00 1.6 政务部 提交",
    ]
    assert "略过 2020-11-06 10:00 99 政务部 提交：计划里没有这项任务" in said.err


def test_what_cannot_be_understood_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("at,table,department,what\n昨天,1.6,政务部,提交\n", "utf-8")
    for code, *options in (
        (2, "--to", "bald"),
        (2, "--from", "2020-13-01"),
        (1, "--course", tmp_path / "c.csv"),
        (1, "--course", tmp_path / "missing.csv"),
        (2, "--sample", "--course", tmp_path / "c.csv"),
    ):
        said = cli("rehearse", *options, "--data", tmp_path / "none")
        assert (said.code, said.out) == (code, "")
        assert "Traceback" not in said.err
        assert len(said.err.splitlines()) == 2


def test_the_course_of_a_campaign_is_written_down(
    cli: Cli, campaign: Database, tmp_path: Path, morning: datetime
) -> None:
    with campaign.writing() as session:
        exempt(session, office(session, morning), task(session, "1.6", "政务部").id, "并入", morning)
    assert cli("course", tmp_path / "course.csv", "--data", tmp_path).code == 0
    text = (tmp_path / "course.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "at,table,department,what,by,until,reason"
    assert text.count(",名单,") == 12
    assert text.splitlines()[-1] == "2020-11-06 08:00:00,1.6,政务部,免报,S000,,并入"
