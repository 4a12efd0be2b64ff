"""Numbers with their nouns, as messages and reports write them."""

from __future__ import annotations


def noun(number: float, singular: str, plural: str = "") -> str:
    """'host' for 1, else 'hosts', or `plural` where an s is not enough."""
    return singular if number == 1 else plural or f"{singular}s"


def counted(number: int, singular: str, plural: str = "") -> str:
    """'1 host', '0 hosts', '2 entries'; `plural` where an s is not enough."""
    return f"{number} {noun(number, singular, plural)}"
