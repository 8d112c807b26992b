"""What a template is given, without what nobody sees."""

from __future__ import annotations

from typing import Any

from plans.visible import visible


def all_visible(told: Any) -> Any:
    """What can be seen of every text in it."""
    if isinstance(told, str):
        return visible(told)
    if isinstance(told, dict):
        return {key: all_visible(value) for key, value in told.items()}
    return [all_visible(each) for each in told] if isinstance(told, list | tuple) else told
