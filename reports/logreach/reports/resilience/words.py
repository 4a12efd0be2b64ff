"""The words in which reports tell of switches and of what turning them off takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logreach.coverage.platforms.switches import SwitchKind
from logreach.coverage.resilience.result import (
    Blinding,
    HostActResult,
    ProfileResilience,
    Resilience,
    SwitchResult,
    TechniqueResilience,
)
from logreach.coverage.resilience.tampering import Seen, Sight
from logreach.inventories.files.wording import counted
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened

_TITLE = 80
_BARE = frozenset({SwitchKind.SENSOR, SwitchKind.ACCESS, SwitchKind.PATH})
"""Kinds of switch whose title says what they are."""
IN_SHORT = (
    "A switch is what one act turns off. Acts on whole hosts are left out of the numbers. 'Seen' "
    "is of documented acts alone. -v explains, and lists all."
)
METHOD = (
    "A switch is what one act turns off: an audit subcategory, a setting, a channel, Sysmon, the "
    "audit entries of an object, read access to a channel, a way of forwarding. Stopping the event "
    "log service or clearing the audit policy turns off many at once; the numbers leave such acts "
    "aside, which are listed by themselves."
)
SEEN_METHOD = (
    "Seen: every documented act that turns a switch off leaves an event that still arrives "
    "afterwards. Acts in memory and on a disk that is not running are not judged."
)


@dataclass(frozen=True, slots=True)
class TechniquePlace:
    """A technique on one profile."""

    profile: ProfileResilience
    technique: TechniqueResilience


def profile_title(profile: ProfileResilience) -> str:
    """'P1 (WS)'."""
    return f"{profile.profile_id} ({host_list(profile.hosts)})"


class Switches:
    """Names of a fleet's switches, by their places."""

    def __init__(self, result: Resilience) -> None:
        self._result = result
        self._profiles = {each.profile_id: profile_title(each) for each in result.profiles}

    def owner(self, profile_id: str) -> str:
        """The profile of a switch; of a profile that nobody asks about, its number."""
        return self._profiles.get(profile_id, profile_id)

    def named(self, places: Iterable[int], here: str) -> str:
        """'channel Security; Sysmon'; of a switch of another profile than `here`, also whose."""
        titles = []
        for place in places:
            switch = self._result.switches[place]
            on = "" if switch.profile == here else f" on {self.owner(switch.profile)}"
            titles.append(f"{switch_title(switch)}{on}")
        return "; ".join(titles)


def switch_title(switch: SwitchResult) -> str:
    """'audit subcategory Logon'."""
    title = shortened(one_line(switch.title), _TITLE)
    return title if switch.kind in _BARE else f"{switch.kind} {title}"


def cost_text(blinding: Blinding) -> str:
    """'1 switch', 'at least 3 switches', or that none is known."""
    return _cost(blinding.cost, exact=blinding.exact)


def unseen_text(blinding: Blinding) -> str:
    """How many switches do it without an act that is surely seen."""
    if blinding.unseen_cost is None:
        return "not without being seen"
    return _cost(blinding.unseen_cost, exact=blinding.unseen_exact)


def _cost(cost: int | None, *, exact: bool) -> str:
    if cost is None:
        return "no known switch"
    return f"{'' if exact else 'at least '}{counted(cost, 'switch', 'switches')}"


def ways_text(blinding: Blinding) -> str:
    """'2 ways', or 'at least 256 ways'."""
    return f"{'' if blinding.all_ways else 'at least '}{counted(blinding.ways, 'way')}"


def sight_text(sight: Sight) -> str:
    """'service stopped: seen (Sysmon:4)'."""
    if not sight.events:
        return f"{sight.act}: unknown, no source says what records it"
    return f"{sight.act}: {sight.seen.word} ({', '.join(sight.events)})"


def switch_sights(switch: SwitchResult) -> str:
    """What is seen of each act that turns a switch off."""
    return "; ".join(map(sight_text, switch.sights)) or Seen.UNKNOWN.word


def pairs_lost(switch: SwitchResult, counts: Mapping[str, int], *, dark: bool) -> int:
    """The pairs of a host and a technique that a switch takes, over the fleet."""
    lost = switch.dark if dark else switch.lost
    return sum(counts.get(profile, 0) * len(techniques) for profile, techniques in lost.items())


