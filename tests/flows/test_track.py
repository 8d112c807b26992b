"""Every committed transition is followed once: an approval is checked, everything else recorded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from actions import check as checking
from actions import follow_ups
from flows.track import ATTEMPTS, follow, track_tables
from models import CheckRun, Event, Incident, StoredFinding
from models.database import Database
from models.worklist import lines
from tests.flows.stations import Stage


def follow_all(stage: Stage) -> int:
    count = 0
    while found := follow(stage.station):
        count += found
    return count


def verdicts(stage: Stage) -> list[str]:
    with stage.database.reading() as session:
        return [run.verdict for run in session.exec(select(CheckRun))]


def test_an_approved_table_is_checked_and_each_transition_recorded(stage: Stage) -> None:
    key = stage.hand_in("10.5")
    stage.review(key)
    assert follow_all(stage) == 3
    assert stage.stage(key) == "checked"
    assert stage.outcomes() == ["recorded", "checked", "recorded"]
    assert {follow.tracked for follow in stage.follow_ups()} == {False}
    assert follow(stage.station) == 0


def test_a_faulty_one_fails_with_its_findings(stage: Stage) -> None:
    key = stage.hand_in("10.5", whole=False)
    stage.review(key)
    follow_all(stage)
    assert stage.stage(key) == "failed"
    with stage.database.reading() as session:
        found = [(each.rule, each.cell) for each in session.exec(select(StoredFinding))]
    assert found == [("required", "B2")]


def test_a_nil_return_passes(stage: Stage) -> None:
    key = stage.report_nothing("10.5")
    stage.review(key)
    follow_all(stage)
    assert stage.stage(key) == "checked"


def test_a_nil_return_is_claimed_and_passed_in_one_transaction(stage: Stage) -> None:
    key = stage.report_nothing("10.5")
    stage.review(key)
    with stage.database.writing() as session:
        _, reviewed = follow_ups.claim(session, stage.station.wall(), 10)
    commits: list[object] = []
    event.listen(stage.database.writer, "commit", commits.append)
    assert track_tables(stage.station, [reviewed]) == 1
    assert (len(commits), stage.stage(key), verdicts(stage)) == (1, "checked", ["passed"])


def test_a_return_is_only_recorded(stage: Stage) -> None:
    key = stage.hand_in("10.5")
    stage.review(key, "return")
    follow_all(stage)
    assert (stage.stage(key), stage.outcomes()) == ("returned", ["recorded", "recorded"])


def test_what_was_returned_before_its_check_is_not_checked(stage: Stage) -> None:
    key = stage.hand_in("10.5")
    stage.review(key)
    stage.review(key, "return")
    follow_all(stage)
    assert (stage.outcomes()[1], verdicts(stage)) == ("nothing to check", [])


def test_many_followers_follow_each_once(stage: Stage) -> None:
    keys = [stage.hand_in(code) for code in ("10.5", "10.2.1", "10.3")]
    for key in keys:
        stage.review(key)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: follow_all(stage), range(3)))
    follow_all(stage)
    assert {stage.stage(key) for key in keys} == {"checked"}
    assert verdicts(stage) == ["passed"] * 3
    with stage.database.reading() as session:
        assert len(session.exec(select(Event).where(Event.verb == "pass")).all()) == 3


def test_a_kill_after_the_verdict_repeats_nothing(stage: Stage) -> None:
    """Killed between the check's settlement and anything else: the follow-up is played again for nothing."""
    key = stage.hand_in("10.5")
    stage.review(key)
    with stage.database.writing() as session:
        tasks = follow_ups.claim(session, stage.station.wall(), 10)
        found = checking.claim(session, key, stage.now, stage.station.wall())
        assert found is not None
        checking.settle(session, found, [], stage.now)
        for each in tasks:
            follow_ups.postpone(session, each, stage.station.wall() - timedelta(seconds=1))
    follow_all(stage)
    assert (stage.stage(key), verdicts(stage)) == ("checked", ["passed"])
    assert stage.outcomes() == ["recorded", "nothing to check", "recorded"]


