"""Names of hosts, as exports and subscriptions write them."""

from __future__ import annotations


def short_name(name: str) -> str:
    """A host's name without its domain, in the form in which names are compared.

    An address of figures stays whole: its first part is no name.
    """
    parts = name.strip().rstrip(".").split(".")
    return name.strip() if all(part.isdecimal() for part in parts) else parts[0].casefold()
