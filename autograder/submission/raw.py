"""Pieces of a notebook's JSON that are decoded only when somebody asks for them."""

from typing import Any

import msgspec


def decoded(raw: msgspec.Raw, kind: Any) -> Any:
    """The value as the type `kind`; None if it is anything else."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError):
        return None
