"""A body runs exactly once, and Prefect shows its story, with a server that is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.tracked import Outcome, log, run_tracked, step

Played = Callable[[str], list[str]]
pytestmark = pytest.mark.prefect


class BoomError(Exception):
    """A body's own error."""


def test_value_comes_back_and_the_body_ran_once(witness: Any, played: Played) -> None:
    def track_tables(number: int) -> dict[str, int]:
        played("body")
        return {"number": number}

    assert run_tracked(track_tables, 7, name="一次") == Outcome({"number": 7}, tracked=True)
    assert played("end") == ["body", "end"]


def test_names_and_tags_are_what_people_read(witness: Any) -> None:
    def track_tables() -> None:
        for code in ("1.6", "10.1.1"):
            step(f"{code} · 政务部: reviewed → checked", str, code)

    name = "system check · 2 tables {x} %s"
    assert run_tracked(track_tables, name=name, tags=("1.6", "10.1.1")).tracked
    run = witness.flow_run(name)
    assert (run["state_type"], sorted(run["tags"]), run["parameters"]) == ("COMPLETED", ["1.6", "10.1.1"], {})
    [flow] = witness.call("/flows/filter", {"flow_runs": {"name": {"any_": [name]}}})
    assert flow["name"] == "track-tables"
    steps = witness.task_runs(name, 2)
    assert [(run["name"], run["state_type"], run["tags"]) for run in steps] == [
        ("1.6 · 政务部: reviewed → checked", "COMPLETED", []),
        ("10.1.1 · 政务部: reviewed → checked", "COMPLETED", []),
    ]


def test_steps_give_their_values_in_order_and_once(witness: Any, played: Played) -> None:
    def sweep() -> list[str]:
        return [step(f"step {word}", lambda word=word: (played(word), word)[1]) for word in "abc"]

    assert run_tracked(sweep, name="values").value == ["a", "b", "c"]
    assert played("end") == ["a", "b", "c", "end"]


def test_failing_body_raises_its_own_error_once_and_shows_as_failed(witness: Any, played: Played) -> None:
    def remind() -> None:
        played("body")
        raise BoomError("张三 610102199001011234")

    with pytest.raises(BoomError, match="张三"):
        run_tracked(remind, name="失败")
    assert played("end") == ["body", "end"]
    run = witness.flow_run("失败")
    assert run["state_type"] == "FAILED"
    assert "BoomError (test_tracked.py:" in run["state"]["message"]


def test_texts_of_errors_never_reach_prefect(witness: Any) -> None:
    def remind() -> None:
        step("inner", _fail_with_secret)

    with pytest.raises(BoomError, match="secret"):
        run_tracked(remind, name="texts kept")
    [inner] = witness.task_runs("texts kept", 1)
    lines = witness.logs("texts kept", 2)
    assert "secret" not in str([witness.flow_run("texts kept"), inner, lines])
    assert any("BoomError" in line for line in lines)


def _fail_with_secret() -> None:
    raise BoomError("secret")


def test_caught_step_failure_leaves_the_run_whole(witness: Any, played: Played) -> None:
    def sweep() -> str:
        with pytest.raises(BoomError):
            step("bad", lambda: (played("bad"), _fail_with_secret()))
        return step("good", lambda: played("good")[-1])

    assert run_tracked(sweep, name="one bad step") == Outcome("good", tracked=True)
    assert played("end") == ["bad", "good", "end"]
    assert witness.flow_run("one bad step")["state_type"] == "COMPLETED"
    states = {run["name"]: run["state_type"] for run in witness.task_runs("one bad step", 2)}
    assert states == {"bad": "FAILED", "good": "COMPLETED"}


def test_progress_artifact_counts_the_steps(witness: Any) -> None:
    def sweep() -> None:
        step("good", str)
        with pytest.raises(BoomError):
            step("bad", _fail_with_secret)

    run_tracked(sweep, name="half done")
    run_id = witness.flow_run("half done")["id"]
    [artifact] = witness.call("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}})
    assert (artifact["type"], artifact["data"], artifact["description"]) == (
        "progress",
        50.0,
        "half done: 1 / 2",
    )


def test_log_lines_stand_on_the_run(witness: Any) -> None:
    def remind() -> None:
        log("12 digests decided")
        step("inner", log, "a line of the step")

    run_tracked(remind, name="with lines")
    lines = witness.logs("with lines", 4)
    assert {"12 digests decided", "a line of the step"} <= set(lines)


def test_run_within_a_run_is_a_plain_call(witness: Any, played: Played) -> None:
    def outer() -> Outcome[list[str]]:
        return run_tracked(played, "inner", name="inner run")

    outcome = run_tracked(outer, name="outer run")
    assert outcome == Outcome(Outcome(["inner"], tracked=False), tracked=True)
    assert witness.call("/flow_runs/filter", {"flow_runs": {"name": {"any_": ["inner run"]}}}) == []


def test_step_within_a_step(witness: Any, played: Played) -> None:
    def outer() -> list[str]:
        return step("outer step", lambda: step("inner step", played, "inner"))

    assert run_tracked(outer, name="nested").value == ["inner"]
    assert {run["name"] for run in witness.task_runs("nested", 2)} == {"outer step", "inner step"}


def test_body_that_leaves_the_program_is_its_own_error(witness: Any, played: Played) -> None:
    def leave() -> None:
        played("body")
        raise SystemExit(3)

    with pytest.raises(SystemExit, match="3"):
        run_tracked(leave, name="leaving")
    assert played("end") == ["body", "end"]
