"""Addresses that the mail server has refused: known until a mail goes through or nobody has them any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.incidents import ADDRESS_REFUSED, over, tell
from models.person import Person
from models.types import instant
from plans.sentence import Sentence


class Refusal(SQLModel, table=True):
    """An address, and the server's sentence when it last refused it, at wall time."""

    address: str = Field(primary_key=True)
    at: datetime = instant()
    answer: str


def refusals(session: Session, addresses: Iterable[str] | None = None) -> dict[str, Refusal]:
    """The refused addresses with what the server said; of the given ones where any are named."""
    statement = select(Refusal)
    if addresses is not None:
        statement = statement.where(col(Refusal.address).in_(list(addresses)))
    return {found.address: found for found in session.exec(statement)}


def note_refusal(session: Session, address: str, answer: str, wall: datetime) -> None:
    """Remember what the server said of the address, and tell the office whom to correct."""
    session.merge(Refusal(address=address, at=wall, answer=answer))
    people = session.exec(select(Person.name).where(Person.email == address).order_by(col(Person.staff_no)))
    names = "、".join(people) or Sentence("（已无人使用）")
    message = Sentence(
        "邮件服务器不接受 %(names)s 的邮箱 %(address)s：%(answer)s。"
        "请向本人核对，在“人员”中改正；改正前每天的提醒仍会照发一次。",
        names=names,
        address=address,
        answer=answer,
    )
    tell(session, ADDRESS_REFUSED, incident_subject(address), message, wall)


def clear_refusal(session: Session, address: str, wall: datetime) -> None:
    """A mail went through to the address, or nobody has it any more: what was told of it is over."""
    session.exec(delete(Refusal).where(col(Refusal.address) == address))
    over(session, ADDRESS_REFUSED, wall, incident_subject(address))


def clear_unused(session: Session, wall: datetime) -> None:
    """Forget the refused addresses that no active person has."""
    used = select(Person.email).where(col(Person.active))
    for address in session.exec(select(Refusal.address).where(col(Refusal.address).not_in(used))).all():
        clear_refusal(session, address, wall)


def incident_subject(address: str) -> str:
    """The subject of the incident about a refused address."""
    return f"address:{address}"
