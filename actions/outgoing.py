"""What goes out today, as far as it can be told now: what waits, and what falls due until the evening."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from actions.notices import MAIL_KINDS, due
from actions.plan_in_force import rules_in_force
from actions.withdrawals import people_of_each
from deadlines.calendar import EVENING
from deadlines.owed import Owed
from models.notice import DIGEST
from models.outbox import waiting_mails
from models.person import Person


@dataclass(frozen=True)
class Outgoing:
    """A mail of today that tells ``things`` notices: ``mail_id`` where it waits already, else ``at``, when it
    falls due."""

    kind: str
    name: str
    address: str
    things: int
    mail_id: int | None = None
    at: datetime | None = None


def today(session: Session, now: datetime) -> list[Outgoing]:
    """Every mail that would go from now until the evening, those that wait first; nothing is written.

    What falls due for somebody whose digest waits already goes with it.
    """
    local = rules_in_force(session).calendar.local
    evening = datetime.combine(local(now).date(), EVENING, local(now).tzinfo)
    owed = due(session, max(evening, now))
    coming = _coming(people_of_each(session, owed, now), owed)
    found = []
    for mail, name in waiting_mails(session, local(now).date().isoformat()):
        joining = coming.pop((mail.address, DIGEST, None), None) if mail.kind == DIGEST else None
        things = len(mail.tells) + (joining.things if joining else 0)
        found.append(Outgoing(mail.kind, name, mail.address, things, mail.id))
    return [*found, *coming.values()]


def _coming(
    people_of: Callable[[Owed], Iterable[Person]], owed: Iterable[Owed]
) -> dict[tuple[str, str, datetime | None], Outgoing]:
    """The mails that these would make, in the order of telling: one digest a person, others by their time."""
    found: dict[tuple[str, str, datetime | None], Outgoing] = {}
    for each in owed:
        kind = MAIL_KINDS[each.kind]
        for person in people_of(each):
            key = (person.email, kind, None if kind == DIGEST else each.at)
            begun = found.get(key) or Outgoing(kind, person.name, person.email, 0, at=each.at)
            found[key] = replace(begun, things=begun.things + 1)
    return found
