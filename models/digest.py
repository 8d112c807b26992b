"""How secrets are kept: only their hash."""

from __future__ import annotations

import hashlib


def digest(secret: str) -> str:
    """The SHA-256 under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
