"""The pages' server: before it stops, uploads are turned away with a sentence instead of being cut off."""

from __future__ import annotations

import socket

import uvicorn

from web.site import Site


class Pages(uvicorn.Server):
    """A request cut off in a thread may leave its transaction open, and with it the write lock taken."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._site.turn_away()
        await super().shutdown(sockets)
