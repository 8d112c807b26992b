"""The command line's thin front: loads only the room that the command needs."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

ROOMS = {
    "plan": "commands.plan",
    "people": "commands.people",
    "serve": "commands.serve",
    "web": "commands.serve",
    "worker": "commands.serve",
    "rehearse": "commands.rehearse",
    "course": "commands.rehearse",
    "template": "commands.tables",
    "check": "commands.tables",
    "tables": "commands.tables",
    "report": "commands.report",
    "export": "commands.report",
    "backup": "commands.keep",
    "restore": "commands.keep",
    "next-year": "commands.next_year",
    "doctor": "commands.doctor",
}


GARBAGE = (100_000, 50, 100)
"""When it is looked for: imports leave none, and looking for it takes a fifth of their time."""


def main() -> None:
    """Run the command; what people can mend is told in a sentence, exit 1, wrong use exits 2."""
    gc.set_threshold(*GARBAGE)
    import typer

    from commands.console import tell_errors

    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    rooms = [ROOMS[asked]] if asked in ROOMS else dict.fromkeys(ROOMS.values())
    app = typer.Typer(name="caiji", no_args_is_help=True, add_completion=False)
    app.callback(help="学院数据采集工作台")(lambda: None)
    for room in rooms:
        import_module(room).register(app)
    with tell_errors():
        app(prog_name="caiji")


if __name__ == "__main__":
    main()
