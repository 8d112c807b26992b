"""Which server the settings send mail to."""

from __future__ import annotations

from mail import catcher
from mail.line import Server
from settings import Settings


def server_of(settings: Settings, *, rehearsal: bool) -> Server | None:
    """A rehearsal's mail goes to the catcher whatever the settings say; so does mail without a server.  None
    before the catcher first ran."""
    port = catcher.port_of(settings.data)
    if rehearsal or not settings.smtp_host:
        return Server(catcher.HOST, port) if port is not None else None
    if (settings.smtp_host, settings.smtp_port) == (catcher.HOST, port):
        return Server(catcher.HOST, settings.smtp_port)
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
    )


def is_catcher(settings: Settings, server: Server) -> bool:
    """Whether this is the catcher, which takes mail as fast as it comes."""
    return (server.host, server.port) == (catcher.HOST, catcher.port_of(settings.data))
