"""Numbers with their nouns, as every message and report tells them."""

from __future__ import annotations


def noun(number: float, one: str, many: str = "") -> str:
    """'host' of one, else 'hosts', or `many` where an s is not enough."""
    return one if number == 1 else many or f"{one}s"


def counted(number: int, one: str, many: str = "") -> str:
    """'1 host', '0 hosts', '2 entries'; `many` where an s is not enough."""
    return f"{number} {noun(number, one, many)}"
