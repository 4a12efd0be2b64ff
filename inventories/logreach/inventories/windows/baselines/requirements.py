"""What a baseline asks of a host: requirements, each a check of facts or of events that arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from logreach.inventories.facts.values import Scalar, in_words
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AuditSetting, OsKind, Role
from logreach.inventories.windows.registry.settings import settings


class Match(StrEnum):
    """How a value has to compare with the one asked for."""

    AT_LEAST = "at least"
    ANY_OF = "any of"
    EXACTLY = "exactly"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """An audit subcategory records outcomes: all of `wanted` (at least), one of them (any of), or
    these and no other (exactly)."""

    guid: str
    wanted: AuditSetting
    match: Match = Match.AT_LEAST

    def __str__(self) -> str:
        return f"{subcategories()[self.guid].name}: {self.match.value} {self.wanted}"


@dataclass(frozen=True, slots=True)
class SettingCheck:
    """A setting has a value; of a number also at least so much, of a list also this entry."""

    name: str
    wanted: Scalar
    match: Match = Match.EXACTLY

    def __str__(self) -> str:
        words = "" if self.match is Match.EXACTLY else f"{self.match.value} "
        return f"{settings()[self.name].title}: {words}{in_words(self.wanted)}"


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """An event log: whether it is enabled, what it holds at least, what it does when full ('' and
    None: not asked)."""

    name: str
    enabled: bool | None = None
    holds_mib: int | None = None
    when_full: str = ""

    def __str__(self) -> str:
        parts = [] if self.enabled is None else ["enabled" if self.enabled else "disabled"]
        parts += [] if self.holds_mib is None else [f"holds at least {self.holds_mib} MiB"]
        parts += [f"when full: {self.when_full}"] if self.when_full else []
        return f"log {self.name}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class LoggedCheck:
    """Events, or fields of events, are recorded: every one of `names` ('Security:4688',
    'Security:4688/CommandLine'). `forwarded`: they also have to leave the host."""

    names: tuple[str, ...]
    forwarded: bool = False

    def __str__(self) -> str:
        return f"{' and '.join(self.names)} {'forwarded' if self.forwarded else 'recorded'}"


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """All of several checks, or any of them."""

    every: bool
    checks: tuple[Check, ...]

    def __str__(self) -> str:
        return (" and " if self.every else " or ").join(f"({each})" for each in self.checks)


FactCheck = AuditCheck | SettingCheck | ChannelCheck
Check = FactCheck | LoggedCheck | CheckGroup


def leaf_checks(check: Check) -> Iterator[FactCheck | LoggedCheck]:
    """The single checks of a check."""
    if isinstance(check, CheckGroup):
        for each in check.checks:
            yield from leaf_checks(each)
    else:
        yield check


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """The hosts that a requirement is for; empty and None: all.

    `systems` are kinds of Windows, `features` server roles that a host needs ('ad-cs'),
    `first_build` and `last_build` the builds between which it holds, both included.
    """

    roles: frozenset[Role] = frozenset()
    systems: frozenset[OsKind] = frozenset()
    features: frozenset[str] = frozenset()
    first_build: int | None = None
    last_build: int | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it is for every host."""
        return self == _EVERYWHERE

    def narrowed(self, other: AppliesTo) -> AppliesTo | None:
        """The hosts that both are for; None where there are none."""
        roles, systems = _both(self.roles, other.roles), _both(self.systems, other.systems)
        features = self.features | other.features
        if roles is None or systems is None:
            return None
        first = max(filter(None, (self.first_build, other.first_build)), default=None)
        last = min(filter(None, (self.last_build, other.last_build)), default=None)
        if first is not None and last is not None and first > last:
            return None
        return AppliesTo(roles, systems, features, first, last)

    def __str__(self) -> str:
        parts = [*sorted(self.roles), *(f"Windows {each}" for each in sorted(self.systems))]
        parts += [f"with {' and '.join(sorted(self.features))}"] if self.features else []
        parts += [] if self.first_build is None else [f"from build {self.first_build}"]
        parts += [] if self.last_build is None else [f"up to build {self.last_build}"]
        return ", ".join(parts) or "every host"


_EVERYWHERE = AppliesTo()
_Word = TypeVar("_Word", bound=str)


def _both(mine: frozenset[_Word], theirs: frozenset[_Word]) -> frozenset[_Word] | None:
    if not mine or not theirs:
        return mine or theirs
    return mine & theirs or None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a baseline asks for.

    `beyond` says what of it no logging fact can show, '' where facts show it whole; such a
    requirement is met in part at best. `control` is the id of the control or recommendation that
    it is of, `note` what the source adds. `line` is its place in the file of the baseline.
    """

    id: str
    title: str
    check: Check
    applies_to: AppliesTo = _EVERYWHERE
    beyond: str = ""
    control: str = ""
    note: str = ""
    source: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that the source asks for and that is not judged, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline: `name` as commands take it, `source` where its requirements come from, `catalog`
    the address of the OSCAL catalogue whose controls it names ('' for none). `path` and `sha256`
    are those of the file that it was read from, `shipped`: it is one of logreach's own."""

    name: str
    title: str
    source: str
    requirements: tuple[Requirement, ...]
    left_out: tuple[LeftOut, ...] = ()
    version: str = ""
    catalog: str = ""
    path: str = ""
    sha256: str = ""
    shipped: bool = False
