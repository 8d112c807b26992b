"""The 2020 plan rehearsed and then lived through, with a real mail server: where do the two differ?"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from actions.sample_course import sample_deeds
from flows.rehearsal import Asked, rehearse
from models.facts import gather
from plans.course_file import Deed
from tests.conftest import shipped_plan
from tests.flows.replayed import Replay, at_ticks, told_line
from tests.mail.mail_server import listening


def lived_through(deeds: tuple[Deed, ...]) -> tuple[int, int]:
    """How many mails were sent, and how many of these or of the foreseen ones have no match."""
    with TemporaryDirectory(prefix="caiji-soak-") as folder, listening() as post:
        place = Path(folder)
        lived = Replay(place / "lived", shipped_plan(), post)
        fresh = Replay(place / "fresh", shipped_plan())
        try:
            lived.run(deed for deed in deeds if deed.what != "pass")
            (place / "foreseen").mkdir()
            asked = Asked(end=lived.ticks()[-1], course=deeds, onward=True)
            found = rehearse(fresh.settings, place / "foreseen", asked, ())
            foreseen = Counter(at_ticks(found.events, lived.ticks()))
            sent = Counter(told_line(event) for event in lived.sent())
            return sent.total(), ((foreseen - sent) + (sent - foreseen)).total() + len(found.unfit)
        finally:
            lived.close()
            fresh.close()


def course() -> tuple[Deed, ...]:
    """The sample course, and an extension that is granted after an escalation and taken back."""
    with TemporaryDirectory(prefix="caiji-soak-") as folder:
        replay = Replay(Path(folder), shipped_plan())
        try:
            with replay.database.reading() as session:
                found = sample_deeds(replay.plan, gather(session, replay.at(6, 8)).assignments)
            last, at = replay.ticks()[-1], replay.at
        finally:
            replay.close()
    extended = date(2020, 11, 24)
    late = next(deed for deed in found if deed.what == "submit" and deed.at > at(20, 12))
    more = [
        Deed(at(19, 10, 5), late.table, late.department, "extend", until=extended, reason="停电"),
        Deed(at(19, 16, 5), late.table, late.department, "revoke-extension", until=extended),
    ]
    done = [deed for deed in (*found, *more) if deed.what != "name" and deed.at < last]
    return tuple(sorted(done, key=lambda deed: deed.at))
