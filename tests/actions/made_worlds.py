"""Small campaigns: any, and some that are sure to have what is rare in those."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from hypothesis import strategies as st

from tests.actions.told_by_hand import DAYS, DEPARTMENTS, START, TICKS, Rung, World

AUDIENCES = ("head", "leader", "leaders", "office", "everyone")
EVENTS = ("hand in", "hand in", "return", "approve", "extend", "exempt", "hold", "lift", "name")
EARLY, LATER = time(8, 30), time(10, 0)


def rungs(kind: str, audiences: tuple[str, ...], days: tuple[int, int]) -> st.SearchStrategy[Rung]:
    return st.builds(
        Rung,
        kind=st.just(kind),
        audience=st.sampled_from(audiences),
        days=st.integers(*days),
        every=st.sampled_from([None, None, 1, 2]),
        clock=st.sampled_from([EARLY, LATER]),
    )


worlds = st.builds(
    World,
    rungs=st.lists(
        rungs("reminder", ("collector", "reviewer", *AUDIENCES), (-4, 0))
        | rungs("overdue", ("collector", "reviewer", *AUDIENCES), (0, 2))
        | rungs("roster-reminder", AUDIENCES, (-2, 2)),
        min_size=2,
        max_size=6,
    ).map(tuple),
    off=st.frozensets(st.sampled_from([day for day in DAYS[1:] if day.weekday() < 5]), max_size=3),
    worked=st.frozensets(st.sampled_from([day for day in DAYS if day.weekday() >= 5]), max_size=2),
    dues=st.lists(st.sampled_from(DAYS[3:11]), min_size=1, max_size=2).map(tuple),
    reviewed=st.booleans(),
    roster_due=st.sampled_from(DAYS[1:8]),
    named=st.frozensets(st.sampled_from(DEPARTMENTS)),
    collectors=st.sampled_from([("C1", "C2"), ("C1", "C1"), ("C1", "R1"), ("H1", "R1")]),
    sends=st.frozensets(st.sampled_from(TICKS[:2])).map(lambda some: some | {TICKS[2], TICKS[3]}),
    events=st.lists(
        st.tuples(
            st.sampled_from(DAYS[:-1]), st.sampled_from(EVENTS), st.integers(0, 3), st.sampled_from(DAYS)
        ),
        max_size=8,
    ).map(lambda events: tuple(sorted(events))),
)


ON_DAYS_OFF = World(
    (Rung("reminder", "collector", 0, LATER), Rung("overdue", "head", 0, LATER)),
    (date(2020, 11, 14), date(2020, 11, 13)),
    ((date(2020, 11, 9), "hand in", 0, START),),
    off=frozenset({date(2020, 11, 13)}),
)
"""Due on a Saturday and on a holiday before it: reminded on Thursday, overdue on Monday, each at its hour.
What was handed in is the reviewing department's to do, and its head's to hear of."""
WAITING = World(
    (Rung("overdue", "collector", 1, EARLY), Rung("reminder", "collector", -4, LATER)),
    (date(2020, 11, 12), date(2020, 11, 18)),
    (),
    off=frozenset({date(2020, 11, 16)}),
)
"""On Friday a digest goes at 8:31, and what falls due at 10:00 waits for the next working day, Tuesday."""
CALLED_OFF = replace(
    WAITING,
    dues=(date(2020, 11, 9), date(2020, 11, 16)),
    collectors=("C1", "C1"),
    off=frozenset(),
    events=(
        (START, "exempt", 1, START),
        (START, "extend", 3, date(2020, 11, 17)),
        (date(2020, 11, 10), "exempt", 0, START),
        (date(2020, 11, 10), "exempt", 2, START),
    ),
)
"""What waits for the 11th is no longer so then; on the 11th at 10:00 something else falls due."""
HELD_BACK = World(
    (Rung("overdue", "leader", 1, EARLY), Rung("reminder", "leaders", -4, LATER)),
    (date(2020, 11, 9), date(2020, 11, 16)),
    (
        (date(2020, 11, 9), "hold", 0, date(2020, 11, 11)),
        (date(2020, 11, 9), "hold", 2, date(2020, 11, 16)),
        (date(2020, 11, 10), "hold", 3, date(2020, 11, 12)),
        (date(2020, 11, 12), "exempt", 3, START),
    ),
)
"""L1 hears of the first thing when its hold is over; nobody is reminded of the third after its deadline.
L2 has had the digest of the 10th when the fourth falls due, and on the 11th that is held back."""
