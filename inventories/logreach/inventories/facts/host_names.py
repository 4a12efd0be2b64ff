"""Names of hosts, as exports and subscriptions write them."""

from __future__ import annotations


def short_name(name: str) -> str:
    """A host's name without its domain, in the form in which names are compared.

    An address of figures stays whole: its first part is no name.
    """
    parts = _parts(name)
    return name.strip() if _is_address(parts) else parts[0]


def full_name(name: str) -> str:
    """A host's name with its domain, in the form in which names are compared; '' without one."""
    parts = _parts(name)
    return "" if _is_address(parts) or len(parts) < 2 else ".".join(parts)


def may_be_one(first: str, second: str) -> bool:
    """Whether two names can be of the same host: one of them may leave its domain out."""
    if short_name(first) != short_name(second):
        return False
    full = {full_name(first), full_name(second)} - {""}
    return len(full) < 2


def in_domain(name: str, *told: str) -> str:
    """The full name of a host of which other columns tell the full name or the domain.

    `told` are DNS names, DNS domains, or distinguished names of a directory; the first that fits
    counts. '' where none does.
    """
    if full := full_name(name):
        return full
    for one in told:
        domain = _domain(one)
        if full_name(one) and short_name(one) == short_name(name):
            return full_name(one)
        if "." in domain and not full_name(name):
            return f"{short_name(name)}.{domain}"
    return ""


def _domain(told: str) -> str:
    """A DNS domain as such, or out of 'CN=PC1,OU=PCs,DC=contoso,DC=com'."""
    if "=" not in told:
        return ".".join(_parts(told))
    steps = (step.partition("=") for step in told.split(","))
    return ".".join(
        value.strip() for name, _, value in steps if name.strip().upper() == "DC"
    ).lower()


def _parts(name: str) -> list[str]:
    return name.strip().rstrip(".").casefold().split(".")


def _is_address(parts: list[str]) -> bool:
    return all(part.isdecimal() for part in parts)
