"""The forecast at a moment, from what was known then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from actions.record import Known
from deadlines.effective import DeadlineRules
from deadlines.facts import COLLECTOR, REVIEWER
from deadlines.forecast import Forecast, Outlook, Span, latest
from deadlines.pace import Group, group_of, paces, whole
from deadlines.risk import HARDLY, Risk
from models.prospect import AtRisk, Prospect, TableEnd
from plans.plan import REVIEWED


def prospect(
    seen: Sequence[Known], rules: DeadlineRules, at: datetime, order: Callable[[str], int]
) -> Prospect:
    """When everything will be through at the pace so far, and what is likely to miss its deadline; the
    departments in ``order``."""
    forecast = Forecast(rules, at)
    known = paces((each.facts for each in seen), forecast.window.since)
    outlooks = forecast.all(known)
    local = rules.calendar.local
    return Prospect(
        whole=forecast.of(whole(known.values())),
        groups=tuple(
            (replace(group, deadline=local(group.deadline)), outlook)
            for group, outlook in sorted(
                outlooks.items(), key=lambda each: (order(each[0].department), each[0].deadline)
            )
            if outlook.pace.open
        ),
        tables=_tables(seen, outlooks),
        at_risk=tuple(sorted(_at_risk(seen, outlooks, rules), key=lambda each: _place(each, order))),
        undecided=tuple(forecast.undecided(known)),
    )


def _place(each: AtRisk, order: Callable[[str], int]) -> tuple[bool, datetime, int]:
    """The surest first."""
    return each.risk.level != HARDLY, each.deadline, order(each.department)


def _tables(seen: Sequence[Known], outlooks: Mapping[Group, Outlook]) -> tuple[TableEnd, ...]:
    """A table ends when the last of the departments that still owe it has finished what it owes."""
    spans: dict[tuple[str, str], list[Span | None]] = defaultdict(list)
    for each in seen:
        if each.facts.holder in (COLLECTOR, REVIEWER):
            spans[each.table.code, each.table.name].append(outlooks[group_of(each.facts)].done)
    ends = ((code, name, len(found), latest(found)) for (code, name), found in spans.items())
    return tuple(TableEnd(code, name, number, done) for code, name, number, done in ends if done)


def _at_risk(seen: Sequence[Known], outlooks: Mapping[Group, Outlook], rules: DeadlineRules) -> list[AtRisk]:
    found = []
    for each in seen:
        facts, risk = each.facts, outlooks[group_of(each.facts)].risk
        waiting = facts.holder == REVIEWER and facts.due_stage == REVIEWED
        if risk and (facts.holder == COLLECTOR or waiting):
            found.append(_named(each, rules, risk))
    return found


def _named(each: Known, rules: DeadlineRules, risk: Risk) -> AtRisk:
    facts, local = each.facts, rules.calendar.local
    since = facts.collected_at if facts.holder == REVIEWER else facts.sent_back_at
    return AtRisk(
        id=facts.id,
        table=facts.code,
        name=each.table.name,
        department=facts.department,
        deadline=local(facts.effective),
        stage=facts.stage,
        since=local(since) if since else None,
        risk=risk,
    )
