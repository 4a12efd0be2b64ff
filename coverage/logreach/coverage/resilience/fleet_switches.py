"""The switches of a whole fleet, and the sets of them with which nodes of its hosts hold.

What hosts of a role record for others hangs on the switches of these hosts: the witness sets of a
workstation hold switches of domain controllers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from logreach.coverage.assessment.evaluated import Assessed, Fleet
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.folding import NEVER
from logreach.coverage.engine.witness_sets import MOST, Ask, WitnessSets, lean
from logreach.coverage.network.elsewhere import Elsewhere
from logreach.coverage.platforms.switches import Switch
from logreach.coverage.resilience.host_switches import HostSwitches, read_facts

_KEPT = 128


@dataclass(frozen=True, slots=True)
class PlacedSwitch:
    """A switch, and the place of the profile that has it."""

    place: int
    switch: Switch


class FleetSwitches:
    """The switches of all profiles, each a bit; what holds with which of them."""

    def __init__(self, compiled: Compiled, assessed: Sequence[Assessed], fleet: Fleet) -> None:
        self.compiled = compiled
        self.assessed = assessed
        self._fleet = fleet
        read = read_facts(compiled)
        self.hosts: list[HostSwitches] = []
        self.switches: list[PlacedSwitch] = []
        for place, profile in enumerate(assessed):
            host = HostSwitches(profile, read, len(self.switches))
            self.hosts.append(host)
            self.switches += (PlacedSwitch(place, switch) for switch in host.switches)
        self.everything = (1 << len(self.switches)) - 1
        self.witnesses = [self._of_profile(place) for place in range(len(assessed))]
        # Of 500 profiles, the evaluations of all sets would take gigabytes.
        self._evaluated_without = lru_cache(maxsize=_KEPT)(self._evaluation_without)
        self._changed = lru_cache(maxsize=_KEPT)(self._change)

    def among(self, things: int) -> Iterator[int]:
        """The places of the switches in a set, the first one first."""
        while things:
            lowest = things & -things
            yield lowest.bit_length() - 1
            things ^= lowest

    def without(self, off: int) -> Mapping[int, Evaluation]:
        """The profiles that come out otherwise once these switches are off, evaluated again with
        what the others then record for them."""
        return self._fleet.changed(self.assessed, self._changes(range(len(self.hosts)), off))

    def holds_without(self, place: int, number: int, off: int, ask: Ask) -> bool:
        """Whether a node of a profile still holds once these switches are off, by evaluating."""
        evaluation = self._evaluated_without(place, off)
        return evaluation.codes[number] != NEVER and ask.met_by(evaluation.verdict_at(number))

    def _evaluation_without(self, place: int, off: int) -> Evaluation:
        """One profile once switches are off: of the others, only those that record matter."""
        places = [place, *(other for other in self._recording if other != place)]
        profiles = [self.assessed[each] for each in places]
        changes = {
            places.index(other): changed for other, changed in self._changes(places, off).items()
        }
        changed = self._fleet.changed(profiles, changes)
        return changed.get(0, self.assessed[place].evaluation)

    def _changes(self, places: Iterable[int], off: int) -> dict[int, Evaluation]:
        """Of these profiles those that have such switches, by their own facts alone."""
        return {
            place: self._changed(place, here)
            for place in places
            if (here := off & self.hosts[place].bits)
        }

    def _change(self, place: int, off: int) -> Evaluation:
        host = self.hosts[place]
        return host.without(host.among(off))

    @cached_property
    def _recording(self) -> list[int]:
        """The profiles that record, or may record, what is done on others."""
        leaves = self.compiled.leaves.by_number.values()
        gates = {
            leaf.recorder.name: leaf.recorder for leaf in leaves if isinstance(leaf, Elsewhere)
        }
        return [
            place
            for place, host in enumerate(self.hosts)
            if any(each.gate.check(host.facts).verdict.applicable for each in gates.values())
        ]

    def _of_profile(self, place: int) -> WitnessSets:
        host, leaves = self.hosts[place], self.compiled.leaves.by_number

        def less(number: int, ask: Ask) -> Sequence[int]:
            prerequisite = leaves[number]
            if isinstance(prerequisite, Elsewhere) and ask is not Ask.POSSIBLE:
                return self._elsewhere(place, prerequisite, ask)
            return host.alternatives(number, ask)

        return WitnessSets(
            host.assessed.evaluation, lambda number: less(number, Ask.WHOLE), less=less
        )

    def _elsewhere(self, place: int, leaf: Elsewhere, ask: Ask) -> Sequence[int]:
        """With what the hosts of a role record something for a profile: by `Fleet`, whole where
        all of them do, in part where one surely does."""
        role_here = leaf.recorder.gate.check(self.hosts[place].facts).verdict
        if role_here.applicable:
            return ()
        number = self.compiled.number[leaf.evidence]
        certain, possible = self._recorders(leaf, number)
        if not certain:
            return ()
        if ask is Ask.PART:
            each = [self.witnesses[other].of(number, ask).sets for other in certain]
            return _kept(things for sets in each for things in sets)
        together: Sequence[int] = (0,)
        for other in (*certain, *possible):
            sets = self.witnesses[other].of(number, ask).sets
            together = _kept(left | right for left in together for right in sets)
        return together

    def _recorders(self, leaf: Elsewhere, number: int) -> tuple[list[int], list[int]]:
        """The profiles to which the evidence applies: those that surely record it, and those that
        may."""
        certain: list[int] = []
        possible: list[int] = []
        for place, host in enumerate(self.hosts):
            gate = leaf.recorder.gate.check(host.facts).verdict
            if gate.applicable and host.assessed.evaluation.codes[number] != NEVER:
                (certain if gate.settled else possible).append(place)
        return certain, possible


def _kept(sets: Iterable[int]) -> Sequence[int]:
    return tuple(lean(sets))[:MOST]
