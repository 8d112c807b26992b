"""Something done with one assignment on its page: by whom, when, in the route's one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Request, Response
from sqlmodel import Session

from actions.who import Who
from web.deps import Me, Writing
from web.numbers import Key
from web.rendering import see
from web.visitor import CurrentVisitor


@dataclass(frozen=True)
class Deed:
    """``now`` is the campaign's time, ``wall`` the clock on the wall."""

    request: Request
    who: Who
    assignment_id: int
    session: Session
    now: datetime
    wall: datetime

    def done(self, key: str) -> Response:
        """Back to the assignment's page, which says what has been done."""
        return see(self.request, "assignment", done=key, assignment_id=self.assignment_id)


def deed(request: Request, visitor: CurrentVisitor, me: Me, assignment_id: Key, session: Writing) -> Deed:
    """What every route that acts on an assignment asks for; the write lock is taken last."""
    return Deed(request, me, assignment_id, session, visitor.now, visitor.wall)


Acting = Annotated[Deed, Depends(deed)]
Reason = Annotated[str, Form(max_length=2000)]
"""Why something is done, as a page's form sends it; whether one is needed is the action's to say."""
