"""What prerequisites of one host hang on which of its switches, found by turning these off.

Every switch is turned off once and the host evaluated again: a leaf hangs on it if it then says
less. A leaf that several switches keep up, each by itself, is asked for combinations of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from logreach.coverage.assessment.evaluated import Assessed
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, reevaluate
from logreach.coverage.engine.folding import CODED, NEVER
from logreach.coverage.engine.witness_sets import Ask
from logreach.coverage.platforms.switches import Switch, switches_of
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_COMBINATIONS = 512
"""So many combinations of switches are tried of one leaf."""


def read_facts(compiled: Compiled) -> tuple[FactKey[object], ...]:
    """Every fact that some leaf reads, each once."""
    leaves = compiled.leaves.by_number.values()
    return tuple(dict.fromkeys(key for leaf in leaves for key in leaf.reads))


class HostSwitches:
    """The switches of one profile; each is a bit, the first of them `1 << first`."""

    def __init__(self, assessed: Assessed, read: Iterable[FactKey[object]], first: int) -> None:
        self.assessed = assessed
        self.switches: Sequence[Switch] = switches_of(self.facts, read)
        self._first = first

    @property
    def facts(self) -> Facts:
        """The facts of the profile, with what other hosts record for it."""
        return self.assessed.evaluation.facts

    @property
    def bits(self) -> int:
        """All its switches."""
        return ((1 << len(self.switches)) - 1) << self._first

    def bit(self, switch: Switch) -> int:
        """The bit of one of its switches."""
        return 1 << (self._first + self.switches.index(switch))

    def among(self, things: int) -> list[Switch]:
        """The switches of this profile in a set that may hold those of others."""
        return [
            switch for place, switch in enumerate(self.switches, self._first) if things >> place & 1
        ]

    def without(self, off: Iterable[Switch]) -> Evaluation:
        """The host evaluated again with these switches off, by its own facts alone."""
        facts = self.facts
        changed: dict[FactKey[object], None] = {}
        for switch in off:
            facts = switch.off(facts)
            changed.update(dict.fromkeys(switch.keys))
        return reevaluate(self.assessed.evaluation, facts, changed)

    @cached_property
    def _each_off(self) -> Sequence[Mapping[int, int]]:
        """By switch, the codes of the leaves that say something else without it."""
        leaves = self.assessed.evaluation.compiled.leaves.by_number
        evaluations = (self.without([switch]) for switch in self.switches)
        return [
            {number: after.codes[number] for number in after.changed if number in leaves}
            for after in evaluations
        ]

    def alternatives(self, number: int, ask: Ask) -> list[int]:
        """The sets of switches with which a leaf holds; none where it does not hold today."""
        evaluation = self.assessed.evaluation
        if not ask.met_by(evaluation.verdict_at(number)):
            return []
        hanging = self._hanging(number)
        if not hanging:
            return [0]
        needed, others = 0, []
        for place in hanging:
            code = self._each_off[place].get(number, evaluation.codes[number])
            if code == NEVER or not ask.met_by(CODED[code]):
                needed |= 1 << (self._first + place)
            else:
                others.append(place)
        if len(others) < 2 or self._holds_without(number, ask, others):
            return [needed]
        return [needed | kept for kept in self._kept(number, ask, others)]

    def _hanging(self, number: int) -> list[int]:
        """The places of the switches whose facts a leaf reads."""
        reads = self.assessed.evaluation.compiled.leaves.by_number[number].reads
        places: dict[int, None] = {}
        for key in reads:
            places.update(dict.fromkeys(self._by_fact.get(key, ())))
            if key == key.family.every:
                places.update(dict.fromkeys(self._by_family.get(str(key.family), ())))
        return list(places)

    @cached_property
    def _by_fact(self) -> dict[FactKey[object], list[int]]:
        by_fact: dict[FactKey[object], list[int]] = {}
        for place, switch in enumerate(self.switches):
            for key in switch.keys:
                by_fact.setdefault(key, []).append(place)
        return by_fact

    @cached_property
    def _by_family(self) -> dict[str, list[int]]:
        by_family: dict[str, list[int]] = {}
        for place, switch in enumerate(self.switches):
            for key in switch.keys:
                by_family.setdefault(str(key.family), []).append(place)
        return by_family

    def _holds_without(self, number: int, ask: Ask, places: Iterable[int]) -> bool:
        facts = self.facts
        for place in places:
            facts = self.switches[place].off(facts)
        leaf = self.assessed.evaluation.compiled.leaves.by_number[number]
        verdict = leaf.check(facts).verdict
        return verdict.applicable and ask.met_by(verdict)

    def _kept(self, number: int, ask: Ask, places: Sequence[int]) -> list[int]:
        """The minimal sets of these switches that keep a leaf up, the others being off.

        Where there are too many combinations, some are left out: whoever hits those that are there
        evaluates again whether that is enough.
        """
        kept_sets: list[int] = []
        tried = 0
        for size in range(1, len(places) + 1):
            for kept in combinations(places, size):
                bits = sum(1 << (self._first + place) for place in kept)
                if any(not each & ~bits for each in kept_sets):
                    continue
                tried += 1
                if tried > _COMBINATIONS:
                    return kept_sets or [self._some_kept(number, ask, places)]
                off = [place for place in places if place not in kept]
                if self._holds_without(number, ask, off):
                    kept_sets.append(bits)
        return kept_sets

    def _some_kept(self, number: int, ask: Ask, places: Sequence[int]) -> int:
        """One minimal set, found by turning off one switch after the other."""
        off: list[int] = []
        for place in places:
            if self._holds_without(number, ask, [*off, place]):
                off.append(place)
        return sum(1 << (self._first + place) for place in places if place not in off)
