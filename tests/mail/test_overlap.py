"""While a mail is settled the next is announced; never is more than one on a connection unsettled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event

import pytest

from mail.delivery import Route
from mail.drafting import Batch, Kept
from mail.leasing import LEASE, Claimed, reclaim
from mail.verdicts import Answer, Verdict
from tests.mail.campaign_mail import SENDER, PostOffice
from tests.mail.mail_server import Post

TAKEN, BUSY = Answer(Verdict.ACCEPTED, "250 ok"), Answer(Verdict.LATER, "450 busy")
Answers = Sequence[tuple[Claimed, Answer]]


def instead(office: PostOffice, monkeypatch: pytest.MonkeyPatch, before: Callable[[Answers], None]) -> None:
    """Do this each time before answers are settled."""
    settle = office.outbox.settle

    def both(answers: Answers, wall: datetime) -> None:
        before(answers)
        settle(answers, wall)

    monkeypatch.setattr(office.outbox, "settle", both)


@pytest.mark.both
@pytest.mark.parametrize("senders", [1, 3])
def test_no_text_goes_before_the_last_mail_is_settled(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch, senders: int
) -> None:
    """However long that takes: what has arrived and isn't settled is one mail a connection."""
    unsettled = []

    def slow(_answers: Answers) -> None:
        Event().wait(0.02)
        unsettled.append(len(post.times) - office.states()["sent"])

    instead(office, monkeypatch, slow)
    assert office.deliver(post.server, senders) == 12
    assert max(unsettled) <= senders


def test_a_commit_that_fails_is_made_once_more(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError("locked")]

    def fails_once(_answers: Answers) -> None:
        if failures:
            raise failures.pop()

    instead(office, monkeypatch, fails_once)
    assert office.deliver(post.server) == 12
    assert (office.states(), set(post.times.values())) == ({"sent": 12}, {1})


@pytest.mark.both
@pytest.mark.parametrize("senders", [1, 4])
def test_where_nothing_can_be_settled_only_what_arrived_stays_leased(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch, senders: int
) -> None:
    def fails(_answers: Answers) -> None:
        raise OSError("locked")

    instead(office, monkeypatch, fails)
    with pytest.raises(OSError, match="locked"):
        office.deliver(post.server, senders)
    assert 1 <= len(post.times) <= senders
    assert office.states() == {"leased": len(post.times), "queued": 12 - len(post.times)}


def test_an_answer_is_kept_where_the_commit_before_it_fails(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second mail is refused: nothing asks for the first one's commit before that answer has come."""
    failures = [OSError("locked"), OSError("locked")]

    def fails_twice(_answers: Answers) -> None:
        post.faults = ["550 no such user"]
        if failures:
            raise failures.pop()

    instead(office, monkeypatch, fails_twice)
    with pytest.raises(OSError, match="locked"):
        office.deliver(post.server, senders=1)
    assert (office.mails()[1].state, office.states()) == ("failed", {"leased": 1, "failed": 1, "queued": 10})


def test_a_run_without_a_turn_left_claims_no_more(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, calls = office.outbox.draft_meanwhile, list[int]()

    async def counted(wall: datetime, limit: int, kept: Kept) -> Batch | None:
        calls.append(limit)
        return await draft(wall, limit, kept)

    monkeypatch.setattr(office.outbox, "draft_meanwhile", counted)
    assert office.delivery.run(Route(post.server, SENDER, 2, 1), seconds=5) == 1
    assert (office.states(), len(calls) <= 4) == ({"sent": 1, "queued": 11}, True)
    assert office.delivery.run(Route(post.server, SENDER, 2, 1), seconds=5) == 0


def test_an_answer_is_settled_where_no_more_can_be_claimed(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two senders, so that the answer waits a moment for another when the claim fails."""
    draft, calls = office.outbox.draft_meanwhile, list[int]()

    async def fails_later(wall: datetime, limit: int, kept: Kept) -> Batch | None:
        calls.append(limit)
        if len(calls) > 1:
            while not post.times:
                await asyncio.sleep(0.001)
            raise OSError("locked")
        return await draft(wall, 1, kept)

    monkeypatch.setattr(office.outbox, "draft_meanwhile", fails_later)
    with pytest.raises(OSError, match="locked"):
        office.deliver(post.server, senders=2)
    assert (office.states(), set(post.times.values())) == ({"sent": 1, "queued": 11}, {1})


def test_a_lease_that_runs_out_meanwhile_hands_nothing_over(
    office: PostOffice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another sender has the mails by then."""

    def long(_answers: Answers) -> None:
        office.wall += 2 * LEASE
        assert len(office.outbox.claim(office.wall, 100)) == 12

    instead(office, monkeypatch, long)
    office.deliver(post.server, senders=1)
    assert (sum(post.times.values()), office.states()) == (1, {"leased": 12})


@pytest.mark.both
def test_an_answer_after_the_lease_counts_where_nobody_else_has_tried(office: PostOffice) -> None:
    first, second = office.outbox.claim(office.wall, 2)
    with office.database.writing() as session:
        reclaim(session, office.wall + 2 * LEASE)
    [again] = office.outbox.claim(office.wall, 1)
    office.outbox.settle([(first, TAKEN), (second, BUSY)], office.wall)
    assert (again.id, [mail.state for mail in office.mails()][:2]) == (first.id, ["leased", "queued"])
    office.outbox.settle([(again, TAKEN)], office.wall)
    assert office.mails()[0].state == "sent"
