"""What is said of the resilience of a fleet; every report reads this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.resilience.tampering import Seen, Sight


@dataclass(frozen=True, slots=True)
class SwitchResult:
    """A switch of one profile, and what is lost on the fleet if it alone is turned off.

    `lost` are the techniques that are no longer achievable, `dark` those of which nothing is
    proven any more, both by profile: it is the sole source of each. `sights` are the documented
    acts and whether each is seen, `seen` the least of them.
    """

    profile: str
    kind: str
    title: str
    hosts: int
    lost: Mapping[str, tuple[str, ...]]
    dark: Mapping[str, tuple[str, ...]]
    sights: tuple[Sight, ...]
    seen: Seen


@dataclass(frozen=True, slots=True)
class HostActResult:
    """An act that turns off many switches of a profile at once, and what it takes."""

    profile: str
    name: str
    hosts: int
    lost: tuple[str, ...]
    dark: tuple[str, ...]
    sight: Sight


@dataclass(frozen=True, slots=True)
class Blinding:
    """What turns a detection off.

    `ways` are the minimal sets of switches that keep it up; not `all_ways`: at least so many.
    `sole` are the switches that stand in every way. `cost` is the fewest that have to be turned
    off, None where no switch that is known does it; not `exact`: at least so many. `switches` are
    such a set, of several the one that is seen least, and `seen` says whether turning them off is
    seen, in whatever order. `unseen_cost`
    is the fewest of those that can be turned off without any act being surely seen, None where
    that does not suffice; `unseen` are such a set. Switches are places in the fleet's list.
    `host_acts` are the acts that turn off many switches of the host at once and that alone
    suffice: the cost leaves them aside.
    """

    ways: int
    all_ways: bool
    sole: tuple[int, ...]
    cost: int | None
    exact: bool
    switches: tuple[int, ...]
    seen: Seen
    unseen_cost: int | None
    unseen_exact: bool
    unseen: tuple[int, ...]
    host_acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TechniqueResilience:
    """A technique on one profile: `whole` until it is no longer achievable (None: it is not),
    `part` until nothing of it is proven (None: nothing is)."""

    technique_id: str
    name: str
    tactics: tuple[str, ...]
    verdict: Verdict
    whole: Blinding | None
    part: Blinding | None


@dataclass(frozen=True, slots=True)
class ProfileResilience:
    """The techniques on one profile, by id; those that do not apply are left out."""

    profile_id: str
    hosts: tuple[str, ...]
    count: int
    techniques: Mapping[str, TechniqueResilience]


@dataclass(frozen=True, slots=True)
class Resilience:
    """The resilience of a fleet.

    `rules` is how many the user gave, `hosts_beside` how many hosts nobody asks about.
    """

    version: str
    attack_version: str
    inventory: str
    scope: str
    as_of: AsOf | None
    rules: int
    hosts_beside: int
    profiles: tuple[ProfileResilience, ...]
    switches: tuple[SwitchResult, ...]
    host_acts: tuple[HostActResult, ...]
