"""The verbs of the quality office refuse everybody else by themselves, whatever rule a route may name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlmodel import Session

from actions import (
    check,
    exempt,
    extend,
    hand_over,
    hold,
    incidents,
    leaving,
    load_plan,
    one_person,
    pausing,
    people,
    phoned,
    prefill,
    recheck,
    releases,
    resend,
)
from actions.people_file import PersonRow
from actions.plan_in_force import plan_in_force
from actions.prefill import Prefill
from actions.who import Who
from models.database import Database
from models.errors import Refused
from tests.actions.people import office, who

Verb = Callable[[Session, Who, datetime], object]
DAY, WHY = date(2020, 11, 20), "学校已知悉"
BORIS = PersonRow(0, "0072", "乙", "b@example.edu", "", "学务部", ("collector",), (), ())
SAID = phoned.Said([1], [], reached=True)
RIGHTS = range(1000)
NOTHING = Prefill("", "", (), (), ())

VERBS: dict[str, Verb] = {
    "apply a plan": lambda session, by, now: load_plan.apply(session, plan_in_force(session), by, now),
    "load last year": lambda session, by, now: prefill.load(session, by, NOTHING, {}, now),
    "load people": lambda session, by, now: people.load_people(session, [], now, by=by),
    "activate one": lambda session, by, now: people.make_activation(session, "S031", now, 24, by),
    "activate all": lambda session, by, now: people.make_activations(session, now, 24, by),
    "save one person": lambda session, by, now: one_person.save_one(session, by, BORIS, "", now),
    "take one out": lambda session, by, now: leaving.take_out(session, "S031", now, now, by),
    "hand over": lambda session, by, now: hand_over.hand_over(session, "S031", "S041", RIGHTS, now, by),
    "name a deputy": lambda session, by, now: hand_over.name_deputy(
        session, "S031", "S041", RIGHTS, (DAY, DAY), now, by
    ),
    "end a deputy": lambda session, by, now: hand_over.end_deputy(session, "S031", 1, now, by),
    "exempt": lambda session, by, now: exempt.exempt(session, by, 1, WHY, now),
    "take back an exemption": lambda session, by, now: exempt.unexempt(session, by, 1, WHY, now),
    "extend": lambda session, by, now: extend.grant(session, by, 1, DAY, WHY, now),
    "refuse more time": lambda session, by, now: extend.refuse(session, by, 1, WHY, now),
    "revoke more time": lambda session, by, now: extend.revoke(session, by, 1, WHY, now),
    "hold": lambda session, by, now: hold.hold(session, by, 1, DAY, WHY, now),
    "lift a hold": lambda session, by, now: hold.lift(session, by, 1, WHY, now),
    "record a verdict": lambda session, by, now: check.record_verdict(session, by, 1, True, WHY, now),
    "check again": lambda session, by, now: recheck.recheck(session, by, 1, now, now),
    "release a finding": lambda session, by, now: releases.release_finding(session, by, 1, WHY, now),
    "release a rule": lambda session, by, now: releases.release_rule(session, by, "enum", "", WHY, now),
    "revoke a release": lambda session, by, now: releases.revoke(session, by, 1, now),
    "pause": lambda session, by, now: pausing.pause(session, by, WHY, now),
    "resume": pausing.resume,
    "log a call": lambda session, by, now: phoned.log_call(
        session, by, 1, phoned.Said([1], [], True), 0, now
    ),
    "resolve an incident": lambda session, by, now: incidents.resolve(session, by, 1, now),
    "send a failed mail": lambda session, by, now: resend.resend(session, by, 1, now),
    "send a sent mail": lambda session, by, now: resend.resend_sent(session, by, 1, WHY, now),
    "send a test": lambda session, by, now: resend.queue_test(session, by, now, now),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_collectors_reviewers_leaders_and_auditors_are_refused(
    campaign: Database, morning: datetime, verb: Verb
) -> None:
    with campaign.writing() as session:
        for staff_no in ("S031", "S032", "S910", "S001"):
            with pytest.raises(Refused, match="只有质量部"):
                verb(session, who(session, staff_no, morning), morning)


DONE_AT_ONCE = ("apply a plan", "load last year", "load people", "activate one", "activate all")


@pytest.mark.parametrize("name", DONE_AT_ONCE)
def test_the_office_is_not(campaign: Database, morning: datetime, name: str) -> None:
    with campaign.writing() as session:
        VERBS[name](session, office(session, morning), morning)
