"""The database counts the paces that the pure function counts from what is known of each assignment."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from actions.extend import grant
from actions.plan_in_force import rules_in_force
from deadlines.forecast import Forecast
from deadlines.pace import paces
from models.database import Database
from models.facts import facts_of
from models.pace import counted_paces
from models.worklist import lines
from tests.actions.people import office, task
from tests.actions.played import play
from tests.conftest import SHANGHAI


@pytest.mark.parametrize("until", ["11-06T08:00", "11-12T09:00", "11-17T17:30", "11-25T09:00"])
def test_the_same_numbers(campaign: Database, until: str) -> None:
    now = datetime.fromisoformat(f"2020-{until}").replace(tzinfo=SHANGHAI)
    with campaign.writing() as session:
        play(session, now)
        longer, freed = task(session, "10.5", "学务部"), task(session, "10.4", "学务部")
        if now.day == 12:
            grant(session, office(session, now), longer.id, date(2020, 11, 20), "出差", now)
        freed.assignment.exempt = True
        session.add(freed.assignment)
        session.flush()
        since = Forecast(rules_in_force(session), now).window.since
        counted = counted_paces(session, since)
        assert counted == paces((facts_of(line) for line in lines(session)), since)
        assert sum(pace.owed for pace in counted.values()) == 188
        assert len({group.department for group in counted}) == 12
        assert any(pace.submitted_lately for pace in counted.values()) == (now.day != 6)
