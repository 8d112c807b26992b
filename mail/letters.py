"""What a mail says, made from the facts at the moment it is first claimed; nothing owed, no letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, REVIEWER, AssignmentFacts
from mail.agenda import Agenda
from mail.digest import SOON, note_on, write_digest
from mail.escalation import SENT_BACK as SENT_BACK_STAGES
from mail.escalation import departments_of, in_hands_of, widest, write_escalation
from mail.more_time import Extensions, write_answer, write_request
from mail.parts import Group, Item, by_due, told
from mail.trial import write_test
from mail.withdrawal import TakenBack, write_withdrawal
from mail.wording import forewarning_subject
from models import Event, Mail, Notice
from models.addition import OPEN, requests
from models.addressees import Addressees, Held
from models.assignment import REMARKS
from models.database import among
from models.definition import changed_editions
from models.facts import every_assignment
from models.history import changes_of
from models.hold import holds_at
from models.notice import TEST
from models.question import questions
from models.rosters import rosters
from models.worklist import current_campaign, table_names
from plans.plan import Contacts, Schedule

ROSTER = "roster@"


@dataclass(frozen=True)
class Letter:
    """The content of a mail before it is rendered; ``template`` names the pair in templates/mail.

    ``told``: the notices that it really speaks of, where that may be fewer than it was queued for.
    """

    template: str
    to: str
    subject: str
    greeting: str
    lead: str
    groups: tuple[Group, ...]
    link: str
    contacts: Contacts
    campaign: str
    context: dict[str, object]
    calendar: str = ""
    audience: str = ""
    receipt: str = ""
    told: tuple[int, ...] | None = None

    @property
    def count(self) -> int:
        return sum(len(group.items) for group in self.groups)


class Desk:
    """Everything letters are written from, read once for a batch of mails."""

    def __init__(self, session: Session, schedule: Schedule, now: datetime, public_url: str) -> None:
        self.schedule = schedule
        self.rules = DeadlineRules(schedule)
        self.now = now
        self.newest = session.exec(select(func.max(col(Notice.id)))).one() or 0
        self.url = public_url.rstrip("/")
        self.facts = {each.id: each for each in every_assignment(session, closed=True)}
        self.names = table_names(session)
        self.waiting = _waiting(self.facts.values())
        self.addressees = Addressees(session, now)
        self.reasons = _reasons(session, self.facts.values())
        self.requests = requests(session, states=OPEN)
        self.taken_back = TakenBack(session)
        self.extensions = Extensions(session)
        self.questions = questions(session)
        self.definitions = changed_editions(session)
        self.holds = holds_at(session, now)
        campaign = current_campaign(session)
        self.rosters = {each.department: each for each in rosters(session, campaign.id or 0, now)}
        self.agenda = Agenda(
            session,
            self.rules,
            self.facts.values(),
            self.names,
            changes_of(session),
            self.rosters.values(),
            self.url,
        )

    def write(self, mail: Mail, notices: Sequence[Notice]) -> Letter | None:
        """The letter that this mail is to be; None where its addressee has left or nothing is owed."""
        own = self.addressees.roles_of(mail.person_id)
        held = self.addressees.roles_at(own[0].person.email if own else mail.address)
        return WRITERS[mail.kind](self, mail, notices, held) if held else None

    def item(self, facts: AssignmentFacts, note: str = "") -> Item:
        """The assignment as a thing to do for whoever holds it."""
        due = self.rules.calendar.local(self.rules.due_now(facts) or facts.effective)
        return Item(
            self.label(facts), facts.department, due, self.link(f"/assignments/{facts.id}"), note, facts.id
        )

    def label(self, facts: AssignmentFacts) -> str:
        """What its table is called."""
        return f"{facts.code} {self.names[facts.code]}"

    def letter(
        self,
        subject: str,
        held: Sequence[Held],
        lead: str,
        groups: Iterable[Group],
        template: str = "letter",
        calendar: str = "",
    ) -> Letter:
        """A letter to a person, with what every letter carries."""
        return Letter(
            template=template,
            to=held[0].person.email,
            subject=subject,
            greeting=f"{held[0].person.name}，您好：",
            lead=lead,
            groups=tuple(group for group in groups if group.items),
            link=self.link("/"),
            contacts=self.schedule.contacts,
            campaign=self.schedule.name,
            context={},
            calendar=calendar,
        )

    def named_rosters(self, notices: Sequence[Notice]) -> list[Item]:
        """The rosters that the notices speak of and that are still owed."""
        names = [each.subject.removeprefix(ROSTER) for each in notices if each.subject.startswith(ROSTER)]
        return list(self.roster_items(dict.fromkeys(names)))

    def roster_items(self, departments: Iterable[str]) -> Iterator[Item]:
        """The rosters that these departments still owe."""
        due = self.rules.calendar.local(self.schedule.roster_due)
        for name in departments:
            roster = self.rosters.get(name)
            if roster is not None and not roster.complete:
                missing = [
                    text
                    for named, text in ((roster.has_collector, "采集员"), (roster.has_reviewer, "审核员"))
                    if not named
                ]
                note = f"尚缺{'、'.join(missing)}"
                yield Item("报采集员、审核员名单", name, due, self.link("/people"), note)

    def link(self, path: str) -> str:
        """Where it is done; empty where the service has no public address."""
        return f"{self.url}{path}" if self.url else ""


def write_forewarning(
    desk: Desk, _mail: Mail, notices: Sequence[Notice], held: Sequence[Held]
) -> Letter | None:
    """To a department's head, hours before: what would be late."""
    audience = widest(notices)
    own = departments_of(audience, held)
    ahead = [each for each in _of_notices(desk, notices) if _still_ahead(desk, each, notices)]
    mine = [each for each in ahead if own is None or in_hands_of(each) in own]
    items = by_due([desk.item(each, note_on(desk, each)) for each in mine])
    items += tuple(item for item in desk.named_rosters(notices) if desk.now <= item.due)
    if not items:
        return None
    lead = "以下事项即将到期而尚未完成，请您过问："
    letter = desk.letter(forewarning_subject(items), held, lead, [Group(SOON, "即将到期", items)])
    return replace(letter, audience=audience, told=told(notices, items))


