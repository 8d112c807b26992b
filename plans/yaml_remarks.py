"""Entries of a YAML list that go, while the remarks stay that are about what follows them."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq


def without(root: CommentedMap, key: str, entry: Any) -> None:
    """Take an entry out of the list under this key of the root, with the remark in its line.

    What is remarked below it is about the next one, or the next section, and stays there.
    """
    entries: CommentedSeq = root[key]
    place = next(number for number, each in enumerate(entries) if each is entry)
    remark = _remark(entries, place)
    below = remark.value.partition("\n")[2] if remark is not None else ""
    del entries[place]
    if not entries:
        below += "".join(each.value for each in entries.ca.end or ())
        entries.ca.end = []
    if words := _words(below):
        _put(root, key, place, below, words)


def _put(root: CommentedMap, key: str, place: int, below: str, words: str) -> None:
    entries = root[key]
    before = _remark(entries, place - 1) if place else None
    following = list(root)[list(root).index(key) + 1 :]
    if before is not None:
        before.value += below
    elif place < len(entries):
        entries.yaml_set_comment_before_after_key(place, before=words, indent=2)
    elif following:
        root.yaml_set_comment_before_after_key(following[0], before=words)


def _remark(entries: CommentedSeq, place: int) -> Any:
    """What is remarked in an entry's last line, and below it; None where nothing is."""
    found = (entries.ca.items.get(place) or [None])[0]
    entry = entries[place]
    if found is None and isinstance(entry, CommentedMap) and entry:
        found = (entry.ca.items.get(list(entry)[-1]) or [None] * 3)[2]
    return found


def _words(remark: str) -> str:
    lines = (line.strip().removeprefix("#").removeprefix(" ") for line in remark.splitlines())
    return "\n".join(line for line in lines if line)
