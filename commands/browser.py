"""Makes sure that the tests have Chromium, a CJK font, and LibreOffice to save workbooks again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = ("chromium", "fonts-noto-cjk", "libreoffice-calc")
HINT = (
    "测试需要 Chromium、中文字体和 LibreOffice Calc。请先安装它们，再运行 make test：\n"
    "  Debian/Ubuntu：sudo apt-get install chromium fonts-noto-cjk libreoffice-calc\n"
    "  Fedora：sudo dnf install chromium google-noto-sans-cjk-fonts libreoffice-calc\n"
    "  Ubuntu 的 chromium 若是 snap，请改用 Debian 软件包或设置 CHROMIUM=/path/to/chromium"
)


def chromium() -> str | None:
    """The path of the machine's Chromium, or of the one that CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def soffice() -> str | None:
    """The path of the machine's LibreOffice."""
    return shutil.which("soffice")


def main() -> None:
    """Install what is missing where apt-get and root allow it; else say what to install and stop."""
    if chromium() and _has_cjk_font() and soffice():
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.exit(HINT)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def _has_cjk_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


if __name__ == "__main__":
    main()