def write_report(desk: Desk, mail: Mail, _notices: Sequence[Notice], held: Sequence[Held]) -> Letter | None:
    """The late-submission report: its numbers are the body, its files are attached."""
    numbers = mail.context
    counted = f"应交 {numbers['due']}，按时提交 {numbers['on_time']}，目前逾期 {numbers['late']}"
    subject = f"【逾期报告】{numbers['at_text']}：{counted}"
    letter = desk.letter(subject, held, "", [], template="report")
    return Letter(**{**vars(letter), "context": dict(numbers), "link": desk.link("/reports")})


Writer = Callable[[Desk, Mail, Sequence[Notice], Sequence[Held]], Letter | None]
WRITERS: dict[str, Writer] = {
    "digest": write_digest,
    "forewarning": write_forewarning,
    "escalation": write_escalation,
    "report": write_report,
    "withdrawal": write_withdrawal,
    "extension-request": write_request,
    "extension-answer": write_answer,
    TEST: write_test,
}
"""Who writes each kind of mail."""


def _still_ahead(desk: Desk, facts: AssignmentFacts, notices: Sequence[Notice]) -> bool:
    """Whether what runs out is still the deadline that was to be told, and hasn't passed."""
    due = desk.rules.due_now(facts)
    wanted = {notice.deadline for notice in notices if notice.assignment_id == facts.id}
    return due is not None and desk.now <= due and due in wanted


def _of_notices(desk: Desk, notices: Sequence[Notice]) -> Iterator[AssignmentFacts]:
    for key in dict.fromkeys(notice.assignment_id for notice in notices):
        facts = desk.facts.get(key or 0)
        if facts is not None and facts.active and facts.holder in (COLLECTOR, REVIEWER):
            yield facts


def _waiting(
    facts: Iterable[AssignmentFacts],
) -> dict[tuple[str, str | None], list[tuple[int, AssignmentFacts]]]:
    """What is in whose hands, by role and department, each with its place in the plan."""
    found: dict[tuple[str, str | None], list[tuple[int, AssignmentFacts]]] = {}
    for place, each in enumerate(facts):
        if each.active and each.holder in (COLLECTOR, REVIEWER):
            found.setdefault((each.holder, in_hands_of(each)), []).append((place, each))
    return found


def _reasons(session: Session, facts: Iterable[AssignmentFacts]) -> dict[int, str]:
    """Why each assignment that was sent back was: the reason of its latest return or failed check."""
    sent_back = [each.id for each in facts if each.stage in SENT_BACK_STAGES]
    statement = (
        select(Event)
        .where(
            among(col(Event.assignment_id), sent_back),
            col(Event.to_stage).in_(SENT_BACK_STAGES),
            col(Event.verb).not_in(REMARKS),
        )
        .order_by(col(Event.id))
    )
    return {event.assignment_id: event.reason for event in session.exec(statement)}
