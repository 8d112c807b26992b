"""Facts that are kept by department tell the same in the same order as if all were looked through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from deadlines.course import untouched
from deadlines.facts import AssignmentFacts, Share, Shared
from deadlines.owed import owed
from tests.conftest import shipped_plan

STAGES = {
    "collected": "collected_at",
    "returned": "returned_at",
    "failed": "failed_at",
    "reviewed": "reviewed_at",
    "checked": "checked_at",
}


def test_whatever_happens_from_tick_to_tick() -> None:
    plan, chance, told = shipped_plan(), Random(1), 0
    facts = untouched(plan)
    listed = list(facts.assignments)
    shares = {each.department: shared(listed, each.department) for each in listed}
    since = plan.schedule.start
    for _ in range(45):
        now = since + timedelta(hours=7)
        kept = replace(facts, assignments=Shared(listed, shares.values()))
        found = owed(plan.schedule, kept, since, now)
        assert found == owed(plan.schedule, replace(facts, assignments=tuple(listed)), since, now)
        told, since = told + len(found), now
        for place in chance.sample(range(len(listed)), 3):
            stage = chance.choice(list(STAGES))
            listed[place] = one = replace(listed[place], stage=stage, **{STAGES[stage]: now})
            shares[one.department] = shared(listed, one.department)
    assert told > 1000


def shared(listed: list[AssignmentFacts], department: str) -> Share:
    return Share(each for each in listed if each.department == department)


def test_changed_by_hand_they_are_shares_no_longer() -> None:
    facts = untouched(shipped_plan())
    kept = replace(facts, assignments=Shared(facts.assignments, [Share(facts.assignments[:9])]))
    assert [len(share) for share in kept.shares] == [9]
    closed = replace(kept, assignments=tuple(replace(each, closed=True) for each in kept.assignments))
    assert [len(share) for share in closed.shares] == [189]


def test_what_follows_from_a_share_is_made_once_for_the_same_circumstances() -> None:
    share, made = Share(untouched(shipped_plan()).assignments), list[int]()

    def derive(known: Share) -> int:
        made.append(len(known))
        return len(made)

    assert [share.derived(given, derive) for given in ("a", "a", "b", "b", "a")] == [1, 1, 2, 2, 3]
    assert made == [189] * 3


def test_an_answer_is_the_one_to_what_was_given() -> None:
    """Though another thread asks of the same share at the very moment of the comparison."""
    share = Share(())

    class Given:
        def __eq__(self, other: object) -> bool:
            share._made = None
            share.derived("other", lambda _: "other's")
            return True

        __hash__ = None

    given = Given()
    assert share.derived("mine", lambda _: "mine") == "mine"
    assert share.derived(given, lambda _: "anew") == "mine"
