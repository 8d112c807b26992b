"""A mail server as a process of its own, that writes down each mail in a line before it accepts it.

``python -m tests.soak.sink FOLDER [PORT]``: its port stands in ``FOLDER/port``, mails in ``FOLDER/arrived``.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from mail.catcher import TakesGroups

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE)


class Arrivals(TakesGroups):
    """Message-ID and addressee of each mail."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = MESSAGE_ID.search(envelope.content)
        assert found is not None
        self._file.write(found[1] + b"\t" + envelope.rcpt_tos[0].encode() + b"\n")
        return "250 kept"


async def serve(folder: Path, port: int) -> None:
    """Listen until SIGTERM."""
    loop, arrivals = asyncio.get_running_loop(), Arrivals(folder / "arrived")
    server = await loop.create_server(
        lambda: SMTP(arrivals, hostname="sink", loop=loop, enable_SMTPUTF8=True), "127.0.0.1", port
    )
    part = folder / "port.part"
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.replace(folder / "port")
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
