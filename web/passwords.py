"""Password hashes by Argon2id, few at once: each needs 19 MiB for a moment."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The hash to keep."""
    with AT_ONCE:
        return _hasher().hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one; takes the same time where there is no hash."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with AT_ONCE:
        try:
            return _hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
        except (Argon2Error, InvalidHashError):
            return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")
