"""The fewest switches that an adversary must turn off before a node holds no longer.

It is a minimum hitting set over the node's witness sets. Where these are not all, sets that are
still missing are found with the switches chosen so far turned off, until nothing holds any more. At
the end the hosts are evaluated again with these switches off: only if the node then fails, the
number is exact, else it is a number that surely does not suffice without more.
"""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.hitting_sets import TooManyChoicesError, fewest_hitting
from logreach.coverage.engine.witness_sets import Ask, Witnesses
from logreach.coverage.resilience.fleet_switches import FleetSwitches

_ROUNDS = 300
"""So many witness sets are added to those that are listed."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The fewest switches, as bits. Not `exact`: at least so many.

    `cost` is their number, None where no switches that are known turn the node off.
    """

    switches: int
    cost: int | None
    exact: bool = True


_NO_CUT = Cut(0, None)


def fewest_off(
    fleet: FleetSwitches,
    place: int,
    number: int,
    ask: Ask,
    witnesses: Witnesses,
    among: int = -1,
) -> Cut:
    """The fewest switches, out of those `among`, without which a node of a profile fails."""
    holds = fleet.witnesses[place]
    sets = list(witnesses.sets)
    chosen = 0
    for _ in range(_ROUNDS):
        try:
            hitting = fewest_hitting(sets, among)
        except TooManyChoicesError as error:
            return Cut(0, max(error.least, chosen.bit_count()), exact=False)
        if hitting is None:
            return _NO_CUT
        chosen = hitting
        remaining = fleet.everything & ~chosen
        if not witnesses.complete and holds.holds(number, remaining, ask):
            sets.append(holds.minimal(number, remaining, ask))
            continue
        fails = not fleet.holds_without(place, number, chosen, ask)
        return Cut(chosen, chosen.bit_count(), exact=fails)
    return Cut(chosen, chosen.bit_count(), exact=False)
