"""Speaks to the application in this process, one event loop a client, as a browser would."""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class _InProcess(httpx.BaseTransport):
    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=("10.0.0.9", 5000))
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._inner.handle_async_request(sent)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)

    def close(self) -> None:
        self._runner.close()


class Browser(httpx.Client):
    """Follows redirects, keeps cookies, and repeats the page's token as its forms do."""

    def __init__(self, app: FastAPI, base_url: str = "http://caiji.test") -> None:
        super().__init__(transport=_InProcess(app), base_url=base_url, follow_redirects=True)
        self.app = app

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        super().__exit__(kind, error, trace)

    def token(self, path: str = "/sign-in") -> str:
        """The token that the page of this browser's session carries."""
        found = TOKEN.search(self.get(path).text)
        assert found is not None
        return found[1]

    def form(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Post a form as the page would."""
        return self.post(path, data={"csrf": self.token()} | (data or {}), **more)