def host_counts(result: Resilience) -> dict[str, int]:
    """The machines of each profile."""
    return {profile.profile_id: profile.count for profile in result.profiles}


def by_blast_radius(result: Resilience) -> list[SwitchResult]:
    """The switches that take something, the one that takes most first."""
    counts = host_counts(result)

    def radius(switch: SwitchResult) -> tuple[int, int, str, str, str]:
        lost, dark = (pairs_lost(switch, counts, dark=each) for each in (False, True))
        return (-lost, -dark, switch.profile, switch.kind, switch.title)

    return sorted((each for each in result.switches if each.lost or each.dark), key=radius)


@dataclass(frozen=True, slots=True)
class FleetAct:
    """An act on whole hosts, over all profiles: the pairs of a host and a technique that it takes,
    and on how many profiles it is seen or not."""

    act: str
    lost: int
    dark: int
    seen: Mapping[Seen, int]

    @property
    def text(self) -> str:
        """'event log service stopped: 36,550 pairs no longer achievable, …'."""
        profiles = ", ".join(
            f"{seen.word} on {counted(number, 'profile')}" for seen, number in self.seen.items()
        )
        return (
            f"{self.act}: {self.lost:,} pairs no longer achievable, {self.dark:,} dark; {profiles}"
        )


def fleet_acts(result: Resilience) -> list[FleetAct]:
    """Every act on whole hosts, the one that takes most first."""
    by_act: dict[str, list[HostActResult]] = {}
    for each in result.host_acts:
        by_act.setdefault(each.sight.act, []).append(each)
    acts = [
        FleetAct(
            act,
            sum(each.hosts * len(each.lost) for each in several),
            sum(each.hosts * len(each.dark) for each in several),
            dict(sorted(Counter(each.sight.seen for each in several).items(), reverse=True)),
        )
        for act, several in by_act.items()
    ]
    return sorted(acts, key=lambda each: (-each.lost, -each.dark, each.act))


def taken_text(lost: int, dark: int) -> str:
    """What is taken, in techniques."""
    return f"{counted(lost, 'technique')} no longer achievable, {counted(dark, 'technique')} dark"


def places_of(result: Resilience) -> list[TechniquePlace]:
    """Every technique on every profile, by technique."""
    ids = dict.fromkeys(each for profile in result.profiles for each in profile.techniques)
    return [
        TechniquePlace(profile, profile.techniques[technique])
        for technique in sorted(ids)
        for profile in result.profiles
        if technique in profile.techniques
    ]


@dataclass(frozen=True, slots=True)
class FleetCost:
    """One question about a technique over the fleet: the hosts on which it holds by the fewest
    switches that turn it off there (None: none is known), and the profiles where it is easiest."""

    hosts: Mapping[int | None, int]
    weakest: tuple[str, ...]

    @property
    def total(self) -> int:
        """The hosts on which it holds."""
        return sum(self.hosts.values())

    @property
    def least(self) -> int | None:
        """The fewest switches on any host; None where none turns it off, or it holds nowhere."""
        return min((cost for cost in self.hosts if cost is not None), default=None)


def fleet_cost(places: Iterable[TechniquePlace], *, whole: bool) -> FleetCost:
    """A technique over the fleet: until it is not achievable, or until nothing is detected."""
    hosts: dict[int | None, int] = {}
    profiles: dict[int | None, list[str]] = {}
    for place in places:
        blinding = place.technique.whole if whole else place.technique.part
        if blinding is not None:
            hosts[blinding.cost] = hosts.get(blinding.cost, 0) + place.profile.count
            profiles.setdefault(blinding.cost, []).append(place.profile.profile_id)
    ordered = dict(sorted(hosts.items(), key=lambda pair: (pair[0] is None, pair[0] or 0)))
    return FleetCost(ordered, tuple(profiles[next(iter(ordered))]) if ordered else ())


def by_technique(result: Resilience) -> dict[str, list[TechniquePlace]]:
    """The places of each technique."""
    places: dict[str, list[TechniquePlace]] = {}
    for place in places_of(result):
        places.setdefault(place.technique.technique_id, []).append(place)
    return places


def cost_counts(blindings: Sequence[Blinding | None]) -> tuple[int, int, int, int]:
    """How many there are, and how many one switch, two, and three or more turn off."""
    costs = [each.cost for each in blindings if each is not None]
    more = sum(cost is None or cost > 2 for cost in costs)
    return len(costs), costs.count(1), costs.count(2), more
