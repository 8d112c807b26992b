"""The outbox: mails are claimed under a lease, sent with no session open, and settled, each step committed.

States: queued → leased → sent | uncertain | failed | moot.  Recipient, text and Message-ID are frozen when a
mail is claimed for its first try; whatever is sent again has the same Message-ID.  While a pause stands
nothing is claimed, and what is claimed and not begun is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from mail.drafting import Batch, Draft, Drafting, Kept, Text, text_of
from mail.file_names import day_in, shown_name
from mail.leasing import LEASE, TAKE, Claimed, Standing, held, reclaim, set_moot, standing, waits
from mail.letters import Desk
from mail.message import Attachment, Content
from mail.receipt_link import keep_receipt
from mail.sending_hours import Hour
from mail.settling import TAKEN, record, record_unwritten, taken_row
from mail.verdicts import Answer, Verdict
from models import Mail
from models.database import Database
from models.incidents import open_incidents, over, tell
from models.notice import LEASED, QUEUED, UNCERTAIN, follow_address, hand_over_digests
from models.pause import standing_pause
from models.refusal import refusals

CALENDAR, CALENDAR_MIME = "数据采集.ics", "text/calendar; charset=utf-8; method=PUBLISH"


class Outbox:
    """The mails of one database; ``desk_of`` gathers what letters are written from, ``hour_of`` tells what
    may go at this time, before that is done."""

    def __init__(
        self,
        database: Database,
        desk_of: Callable[[Session], Desk],
        hour_of: Callable[[Session], Hour],
        domain: str,
    ) -> None:
        self._database = database
        self.drafting = Drafting(desk_of, hour_of, domain)

    def claim(self, wall: datetime, limit: int, kept: Kept | None = None) -> list[Claimed]:
        """Take up to ``limit`` mails that may go now; those that tell nothing any more become moot.

        ``kept``: what a run of several claims keeps between them.
        """
        kept = kept or Kept()
        while (batch := self.draft(wall, limit, kept)) is not None:
            if claimed := self.take(batch, wall):
                return claimed
        return []

    def draft(self, wall: datetime, limit: int, kept: Kept) -> Batch | None:
        """Write what up to ``limit`` mails are to say that may go now, holding no lock; None where none may.

        ``kept``: what a run of several drafts keeps between them.
        """
        with self._database.reading() as session:
            begun = self.drafting.begin(session, kept, wall, limit)
            return None if begun is None else Batch(begun.today, list(begun.drafts()))

    async def draft_meanwhile(self, wall: datetime, limit: int, kept: Kept) -> Batch | None:
        """`draft`, while others go on: the loop turns between two letters."""
        with self._database.reading() as session:
            begun = self.drafting.begin(session, kept, wall, limit)
            if begun is None:
                return None
            drafts = []
            for draft in begun.drafts():
                drafts.append(draft)
                await asyncio.sleep(0)
            return Batch(begun.today, drafts)

    def take(self, batch: Batch, wall: datetime) -> list[Claimed]:
        """Take what was drafted, but nothing that was taken, sent or added to since; that is drafted anew."""
        ids = [draft.id for draft in batch.drafts]
        with self._database.writing() as session:
            if standing_pause(session) is not None:
                return []
            reclaim(session, wall)
            old = hand_over_digests(session, ids, batch.today)
            now = standing(session, ids, wall)
            drafts = [each for each in batch.drafts if _as_drafted(each, now.get(each.id))]
            moot = {each.id for each in drafts if each.id in old or each.says_nothing or now[each.id].left}
            set_moot(session, moot)
            for draft in drafts:
                if draft.error and draft.id not in moot:
                    _record_unwritten(session, draft, wall)
            taken = [(each, each.text) for each in drafts if each.text is not None and each.id not in moot]
            return _take(session, taken, now, wall)

    def waiting(self, wall: datetime) -> bool:
        """Whether any mail's time has come and no pause stands: a glance that takes no lock."""
        with self._database.reading() as session:
            if standing_pause(session) is not None:
                return False
            return session.exec(select(Mail.id).where(waits(wall)).limit(1)).first() is not None

    def paused(self) -> bool:
        """Whether a pause has been begun: what was claimed before it and is not yet under way stays here."""
        with self._database.reading() as session:
            return standing_pause(session) is not None

    def settle(self, answers: Sequence[tuple[Claimed, Answer]], wall: datetime) -> None:
        """Record what became of mails, but of none that another sender has tried since."""
        taken = [
            taken_row(claimed.id, claimed.attempt, claimed.course, answer, wall)
            for claimed, answer in answers
            if _simply_taken(claimed, answer)
        ]
        rest = [(claimed, answer) for claimed, answer in answers if not _simply_taken(claimed, answer)]
        if taken:
            with self._database.connection() as connection:
                connection.execute(TAKEN, taken)
        if not rest:
            return
        with self._database.writing() as session:
            mails = held(session, [claimed for claimed, _ in rest], (LEASED, UNCERTAIN))
            for claimed, answer in rest:
                if claimed.id in mails:
                    record(session, mails[claimed.id], answer, wall, was_refused=claimed.refused)

    def release(self, claimed: Sequence[Claimed]) -> None:
        """Give back mails that were not tried: nothing is known against them, and what has never been under
        way is written anew when its turn comes."""
        with self._database.writing() as session:
            unsure = {each.id for each in claimed if each.unsure}
            for mail in held(session, claimed).values():
                mail.state, mail.leased_until = UNCERTAIN if mail.id in unsure else QUEUED, None
                mail.attempts -= 1
                mail.message_id = mail.message_id if mail.attempts or mail.sent_at else ""
                session.add(mail)

    def stop(self, kind: str, message: str, wall: datetime) -> None:
        """Tell the office that no mail goes out, and why."""
        with self._database.writing() as session:
            tell(session, kind, f"{kind}:{wall.isoformat()}", message, wall)

    def stops(self, kind: str) -> list[datetime]:
        """When mail was stopped for this reason since it last went out."""
        with self._database.reading() as session:
            return sorted(incident.at for incident in open_incidents(session, [kind]))

    def resume(self, kind: str, wall: datetime) -> None:
        """Resolve the incidents of ``kind``: mail goes out again."""
        with self._database.writing() as session:
            over(session, kind, wall)


