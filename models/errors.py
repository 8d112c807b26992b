"""Errors that people cause: each has a status, a sentence and a remedy; none shows a traceback."""

from __future__ import annotations

from typing import Any

from plans.sentence import Sentence

__all__ = [
    "Conflict",
    "NotFound",
    "Overloaded",
    "PeopleError",
    "Refused",
    "Sentence",
    "TooMany",
    "Unstorable",
    "Unusable",
]


class PeopleError(Exception):
    """The base: ``status`` is the HTTP answer, ``message`` what is wrong, ``remedy`` how to mend it."""

    status = 400

    def __init__(self, message: str, remedy: str = "", **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.detail = detail


class Refused(PeopleError):
    """What was asked is not allowed for this person."""

    status = 403


class NotFound(PeopleError):
    """There is no such thing, or it isn't this person's to see."""

    status = 404


class Conflict(PeopleError):
    """The thing has changed, or is in a stage that doesn't allow this."""

    status = 409


class Unusable(PeopleError):
    """What was sent cannot be used; the detail says where."""

    status = 422


class Overloaded(PeopleError):
    """The installation cannot do this now; ``detail['seconds']`` says how long to wait, where it is known."""

    status = 503


class Unstorable(PeopleError):
    """There is no room to keep what was sent, or it cannot be written."""

    status = 507


class TooMany(PeopleError):
    """Too many tries; ``detail['seconds']`` says how long to wait."""

    status = 429
