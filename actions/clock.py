"""The campaign's clock: wall time in a live installation, a moved one in rehearsal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, func, select

from models import ClockSetting, Mark, Stamp
from models.errors import Conflict, NotFound, Sentence, Unusable

LIVE = "live"
REHEARSAL = "rehearsal"
FASTEST = 3600.0
FARTHEST = timedelta(days=60)


def wall() -> datetime:
    """The real time, for leases, retries, sessions and Date headers."""
    return datetime.now(UTC)


def now(session: Session) -> datetime:
    """The campaign's time, for every rule."""
    setting = session.get(ClockSetting, 1)
    return wall() if setting is None else shown_at(setting, wall())


def shown_at(setting: ClockSetting, moment: datetime) -> datetime:
    """What the moved clock shows at the wall time ``moment``."""
    passed = max((moment - setting.wall).total_seconds(), 0.0)
    return setting.shown + timedelta(seconds=passed * setting.rate)


def mode(session: Session) -> str:
    """Whether the database is live or a rehearsal; live before it is stamped."""
    stamp = session.get(Stamp, 1)
    return stamp.mode if stamp else LIVE


def stamp(session: Session, wanted: str) -> None:
    """Stamp a new database; Conflict where it already is of the other kind."""
    found = session.get(Stamp, 1)
    if found is None:
        session.add(Stamp(mode=wanted, created_at=wall()))
    elif found.mode != wanted:
        raise Conflict(
            Sentence(
                "这个数据目录属于%(mode)s，不能用于%(wanted)s。", mode=_SAYS[found.mode], wanted=_SAYS[wanted]
            ),
            "请用 --data 指定另一个目录，演练数据与正式数据互不混用。",
        )


def start_rehearsal(session: Session, shown: datetime) -> None:
    """Stamp the database as a rehearsal and start its clock, or resume it where it was."""
    stamp(session, REHEARSAL)
    setting = session.get(ClockSetting, 1)
    if setting is None:
        session.add(ClockSetting(wall=wall(), shown=shown, rate=1.0))
    else:
        reached = session.exec(select(func.max(Mark.until))).one()
        _set(session, setting, max(setting.shown, reached or setting.shown), setting.rate)


def hold(session: Session) -> None:
    """Remember what the clock shows, so that the time while nothing runs doesn't count."""
    setting = session.get(ClockSetting, 1)
    if setting is not None:
        _set(session, setting, shown_at(setting, wall()), setting.rate)


def run_at(session: Session, rate: float) -> None:
    """Let the rehearsal's clock run ``rate`` times as fast as the wall's; 0 stops it."""
    if not 0 <= rate <= FASTEST:
        raise Unusable("演练时钟的速度应在 0 到 3600 之间。", "请选择一个较小的倍速；0 表示暂停。")
    setting = _setting(session)
    _set(session, setting, shown_at(setting, wall()), rate)


def jump(session: Session, to: datetime) -> None:
    """Move the rehearsal's clock forward to ``to``; what falls due on the way fires as after a pause."""
    setting = _setting(session)
    if to < shown_at(setting, wall()):
        raise Unusable("演练时钟只能向前。", "要回到过去，请用新的数据目录重新开始一次演练。")
    if to - shown_at(setting, wall()) > FARTHEST:
        raise Unusable("演练时钟一次最多前进 60 天。", "请分几次跳转，每次看一看发生了什么。")
    _set(session, setting, to, setting.rate)


def _setting(session: Session) -> ClockSetting:
    setting = session.get(ClockSetting, 1)
    if setting is None:
        raise NotFound("正式运行中没有演练时钟。", "演练请用 caiji serve --rehearse 启动。")
    return setting


def _set(session: Session, setting: ClockSetting, shown: datetime, rate: float) -> None:
    setting.wall, setting.shown, setting.rate = wall(), shown, rate
    session.add(setting)


_SAYS = {LIVE: Sentence("正式运行"), REHEARSAL: Sentence("演练")}
