"""The rungs of the reminder and escalation ladders, as `schedule.yaml` writes them."""

from __future__ import annotations

from plans.plan import Rule
from plans.sentence import Sentence
from plans.yaml_section import CLOCK, TEXT, Section, whole, word_of

KINDS = ("roster-reminder", "reminder", "overdue", "forewarning", "escalation", "report", "announcement")
AUDIENCES = ("collector", "reviewer", "head", "leader", "leaders", "office", "everyone", "chat")
ANNOUNCEMENT, CHAT = "announcement", "chat"
EVENTS = ("issue", "deadline")
ATTACHED = ("circular",)
EXAMPLE = '{id: three-days-before, kind: reminder, audience: collector, days: -3, at: "08:30"}'


def read_ladder(section: Section, key: str) -> tuple[Rule, ...]:
    """The rules under ``key``; wrong ones are noted and left out."""
    rules = [_rule(entry) for entry in section.sections(key, EXAMPLE)]
    return tuple(rule for rule in rules if rule is not None)


def _rule(entry: Section) -> Rule | None:
    noted = len(entry.problems.found)
    rule = Rule(
        id=entry.required("id", TEXT, ""),
        kind=entry.required("kind", word_of(*KINDS), ""),
        audience=entry.required("audience", word_of(*AUDIENCES), ""),
        days=entry.optional("days", whole(example=-3)),
        hours=entry.optional("hours", whole(example=-4)),
        on=entry.optional("on", word_of(*EVENTS)),
        every=entry.optional("every", whole(least=1, example=1)),
        at=entry.optional("at", CLOCK),
        attach=entry.optional("attach", word_of(*ATTACHED)),
    )
    entry.finish()
    if len(entry.problems.found) == noted:
        _note_moment(entry, rule)
        _note_audience(entry, rule)
    return rule if len(entry.problems.found) == noted else None


def _note_moment(entry: Section, rule: Rule) -> None:
    """A rung hangs on exactly one moment; one counted in working days needs its time of day."""
    moments = [name for name in ("days", "hours", "on") if getattr(rule, name) is not None]
    if len(moments) != 1:
        message = Sentence("days、hours、on 三个键要写且只写一个，提醒才有确定的时间")
        entry.note("bad-value", entry.line, "days", message, EXAMPLE)
    elif rule.every is not None and rule.days is None:
        message = Sentence("every（每隔几个工作日）只能和 days 一起写")
        entry.note("bad-value", entry.line_of("every"), "every", message, "days: 1, every: 1")
    elif rule.attach is not None and rule.kind != "escalation":
        message = Sentence("attach（附通报草稿）只能写在 kind: escalation 的规则里")
        entry.note("bad-value", entry.line_of("attach"), "attach", message, "kind: escalation")
    elif rule.days is not None and rule.at is None:
        entry.note(
            "missing-key", entry.line, "at", Sentence("按工作日数的提醒要写几点发出"), f"at: {CLOCK.example}"
        )


def _note_audience(entry: Section, rule: Rule) -> None:
    """Announcements go to the chat groups, and nothing else does."""
    if (rule.kind == ANNOUNCEMENT) != (rule.audience == CHAT):
        message = Sentence("kind: announcement（群公告）和 audience: chat（群）只能一起写")
        example = f'{{id: group-daily, kind: {ANNOUNCEMENT}, audience: {CHAT}, days: -1, at: "09:00"}}'
        entry.note("bad-value", entry.line_of("audience"), "audience", message, example)


def note_repeated_ids(section: Section, ladders: dict[str, tuple[Rule, ...]]) -> None:
    """Every rule's id is its own: what was sent is remembered by it."""
    seen: set[str] = set()
    for key, rules in ladders.items():
        for rule in rules:
            if rule.id in seen:
                message = Sentence("规则编号 %(id)s 用了两次，请改成各不相同的编号", id=rule.id)
                section.note("duplicate-rule", section.line_of(key), key, message, f"id: {rule.id}-2")
            seen.add(rule.id)
