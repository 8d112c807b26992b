"""A rehearsal shows each digest at the hour that its reader chose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlmodel import col, update

from flows.rehearsal import Asked, rehearse
from models import Person
from models.database import Database
from settings import Settings


def test_the_rehearsal_shows_the_chosen_hour(campaign: Database, tmp_path: Path, morning: datetime) -> None:
    with campaign.writing() as session:
        session.connection().execute(
            update(Person).where(col(Person.staff_no) == "S011").values(digest_at="16:00")
        )
    folder = tmp_path / "walked"
    folder.mkdir()
    found = rehearse(Settings(data=tmp_path), folder, Asked(end=morning.replace(hour=18)), ()).events
    digests = [event for event in found if event["kind"].endswith("reminder")]
    hours = {event["to"][0].partition("@")[0]: event["at"][11:16] for event in digests}
    assert (hours.pop("s011"), set(hours.values())) == ("16:00", {"08:30"})
