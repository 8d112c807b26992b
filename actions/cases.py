"""Typical cases: a collector hands one in for his department, the office takes it in or sends it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_in_force
from actions.who import Who, demand_office, sight
from models import Department, TypicalCase
from models.errors import Conflict, NotFound, Refused, Sentence, Unusable
from models.typical_case import HANDED, OPEN, REPLACED, RETURNED, TAKEN, THERE, WITHDRAWN, Case, case, move
from models.worklist import current_campaign, departments_in_plan
from plans.visible import visible

LONGEST_TITLE, LONGEST_TEXT = 100, 20_000


@dataclass(frozen=True)
class Written:
    """What a department hands in; ``blob`` names a stored file, called ``filename``."""

    department_id: int
    theme: str
    title: str
    text: str = ""
    blob: str | None = None
    filename: str = ""


def hand_in(
    session: Session,
    who: Who,
    written: Written,
    now: datetime,
    *,
    replaces: int | None = None,
    keep_file: bool = False,
) -> TypicalCase:
    """Hand in a case, in the place of another where ``replaces`` names it (``keep_file``: with its file, if
    no new one is sent); the same case handed in twice is one."""
    demand_collector(who, written.department_id)
    older = _replaceable(session, who, replaces) if replaces else None
    made = _made(session, who, written, now, older, keep_file=keep_file)
    _demand_whole(session, made)
    same = _same(session, made)
    if same is not None:
        return same
    if older is not None:
        _demand_moved(move(session, older, OPEN, REPLACED, decided_by=who.id, decided_at=now), older)
        made.replaces_id = older.id
    session.add(made)
    session.flush()
    return made


def withdraw(session: Session, who: Who, case_id: int, now: datetime) -> TypicalCase:
    """Take a case back that the office has not taken in."""
    found = seen_case(session, who, case_id).case
    demand_collector(who, found.department_id)
    _demand_moved(move(session, found, OPEN, WITHDRAWN, decided_by=who.id, decided_at=now), found)
    return found


def take_in(session: Session, who: Who, case_id: int, now: datetime) -> TypicalCase:
    """The office takes the case in: the department cannot change it any more."""
    demand_office(who)
    found = seen_case(session, who, case_id).case
    taken = move(session, found, (HANDED,), TAKEN, decided_by=who.id, decided_at=now, reason="")
    _demand_moved(taken, found)
    return found


def send_back(session: Session, who: Who, case_id: int, reason: str, now: datetime) -> TypicalCase:
    """The office sends the case back, taken in already or not; the department reads the reason."""
    demand_office(who)
    if not reason.strip():
        raise Unusable("没有写退回的原因。", "请写明要改什么，报送的部门会看到。")
    found = seen_case(session, who, case_id).case
    facts = {"decided_by": who.id, "decided_at": now, "reason": reason.strip()}
    _demand_moved(move(session, found, THERE, RETURNED, **facts), found)
    return found


def seen_case(session: Session, who: Who, case_id: int) -> Case:
    """The case, where this person may see it: of his department, or any for whoever sees all."""
    found, mine = case(session, case_id), sight(who)
    if found is None or not (mine is None or found.case.department_id in mine):
        raise NotFound("没有这篇典型案例。", "它可能属于其他部门；请从“典型案例”页面进入。")
    return found


def changeable(who: Who, found: TypicalCase) -> bool:
    """Whether this person may replace it or take it back."""
    return found.state in OPEN and found.department_id in who.departments("collector")


def departments_of(session: Session, who: Who, *, collecting: bool = False) -> Sequence[Department]:
    """The departments of the plan whose cases this person sees, or hands in; in its order."""
    mine = who.departments("collector") if collecting else sight(who)
    return [each for each in departments_in_plan(session) if mine is None or each.id in mine]


def demand_collector(who: Who, department_id: int | None = None) -> None:
    """Refused to whoever does not collect for this department, or for none where none is named."""
    mine = who.departments("collector")
    if department_id not in mine if department_id is not None else not mine:
        raise Refused("只有本部门的采集员可以报送典型案例。", "如需代报，请质量部在“人员”中授予采集员权限。")


def _replaceable(session: Session, who: Who, case_id: int) -> TypicalCase:
    found = seen_case(session, who, case_id).case
    demand_collector(who, found.department_id)
    _demand_moved(found.state in OPEN, found)
    return found


def _made(
    session: Session,
    who: Who,
    written: Written,
    now: datetime,
    former: TypicalCase | None,
    *,
    keep_file: bool,
) -> TypicalCase:
    file = (written.blob, written.filename)
    if former is not None and keep_file and written.blob is None:
        file = (former.blob, former.filename)
    return TypicalCase(
        campaign_id=current_campaign(session).id or 0,
        department_id=former.department_id if former else written.department_id,
        theme=written.theme,
        title=" ".join(filter(None, map(visible, written.title.split()))),
        text="\n".join(visible(line).rstrip() for line in written.text.splitlines()).strip(),
        blob=file[0],
        filename=file[1],
        handed_by=who.id,
        handed_at=now,
    )


def _demand_whole(session: Session, made: TypicalCase) -> None:
    _demand_in_plan(session, made.department_id)
    themes = plan_in_force(session).schedule.case_themes
    if made.theme not in themes:
        raise Unusable("没有选择主题。", "请从列出的主题中选一个。")
    if not made.title:
        raise Unusable("没有写标题。", "请写上案例的标题。")
    if len(made.title) > LONGEST_TITLE:
        raise Unusable(
            Sentence("标题有 %(length)s 个字，太长了。", length=len(made.title)),
            Sentence("请缩短到 %(most)s 个字以内。", most=LONGEST_TITLE),
        )
    if not made.text and made.blob is None:
        raise Unusable("没有正文，也没有文件。", "请写上案例的正文，或选择一份 .docx 或 .pdf 文件。")
    if len(made.text) > LONGEST_TEXT:
        raise Unusable(
            Sentence("正文有 %(length)s 个字，太长了。", length=len(made.text)),
            Sentence("请缩短到 %(most)s 个字以内，或改为上传 .docx 文件。", most=LONGEST_TEXT),
        )


def _demand_in_plan(session: Session, department_id: int) -> None:
    found = session.get_one(Department, department_id)
    if found.closed:
        raise Conflict(
            Sentence("“%(department)s”已不在采集计划中，不能再报送典型案例。", department=found.name),
            "请刷新页面，为计划中的部门报送；如有疑问，请联系质量部。",
        )


def _same(session: Session, made: TypicalCase) -> TypicalCase | None:
    """The one that stands already and says the same: a button pressed twice."""
    return session.exec(
        select(TypicalCase).where(
            TypicalCase.department_id == made.department_id,
            TypicalCase.theme == made.theme,
            TypicalCase.title == made.title,
            TypicalCase.text == made.text,
            col(TypicalCase.blob).is_not_distinct_from(made.blob),
            col(TypicalCase.state).in_(THERE),
        )
    ).first()


def _demand_moved(moved: bool, found: TypicalCase) -> None:
    if not moved:
        raise Conflict(*_WHY[found.state])


_WHY = {
    HANDED: ("这篇案例还在等质量部收下。", "请刷新页面后再试。"),
    TAKEN: ("质量部已经收下这篇案例，不能再改动。", "如确需修改，请质量部先把它退回。"),
    RETURNED: ("这篇案例已经退回。", "请等部门重新报送。"),
    REPLACED: ("这篇案例已换成新的一稿。", "请从“典型案例”页面打开最新的一稿。"),
    WITHDRAWN: ("这篇案例已经撤回。", "请从“典型案例”页面查看现有的案例。"),
}