def test_a_kill_in_the_middle_of_a_check_waits_for_its_lease(stage: Stage) -> None:
    key = stage.hand_in("10.5")
    stage.review(key)
    with stage.database.writing() as session:
        assert checking.claim(session, key, stage.now, stage.station.wall()) is not None
    follow_all(stage)
    assert (stage.stage(key), stage.outcomes()) == ("reviewed", ["recorded", ""])
    later = stage.station.wall() + checking.LEASE + timedelta(minutes=1)
    stage.station.wall = lambda: later
    follow_all(stage)
    assert (stage.stage(key), verdicts(stage)) == ("checked", ["passed"])


def test_a_follower_that_died_leaves_its_tasks_to_the_next(stage: Stage) -> None:
    stage.hand_in("10.5")
    with stage.database.writing() as session:
        [first] = follow_ups.claim(session, stage.station.wall(), 10)
        assert follow_ups.claim(session, stage.station.wall(), 10) == []
        later = stage.station.wall() + follow_ups.LEASE + timedelta(seconds=1)
        [second] = follow_ups.claim(session, later, 10)
        assert not follow_ups.finish(session, first, "late", later)
        assert follow_ups.finish(session, second, "done", later)
        assert not follow_ups.finish(session, second, "twice", later)


def test_a_check_that_cannot_run_holds_up_no_other_and_is_told(stage: Stage) -> None:
    lost, fine = stage.hand_in("10.5"), stage.hand_in("10.3")
    with stage.database.reading() as session:
        [row] = lines(session, ids=[lost])
    assert row.version is not None
    stage.station.blobs.path(row.version.rows_blob or "").unlink()
    stage.review(lost)
    stage.review(fine)
    moment = stage.station.wall()
    for _ in range(ATTEMPTS + 1):
        stage.station.wall = lambda moment=moment: moment
        follow_all(stage)
        moment += checking.LEASE + timedelta(minutes=10)
    assert (stage.stage(lost), stage.stage(fine)) == ("reviewed", "checked")
    with stage.database.reading() as session:
        assert [incident.kind for incident in session.exec(select(Incident))] == ["file", "check"]


@pytest.mark.prefect
def test_prefect_tells_each_tables_story(
    witness: Any, campaign: Database, tmp_path: Path, morning: datetime
) -> None:
    stage = Stage(campaign, tmp_path, morning)
    key = stage.hand_in("10.5")
    stage.review(key)
    follow_all(stage)
    assert {each.tracked for each in stage.follow_ups()} == {True}
    name = "跟踪 2020-11-06 08:00 · 2 张表"
    with stage.database.reading() as session:
        [label] = [line.label for line in lines(session, ids=[key])]
    assert [run["name"] for run in witness.task_runs(name, 2)] == [
        f"{label}: pending → collected",
        f"{label}: collected → reviewed",
    ]
    assert witness.flow_run(f"{label}: reviewed → checked")["state_type"] == "COMPLETED"


def test_a_check_whose_file_is_gone_is_told_and_tried_again_without_its_lease(stage: Stage) -> None:
    key = stage.hand_in("10.5")
    stage.review(key)
    with stage.database.reading() as session:
        version = next(line.version for line in lines(session, ids=[key]))
    assert version is not None
    path = stage.station.blobs.path(str(version.rows_blob))
    kept = path.read_bytes()
    path.unlink()
    follow_all(stage)
    with stage.database.reading() as session:
        (told,) = session.exec(select(Incident))
        (run,) = session.exec(select(CheckRun))
    assert (told.kind, path.name in told.message) == ("file", True)
    assert (run.leased_until, run.attempts, stage.stage(key)) == (None, 1, "reviewed")
    path.write_bytes(kept)
    soon = stage.station.wall() + timedelta(seconds=31)
    stage.station.wall = lambda: soon
    follow_all(stage)
    assert (stage.stage(key), verdicts(stage)) == ("checked", ["passed"])
