"""Around every answer: the language, security headers, a limit on what is sent, and calm failures."""

from __future__ import annotations

import logging
import secrets
from http.cookies import CookieError, SimpleCookie

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from web import errors
from web.language import COOKIE, LANGUAGES, spoken

log = logging.getLogger("caiji.web")
OVERHEAD = 1_000_000
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Hardening:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._limit = settings.upload_megabytes * 1_000_000 + OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        spoken.set(self._language(Headers(scope=scope)))
        if self._settings.root_path:
            scope = {**scope, "root_path": self._settings.root_path}
        answer = _Answer(send, secure=self._settings.secure_cookies)
        try:
            await self._app(scope, self._limited(scope, receive), answer)
        except Exception:
            number = secrets.token_hex(4).upper()
            log.exception("incident %s: %s", number, errors.asked(Request(scope)))
            if answer.started:
                raise
            failure = await run_sync(errors.incident_page, Request(scope, receive), number)
            await failure(scope, receive, answer)

    def _language(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            morsel = None
        wanted = morsel.value if morsel else ""
        return wanted if wanted in LANGUAGES else self._settings.language

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        told = Headers(scope=scope).get("content-length", "0")
        received = int(told) if told.isdigit() else 0
        if received > self._limit:
            received = self._limit + 1
        counted = 0

        async def limited() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if max(counted, received) > self._limit:
                raise HTTPException(413)
            return message

        return limited


class _Answer:
    """Adds the headers when an answer starts; a page may have stricter ones of its own."""

    def __init__(self, send: Send, *, secure: bool) -> None:
        self._send = send
        self._secure = secure
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._secure:
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await self._send(message)
