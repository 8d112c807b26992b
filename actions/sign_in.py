"""Signing in and out: passwords are guessed slowly, sessions live on the server, links work once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from models import AccessToken, ActivationLink, FailedSignIn, Person, SignIn
from models.digest import digest
from models.errors import NotFound, Refused, Sentence, TooMany, Unusable

WINDOW = timedelta(hours=1)
"""How long a failed guess counts."""
GRACE = timedelta(days=7)
"""How long after its end a session still tells whose it was."""
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
EVERYBODYS = (
    *("01234567890", "1234567890", "123456789", "12345678", "1234567", "123456", "12345", "1234", "123"),
    *("9876543210", "987654321", "87654321", "654321", "54321", "321", "abcdefghij", "abcdefg", "abc"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "asdf", "zxcvbnm", "1qaz2wsx", "qazwsx"),
    *("password", "passw0rd", "passwd", "administrator", "admin", "welcome", "iloveyou", "caiji"),
)
"""What everybody tries first, the longer before what it contains."""


@dataclass(frozen=True)
class Limit:
    """After ``free`` failures within an hour each further one doubles the wait, up to ``longest`` seconds."""

    free: int
    longest: int


LIMITS = {"pair": Limit(5, 900), "staff": Limit(20, 60), "address": Limit(50, 300)}


def demand_patience(session: Session, staff_no: str, address: str, wall: datetime) -> None:
    """TooMany while too many guesses have failed; the wait is bounded, so nobody is locked out for good."""
    wait = max(_wait(session, kind, key, wall) for kind, key in _keys(staff_no, address).items())
    if wait > 0:
        raise TooMany(
            Sentence("密码连续输错多次，请在 %(wait)s 秒后再试。", wait=wait),
            "如忘记密码，请联系质量部重新获取激活链接。",
            seconds=wait,
        )


def password_hash_of(session: Session, staff_no: str) -> tuple[int | None, str]:
    """The person of this staff number and the password's hash; (None, '') where there is none."""
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).first()
    return (person.id, person.password_hash) if person else (None, "")


def known_elsewhere(session: Session, staff_no: str) -> int:
    """The person whom a provider has proved to be this staff number; Refused where there is none."""
    person = session.exec(select(Person).where(Person.staff_no == staff_no)).first()
    if person is None or person.id is None:
        raise Refused(
            Sentence("本系统的人员里没有工号 %(staff_no)s。", staff_no=staff_no),
            "请联系质量部把您加入人员；也可能是身份认证平台给出的不是工号，请管理员核对 CAIJI_OIDC_CLAIM。",
        )
    return person.id


def note_failure(session: Session, staff_no: str, address: str, wall: datetime) -> None:
    """Count a failed guess."""
    for key in _keys(staff_no, address).values():
        session.add(FailedSignIn(key=key, at=wall))


def sign_in(session: Session, person_id: int, wall: datetime, hours: int) -> str:
    """Open a session for the person, good for ``hours``; returns the secret that the cookie holds.

    Refused for one who has left: he has proved who he is, so he may know.
    """
    person = session.get_one(Person, person_id)
    if not person.active:
        raise Refused("这个账号已登记为离任/离校，不能再登录。", "如仍在岗，请联系质量部重新授予角色。")
    pattern = _keys(person.staff_no, "%")["pair"]
    session.exec(delete(FailedSignIn).where(col(FailedSignIn.key).like(pattern)))
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        secret_hash=digest(secret),
        person_id=person_id,
        csrf=secrets.token_urlsafe(24),
        created_at=wall,
        expires_at=wall + timedelta(hours=hours),
    )
    session.add(row)
    return secret


def sign_out(session: Session, secret: str) -> None:
    """End the session of this secret; nothing happens where there is none."""
    session.exec(delete(SignIn).where(col(SignIn.secret_hash) == digest(secret)))


def session_of(session: Session, secret: str) -> SignIn | None:
    """The session of this secret, ended or not."""
    return session.get(SignIn, digest(secret))


def bearer_of(session: Session, secret: str) -> int | None:
    """The person whose API token this is."""
    token = session.get(AccessToken, digest(secret))
    return token.person_id if token else None


def link_owner(session: Session, secret: str, wall: datetime) -> Person:
    """Whose account the one-time link activates; NotFound where it is unknown, used or too old."""
    link = session.get(ActivationLink, digest(secret))
    if link is None or not link.usable(wall):
        raise NotFound(
            "这个激活链接已失效或已使用过。",
            "已经设置过密码的，请直接登录；没有的，请联系质量部重新生成激活链接。",
        )
    return session.get_one(Person, link.person_id)


def demand_good_password(password: str, again: str, staff_no: str) -> None:
    """Unusable for a password that is short, long, the staff number, or typed differently twice."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Unusable(
            Sentence("密码至少需要 %(least)s 个字符。", least=SHORTEST_PASSWORD),
            "可以用一句容易记住的话，长比复杂更安全。",
        )
    if _guessable(password.lower(), staff_no.lower()):
        raise Unusable(
            "这个密码太容易被猜到。", "请不要包含工号，也不要用连续或重复的字符、password 这样的词。"
        )
    if password != again:
        raise Unusable("两次输入的密码不一致。", "请重新输入，两次保持相同。")


def activate(session: Session, secret: str, password_hash: str, wall: datetime) -> int:
    """Set the password by a one-time link; the link is used up and every earlier session ends."""
    person = link_owner(session, secret, wall)
    link = session.get_one(ActivationLink, digest(secret))
    link.used_at = wall
    person.password_hash = password_hash
    session.add_all([link, person])
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person.id))
    return person.id or 0


def _guessable(password: str, staff_no: str) -> bool:
    """Whether it names the staff number, repeats a few characters, or is little beside what all try first."""
    left = password
    for word in EVERYBODYS:
        left = left.replace(word, "")
    return staff_no in password or len(set(password)) < 4 or len(left) <= 5


def _keys(staff_no: str, address: str) -> dict[str, str]:
    who = staff_no.lower()
    return {"pair": f"pair:{who}@{address}", "staff": f"staff:{who}", "address": f"address:{address}"}


def _wait(session: Session, kind: str, key: str, wall: datetime) -> int:
    statement = select(func.count(), func.max(FailedSignIn.at)).where(
        FailedSignIn.key == key, col(FailedSignIn.at) > wall - WINDOW
    )
    failures, last = session.exec(statement).one()
    limit = LIMITS[kind]
    if failures < limit.free:
        return 0
    delay = min(limit.longest, 2 ** min(failures - limit.free, 20))
    return max(0, int(delay - (wall - last).total_seconds()) + 1) if last else 0