def _as_drafted(draft: Draft, now: Standing | None) -> bool:
    """Whether it waits as it did when the draft was written, and was to tell the same."""
    return now is not None and now.is_as(draft.mail, draft.tells)


def _record_unwritten(session: Session, draft: Draft, wall: datetime) -> None:
    mail = session.get_one(Mail, draft.id)
    mail.attempts += 1
    record_unwritten(session, mail, draft.error, wall)


def _take(
    session: Session, drafts: Sequence[tuple[Draft, Text]], now: Mapping[int, Standing], wall: datetime
) -> list[Claimed]:
    """Freeze and lease all of them by one statement."""
    until, refused, claimed, rows = wall + LEASE, refusals(session), list[Claimed](), list[dict[str, Any]]()
    for draft, written in drafts:
        text = written if written.to == draft.mail.address else _moved(session, draft, written)
        keep_receipt(session, draft.receipt)
        rows.append(_row(draft, text, until))
        claimed.append(
            Claimed(
                id=draft.id,
                attempt=draft.mail.attempts + 1,
                content=_content(text),
                files=_files(draft.mail),
                leased_until=until,
                course=draft.mail.course,
                refused=text.to in refused,
                unsure=now[draft.id].state == UNCERTAIN,
            )
        )
    if rows:
        session.connection().execute(TAKE, rows)
    return claimed


def _row(draft: Draft, text: Text, until: datetime) -> dict[str, Any]:
    """What `TAKE` needs of a mail."""
    return {
        "mail": draft.id,
        "attempt": draft.mail.attempts,
        "until": until,
        "tells": {"ids": text.told},
        "head": text.subject,
        "plain": text.text,
        "rich": text.html,
        "entries": text.calendar,
        "named": text.message_id,
    }


def _moved(session: Session, draft: Draft, text: Text) -> Text:
    """The text at the address that its reader has now."""
    mail = session.get_one(Mail, draft.id)
    follow_address(session, mail, text.to)
    session.flush()
    return replace(text, to=mail.address)


def _simply_taken(claimed: Claimed, answer: Answer) -> bool:
    return answer.verdict is Verdict.ACCEPTED and not claimed.refused


def _files(mail: Mail) -> dict[str, str]:
    return {shown_name(name, day_in(mail.slot)): blob for name, blob in mail.attachments.items()}


def _content(text: Text) -> Content:
    calendar = (Attachment(CALENDAR, CALENDAR_MIME, text.calendar.encode()),) if text.calendar else ()
    return Content(text.to, text.message_id, text.subject, text.text, text.html, calendar)


def content_of(mail: Mail) -> Content:
    """What was frozen of it; its calendar stands in the row, like its text."""
    return _content(text_of(mail))
