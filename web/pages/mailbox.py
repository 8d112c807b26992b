"""收件箱: what the mail catcher has caught, where no real mail server is used; his own for everybody, all for
the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from actions.who import Who
from mail.catcher import Caught, Heading, attachment, mailbox, message
from models import Mail, Person, Post
from models.errors import NotFound
from web.deps import Me, Reading
from web.language import gettext as _
from web.pages.files import attached, framed
from web.rendering import page
from web.rules import SIGNED_IN
from web.site import CurrentSite, Site

router = APIRouter(include_in_schema=False)
SHOWN, POSTS = 200, 20


@router.get("/mailbox", dependencies=[SIGNED_IN], name="mailbox")
def caught(request: Request, site: CurrentSite, me: Me, session: Reading, to: str = "") -> Response:
    mails = mailbox(site.data, to if me.office else "", SHOWN, own=_own(session, me))
    posts = session.exec(select(Post).order_by(col(Post.id).desc()).limit(POSTS)).all() if me.office else []
    moments = _moments(session, mails)
    return page(request, "mailbox.html", mails=mails, posts=posts, to=to, shown=SHOWN, moments=moments)


@router.get("/mailbox/{name}", dependencies=[SIGNED_IN], name="mail")
def mail(request: Request, site: CurrentSite, me: Me, session: Reading, name: str) -> Response:
    found = _find(site, session, me, name)
    return page(request, "mail.html", mail=found, moments=_moments(session, [found]))


@router.get("/mailbox/{name}/html", dependencies=[SIGNED_IN], name="mail_html")
def mail_html(site: CurrentSite, me: Me, session: Reading, name: str) -> Response:
    return framed(_find(site, session, me, name).html)


@router.get("/mailbox/{name}/files/{filename}", dependencies=[SIGNED_IN], name="mail_file")
def mail_file(site: CurrentSite, me: Me, session: Reading, name: str, filename: str) -> Response:
    content = attachment(site.data, _find(site, session, me, name).name, filename)
    if content is None:
        raise NotFound(_("没有这个附件。"), _("请从“收件箱”重新打开邮件。"))
    return attached(content, filename, "application/octet-stream")


def _own(session: Session, me: Who) -> str | None:
    """The address whose mail this person may read; None for the office, which reads everybody's."""
    return None if me.office else session.get_one(Person, me.id).email


def _find(site: Site, session: Session, me: Who, name: str) -> Caught:
    found = message(site.data, name, _own(session, me))
    if found is None:
        raise NotFound(_("没有这封邮件。"), _("请从“收件箱”重新打开。"))
    return found


def _moments(session: Session, mails: Iterable[Heading]) -> dict[str, datetime]:
    """When, by the campaign's clock, each mail was queued, by its Message-ID."""
    ids = [each.message_id for each in mails]
    known = select(Mail.message_id, Mail.created_at).where(col(Mail.message_id).in_(ids))
    return dict(session.exec(known).all())
