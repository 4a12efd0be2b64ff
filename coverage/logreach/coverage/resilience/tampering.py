"""Whether turning a switch off would be seen: by the events that record the act itself.

Data: `knowledge/tampering.yaml`, the documented acts by kind of switch. A switch is as visible as
its least visible act. An event counts on the host of the switch, by the way on which its events go,
with the switch already off, unless the act itself writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.engine.witness_sets import Ask, WitnessSets
from logreach.coverage.events.operations import SHOWN, Shown, shown_from
from logreach.coverage.network.model import Model
from logreach.coverage.platforms.switches import Switch, SwitchKind
from logreach.inventories.files.tables import Shape, yaml_table
from logreach.inventories.windows.registry.settings import settings

_TABLE = Path(__file__).parent / "knowledge" / "tampering.yaml"
_EVIDENCE: Shape = {"source": str, "at_the_act?": bool, **SHOWN}
_ACT: Shape = {"act": str, "only?": [str], "except?": [str], "evidence?": [_EVIDENCE]}
_SHAPE: Shape = {
    "source": str,
    "kinds": {...: [_ACT]},
    "hosts": [{"name": str, "act": str, "covers": [str], "evidence": [_EVIDENCE]}],
}


class Seen(IntEnum):
    """Whether an act leaves an event that says so; from the least visible upwards."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def word(self) -> str:
        """As reports and JSON write it."""
        return ("not seen", "unknown", "seen")[self]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that records an act: its node, and whether the act itself writes it."""

    event: str
    number: int
    at_the_act: bool
    limited: bool
    source: str


@dataclass(frozen=True, slots=True)
class Act:
    """A way of turning a switch off, with what records it; none: no source says."""

    name: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class HostAct:
    """An act that turns off all switches of some kinds on a host."""

    name: str
    act: Act
    covers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether an act is seen, and by which events ('Security:4719')."""

    act: str
    seen: Seen
    events: tuple[str, ...]


class Tampering:
    """The acts of every kind of switch, with their evidence as nodes of a graph.

    It adds these nodes, so that the graph has to be evaluated afterwards.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._acts: dict[Switch, tuple[Act, ...]] = {}
        self.host_acts = tuple(
            HostAct(row["name"], self._act(row, {}), frozenset(row["covers"]))
            for row in _table()["hosts"]
        )
        self._by_event_nodes: dict[tuple[str, str], int] = {}

    def acts(self, switch: Switch) -> tuple[Act, ...]:
        """The documented ways of turning a switch off."""
        acts = self._acts.get(switch)
        if acts is None:
            acts = self._acts[switch] = tuple(self._acts_of(switch))
        return acts

    def _acts_of(self, switch: Switch) -> Iterator[Act]:
        for row in _table()["kinds"].get(switch.kind, ()):
            if _is_for(row, switch.name):
                for words in _words(switch):
                    yield self._act(row, words)

    def _act(self, row: Mapping[str, Any], words: Mapping[str, str]) -> Act:
        if any("*" in word for word in words.values()):
            return Act(row["act"], ())  # which of several keys it is stays open
        evidence = []
        for line in row.get("evidence", ()):
            shown = shown_from(_filled(_without(line), words), str(_TABLE))
            evidence.append(
                Evidence(
                    str(shown.event),
                    self._node(shown),
                    line.get("at_the_act", False),
                    shown.limit is not None,
                    line["source"],
                )
            )
        return Act(row["act"], tuple(evidence))

    def _node(self, shown: Shown) -> int:
        return self._model.compiled.include(self._model.event_part.recorded(shown))


def sights(
    acts: Iterable[Act], witnesses: WitnessSets, before: int, after: int
) -> tuple[Sight, ...]:
    """Whether each of some acts is seen, with the switches that are on before and after it."""
    return tuple(_sight(act, witnesses, before, after) for act in acts)


def least(several: Iterable[Sight]) -> Seen:
    """How visible a switch is: as its least visible act. Unknown where no act is known."""
    return min((sight.seen for sight in several), default=Seen.UNKNOWN)


def _sight(act: Act, witnesses: WitnessSets, before: int, after: int) -> Sight:
    if not act.evidence:
        return Sight(act.name, Seen.UNKNOWN, ())
    graded: dict[Seen, list[str]] = {}
    for each in act.evidence:
        there = before if each.at_the_act else after
        seen = Seen.NO
        if witnesses.holds(each.number, there) and not each.limited:
            seen = Seen.YES
        elif witnesses.holds(each.number, there, Ask.POSSIBLE):
            seen = Seen.UNKNOWN
        graded.setdefault(seen, []).append(each.event)
    best = max(graded)
    return Sight(act.name, best, tuple(dict.fromkeys(graded[best])))


def _is_for(row: Mapping[str, Any], name: str) -> bool:
    matches = _matching(name)
    return not any(map(matches, row.get("except", ()))) and (
        "only" not in row or any(map(matches, row["only"]))
    )


def _matching(name: str) -> Callable[[str], bool]:
    return lambda pattern: fnmatchcase(name.casefold(), pattern.casefold())


def _words(switch: Switch) -> Iterator[dict[str, str]]:
    """What the table's placeholders stand for; of a setting once for each place it is kept in."""
    if switch.kind is not SwitchKind.SETTING:
        yield {"name": switch.name}
        return
    entry = settings().get(switch.name)
    for value in entry.registry if entry else ():
        yield {"name": switch.name, "value": value, "key": value.rpartition("\\")[0]}


def _without(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in ("source", "at_the_act")}


def _filled(data: Any, words: Mapping[str, str]) -> Any:
    """Data with its placeholders replaced."""
    if isinstance(data, dict):
        return {key: _filled(value, words) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, words) for value in data]
    if isinstance(data, str):
        for name, word in words.items():
            data = data.replace(f"{{{name}}}", word)
    return data


@cache
def _table() -> Any:
    return yaml_table(_TABLE, _SHAPE)
