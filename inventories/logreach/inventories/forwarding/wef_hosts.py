"""Whether a subscription is for a host, by what the inventory names and the computers it lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.host_names import full_name, may_be_one
from logreach.inventories.files.faults import Fault
from logreach.inventories.forwarding.subscriptions import Forwarding, Subscription
from logreach.inventories.forwarding.wef import subscriptions_of


@dataclass(frozen=True, slots=True)
class Called:
    """How a host is called: `name`, '' for a group of hosts, and other hosts of its short name."""

    name: str = ""
    twins: tuple[str, ...] = ()

    def may_be(self, address: str) -> bool:
        """Whether an address of a computer can be this host's."""
        return bool(self.name) and may_be_one(self.name, address)

    def is_(self, address: str) -> bool:
        """Whether it surely is: a name without its domain is no other host's as well."""
        if not self.may_be(address):
            return False
        full = bool(full_name(self.name)) and bool(full_name(address))
        return full or not any(may_be_one(twin, address) for twin in self.twins)


def of_host(reading: Reading, host: Called, *, named: bool = False) -> Reading:
    """A reading with the subscriptions marked that are named for this host.

    The inventory names them (`named`), or they list the host among their sources; a group of
    hosts no list can name. A listed name that other hosts share proves nothing, and is told.
    """
    marked = replace(
        reading, statements=tuple(_mark(one, host, named) for one in reading.statements)
    )
    found = subscriptions_of(marked)
    strange = [one for one in found if named and one.elsewhere and one.enabled]
    shared = [one for one in found if not one.named and not one.elsewhere]
    faults = [_disagreeing(one, host.name) for one in strange]
    faults += [_unclear(one, host, address) for one in shared for address in _open(one, host)]
    return replace(marked, faults=(*marked.faults, *faults))


def _open(one: Subscription, host: Called) -> Iterator[str]:
    return (address for address in one.sources if host.may_be(address) and not host.is_(address))


def _unclear(one: Subscription, host: Called, address: str) -> Fault:
    names = " or ".join(sorted((host.name, *host.twins)))
    message = f"{one.name} lists {address}, which may be {names}; it counts as unknown of which"
    return Fault(message, one.source, f"line {one.line}", "List it with its domain.")


def _disagreeing(one: Subscription, name: str) -> Fault:
    message = (
        f"the inventory names {one.name} for {name}, which is not among the computers it lists"
    )
    hint = "It counts as unknown whether it takes from there."
    return Fault(message, one.source, f"line {one.line}", hint)


def _mark(told: Statement, host: Called, named: bool) -> Statement:
    if not isinstance(told.value, Forwarding):
        return told
    subscriptions = tuple(_marked(one, host, named) for one in told.value.subscriptions)
    return replace(told, value=replace(told.value, subscriptions=subscriptions))


def _marked(one: Subscription, host: Called, named: bool) -> Subscription:
    listed = any(map(host.is_, one.sources))
    return replace(one, named=named or listed, elsewhere=_elsewhere(one, host))


def _elsewhere(one: Subscription, host: Called) -> bool:
    """Whether it lists computers, all by name, and the host can be none of them.

    The list of a source-initiated subscription holds those that have called so far, no more.
    """
    if one.initiated == "source" or not host.name or any(map(host.may_be, one.sources)):
        return False
    return bool(one.sources) and not any(map(_is_address, one.sources))


def _is_address(text: str) -> bool:
    return ":" in text or all(part.isdecimal() for part in text.strip().rstrip(".").split("."))
