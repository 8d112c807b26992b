"""What was returned only for an addition is approved again once nobody wants the addition any longer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from actions.submit import latest_version
from models import Addition, Assignment
from models.addition import PROMISED
from models.draft import draft_of
from models.history import last_return
from models.stages import RETURNED, REVIEWED, Move, move
from plans.sentence import Sentence


def restore_source(session: Session, addition: Addition, actor_id: int | None, now: datetime) -> None:
    """Take the return of the source table back: its approved rows stand as they were.

    Nothing where another promised addition needs it open, where it was returned for anything else, or where
    its collector has begun to change it.  Its system check runs again, as after every approval.
    """
    owner = session.get_one(Assignment, addition.owner_id)
    if owner.stage != RETURNED or not _returned_for_nothing(session, owner):
        return
    if _is_begun(session, owner):
        return
    reason = Sentence("不再需要补录：%(column)s %(value)s", column=addition.column, value=addition.value)
    move(session, owner, Move("restore", REVIEWED, now, actor_id, owner.version_id, reason))
    owner.reopened = ""
    session.add(owner)
    session.flush()


def _is_begun(session: Session, owner: Assignment) -> bool:
    """Whether its collector has kept or typed anything since."""
    newest, draft = latest_version(session, owner.id or 0), draft_of(session, owner.id or 0)
    if newest is None or newest.id != owner.version_id:
        return True
    typed = draft is not None and draft.saved_by is not None and draft.saved_at
    return bool(typed and owner.returned_at and typed >= owner.returned_at)


def _returned_for_nothing(session: Session, owner: Assignment) -> bool:
    """Whether the last return was for additions, none of which is still to be made."""
    asked = session.exec(select(Addition).where(Addition.owner_id == owner.id)).all()
    sent = last_return(session, owner.id or 0)
    opened = sent is not None and sent.event.id in {each.event_id for each in asked if each.event_id}
    return opened and all(each.state != PROMISED for each in asked)
