"""Names of hosts, as exports and subscriptions write them."""

from __future__ import annotations


def short_name(name: str) -> str:
    """A host's name without its domain, folded for comparison.

    An IPv4 address is returned unchanged: its first number is no host name.
    """
    labels = _labels(name)
    return name.strip() if _is_address(labels) else labels[0]


def full_name(name: str) -> str:
    """A host's name with its domain, folded for comparison; '' where the name has no domain."""
    labels = _labels(name)
    return "" if _is_address(labels) or len(labels) < 2 else ".".join(labels)


def may_be_one(first: str, second: str) -> bool:
    """Whether two names can mean the same host: one of them may lack its domain."""
    if short_name(first) != short_name(second):
        return False
    full = {full_name(first), full_name(second)} - {""}
    return len(full) < 2


def in_domain(name: str, *columns: str) -> str:
    """The full name of a host, completed from other columns of its row; '' where none helps.

    `columns` are DNS names, DNS domains, or distinguished names of a directory; the first that
    fits the name counts.
    """
    if full := full_name(name):
        return full
    for column in columns:
        domain = _domain(column)
        if full_name(column) and short_name(column) == short_name(name):
            return full_name(column)
        if "." in domain and not full_name(name):
            return f"{short_name(name)}.{domain}"
    return ""


def _domain(column: str) -> str:
    """A DNS domain as such, or out of 'CN=PC1,OU=PCs,DC=contoso,DC=com'."""
    if "=" not in column:
        return ".".join(_labels(column))
    steps = (step.partition("=") for step in column.split(","))
    return ".".join(
        value.strip() for name, _, value in steps if name.strip().upper() == "DC"
    ).lower()


def _labels(name: str) -> list[str]:
    return name.strip().rstrip(".").casefold().split(".")


def _is_address(labels: list[str]) -> bool:
    return all(label.isdecimal() for label in labels)
