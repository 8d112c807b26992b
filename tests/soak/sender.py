"""A sender as a process of its own: the worker's delivery and nothing else, until it is killed."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from flows.station import Station
from models.database import Database
from settings import Settings


def deliver(data: str, url: str) -> None:
    """Send again and again what waits in the database, over one connection."""
    settings, never = Settings(data=Path(data), database_url=url, mail_senders=1), Event()
    station = Station(settings, Database(settings.url))
    while not never.wait(0.1):
        station.deliver()
