"""收件箱: what the mail catcher has caught, where no real mail server is used."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlmodel import col, select

from mail.catcher import Caught, attachment, mailbox, message
from models import Post
from models.errors import NotFound
from web.deps import Reading
from web.language import gettext as _
from web.pages.files import attached, framed
from web.rendering import page
from web.rules import OFFICE
from web.site import CurrentSite, Site

router = APIRouter(include_in_schema=False)
SHOWN, POSTS = 200, 20


@router.get("/mailbox", dependencies=[OFFICE], name="mailbox")
def caught(request: Request, site: CurrentSite, session: Reading, to: str = "") -> Response:
    mails = mailbox(site.data, to, SHOWN)
    posts = session.exec(select(Post).order_by(col(Post.id).desc()).limit(POSTS)).all()
    return page(request, "mailbox.html", mails=mails, posts=posts, to=to, shown=SHOWN)


@router.get("/mailbox/{name}", dependencies=[OFFICE], name="mail")
def mail(request: Request, site: CurrentSite, name: str) -> Response:
    return page(request, "mail.html", mail=_find(site, name))


@router.get("/mailbox/{name}/html", dependencies=[OFFICE], name="mail_html")
def mail_html(site: CurrentSite, name: str) -> Response:
    return framed(_find(site, name).html)


@router.get("/mailbox/{name}/files/{filename}", dependencies=[OFFICE], name="mail_file")
def mail_file(site: CurrentSite, name: str, filename: str) -> Response:
    content = attachment(site.data, name, filename)
    if content is None:
        raise NotFound(_("没有这个附件。"), _("请从“收件箱”重新打开邮件。"))
    return attached(content, filename, "application/octet-stream")


def _find(site: Site, name: str) -> Caught:
    found = message(site.data, name)
    if found is None:
        raise NotFound(_("没有这封邮件。"), _("请从“收件箱”重新打开。"))
    return found
