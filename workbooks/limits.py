"""How much reading one workbook may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """``seconds`` of time and of processor; ``megabytes`` of memory over what the reader itself needs."""

    seconds: float = 60
    megabytes: int = 1024

    @property
    def unpacked(self) -> int:
        """How many bytes the parts of a workbook may have, its worksheets not counted."""
        return self.megabytes * 1_000_000 // 2

    @property
    def together(self) -> int:
        """How many bytes all its parts may have: more than memory holds, since worksheets pass in pieces."""
        return self.megabytes * 1_000_000 * 2
