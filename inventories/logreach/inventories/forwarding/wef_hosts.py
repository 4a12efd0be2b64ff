"""Whether a subscription collects from a host, by the inventory and by the computers it lists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.host_names import full_name, may_be_one
from logreach.inventories.files.faults import Fault
from logreach.inventories.forwarding.subscriptions import Forwarding, Subscription
from logreach.inventories.forwarding.wef import subscriptions_of


@dataclass(frozen=True, slots=True)
class HostName:
    """A host's name, '' for an entry of several hosts, and other hosts with its short name."""

    name: str = ""
    twins: tuple[str, ...] = ()

    def may_be(self, address: str) -> bool:
        """Whether the address of a computer can be this host's."""
        return bool(self.name) and may_be_one(self.name, address)

    def is_(self, address: str) -> bool:
        """Whether it is certainly this host's: no host of another domain shares the short name."""
        if not self.may_be(address):
            return False
        full = bool(full_name(self.name)) and bool(full_name(address))
        return full or not any(may_be_one(twin, address) for twin in self.twins)


def of_host(reading: Reading, host: HostName, *, assigned: bool = False) -> Reading:
    """A reading whose subscriptions are marked where they are named for this host.

    The inventory names them (`assigned`), or they list the host among their sources. An entry of
    several hosts is never listed. A listed name that several hosts share is a fault.
    """
    marked = replace(
        reading, statements=tuple(_mark(each, host, assigned) for each in reading.statements)
    )
    faults: list[Fault] = []
    for subscription in subscriptions_of(marked):
        if subscription.elsewhere:
            if assigned and subscription.enabled:
                faults.append(_contradiction(subscription, host.name))
        elif not subscription.named:
            faults.extend(
                _ambiguity(subscription, host, address)
                for address in subscription.sources
                if host.may_be(address) and not host.is_(address)
            )
    return replace(marked, faults=(*marked.faults, *faults))


def _ambiguity(subscription: Subscription, host: HostName, address: str) -> Fault:
    names = " or ".join(sorted((host.name, *host.twins)))
    message = f"{subscription.name} lists {address}, which may be {names}; it does not say which"
    hint = "List it with its domain."
    return Fault(message, subscription.source, f"line {subscription.line}", hint)


def _contradiction(subscription: Subscription, name: str) -> Fault:
    message = (
        f"the inventory names {subscription.name} for {name}, "
        "which is not among the computers it lists"
    )
    hint = "Whether the subscription collects from this host counts as unknown."
    return Fault(message, subscription.source, f"line {subscription.line}", hint)


def _mark(statement: Statement, host: HostName, assigned: bool) -> Statement:
    if not isinstance(statement.value, Forwarding):
        return statement
    subscriptions = tuple(
        replace(
            subscription,
            named=assigned or any(map(host.is_, subscription.sources)),
            elsewhere=_elsewhere(subscription, host),
        )
        for subscription in statement.value.subscriptions
    )
    return replace(statement, value=replace(statement.value, subscriptions=subscriptions))


def _elsewhere(subscription: Subscription, host: HostName) -> bool:
    """Whether it lists computers, all by name, and none of them can be this host.

    The list of a source-initiated subscription is left aside: it holds the computers that have
    connected so far.
    """
    if (
        subscription.initiated == "source"
        or not host.name
        or any(map(host.may_be, subscription.sources))
    ):
        return False
    return bool(subscription.sources) and not any(map(_is_address, subscription.sources))


def _is_address(source: str) -> bool:
    return ":" in source or all(part.isdecimal() for part in source.strip().rstrip(".").split("."))
