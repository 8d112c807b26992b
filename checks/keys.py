"""A row's key as one text: compared, and told to people part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

APART = "\x1f"
"""Between the parts of a key; in a part itself it becomes a space."""


def key_text(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The parts as one text, blank ones empty."""
    plain = [part.fill_null("").str.replace_all(APART, " ", literal=True) for part in parts]
    return pl.concat_str(plain, separator=APART)


def key_said(names: Sequence[str], key: str) -> str:
    """A key in words: each filled part behind its column's name."""
    return "、".join(f"{name} {part}" for name, part in zip(names, key.split(APART), strict=True) if part)
