"""Evaluate every profile of a fleet: each by its own facts, then with what other hosts record.

Hosts that record evidence for others (domain controllers) are judged by their own facts alone. What
they show together is one fact more of every other host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from logreach.coverage.assessment.profiles import HostGroup
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, Verdict, hull, together
from logreach.coverage.events.sensor import Recorder
from logreach.coverage.network.elsewhere import ELSEWHERE, FleetEvidence
from logreach.coverage.network.model import Model
from logreach.inventories.facts.facts import Missing


@dataclass(frozen=True, slots=True)
class Assessed:
    """A profile that was evaluated."""

    group: HostGroup
    evaluation: Evaluation


class Fleet:
    """What hosts of each role record for all others, of the evidence in a graph.

    `beside` are profiles that nobody asks about, whose records count all the same.
    `recorded_nodes` are the numbers of the nodes that hosts of some role answer for others.
    """

    def __init__(
        self,
        compiled: Compiled,
        lines: Iterable[tuple[NodeKey, Recorder]],
        beside: Sequence[Assessed] = (),
    ) -> None:
        self._beside = beside
        self._recorders: dict[str, Recorder] = {}
        self._lines: dict[str, list[NodeKey]] = {}
        for line, recorder in lines:
            self._recorders[recorder.name] = recorder
            self._lines.setdefault(recorder.name, []).append(line)
        number = compiled.number
        self.recorded_nodes = frozenset(
            number[line] for lines in self._lines.values() for line in lines
        )

    def spread(self, profiles: Sequence[Assessed]) -> list[Assessed]:
        """The profiles, each with what the others record of what is done on it."""
        recorded = self._recorded([*profiles, *self._beside])
        return [_told(profile, recorded) for profile in profiles]

    def changed(
        self, profiles: Sequence[Assessed], changes: Mapping[int, Evaluation]
    ) -> dict[int, Evaluation]:
        """The evaluations that differ once some profiles have changed, by profile place: of these
        profiles, and of those for which they record evidence."""
        if all(self.recorded_nodes.isdisjoint(after.changed) for after in changes.values()):
            return dict(changes)
        after = [
            replace(profile, evaluation=changes.get(place, profile.evaluation))
            for place, profile in enumerate(profiles)
        ]
        return {
            place: updated.evaluation
            for place, (profile, updated) in enumerate(
                zip(profiles, self.spread(after), strict=True)
            )
            if updated.evaluation is not profile.evaluation
        }

    def _recorded(self, profiles: Sequence[Assessed]) -> dict[str, FleetEvidence]:
        """By role, what its hosts record; roles that no host has, or may have, are left out."""
        recorded = {}
        for name, recorder in self._recorders.items():
            certain: list[Assessed] = []
            possible: list[Assessed] = []
            for profile in profiles:
                gate = recorder.gate.check(profile.evaluation.facts).verdict
                if gate.applicable:
                    (certain if gate.settled else possible).append(profile)
            if certain:
                recorded[name] = FleetEvidence(
                    tuple(host.name for each in certain for host in each.group.hosts),
                    {line: _together(line, certain, possible) for line in self._lines[name]},
                )
        return recorded


def _together(line: NodeKey, certain: Iterable[Assessed], possible: Iterable[Assessed]) -> Verdict:
    """What hosts of a role show together of a piece of evidence.

    Hosts that may have the role are counted both as there and as not.
    """
    certain_verdicts = [profile.evaluation.verdict(line) for profile in certain]
    every = [*certain_verdicts, *(profile.evaluation.verdict(line) for profile in possible)]
    return hull((_shared(certain_verdicts), _shared(every)))


def _shared(verdicts: Iterable[Verdict]) -> Verdict:
    """Whole where every host records it, since an attacker chooses which of them to use; in part
    where one does."""
    shared = together(verdicts)
    return shared if shared.applicable else NO


def _told(profile: Assessed, recorded: Mapping[str, FleetEvidence]) -> Assessed:
    """The profile with what others record as facts of its own; as it is where nothing differs."""
    evaluation = profile.evaluation
    facts, changed = evaluation.facts, []
    for name, evidence in recorded.items():
        key = ELSEWHERE(name)
        fact = facts.get(key)
        if isinstance(fact, Missing) or fact.value != evidence:
            facts = facts.stating(key, evidence)
            changed.append(key)
    if not changed:
        return profile
    reevaluated = reevaluate(evaluation, facts, changed)
    # What a change of the host itself brought stays changed, whatever others record besides.
    return replace(
        profile, evaluation=replace(reevaluated, changed=reevaluated.changed | evaluation.changed)
    )


def evaluate_fleet(
    model: Model,
    groups: Iterable[HostGroup],
    beside: Iterable[HostGroup] = (),
    shared: Mapping[NodeKey, Recorder] = MappingProxyType({}),
) -> tuple[list[Assessed], Fleet]:
    """Evaluate every profile, and the fleet that they are part of; `beside` as in `Fleet`.

    `shared` are rules that hosts of some role fire for others.
    """
    lines = [
        (line.here, line.recorder)
        for ways in model.detection_part.ways.values()
        for way in ways.evidence
        for line in way.lines
        if line.recorder is not None
    ]
    return evaluate_with(model.compiled, [*lines, *shared.items()], groups, beside)


def evaluate_with(
    compiled: Compiled,
    lines: Iterable[tuple[NodeKey, Recorder]],
    groups: Iterable[HostGroup],
    beside: Iterable[HostGroup] = (),
) -> tuple[list[Assessed], Fleet]:
    """The same for any graph, with the nodes that hosts of some role answer for all others."""
    fleet = Fleet(compiled, lines, [_evaluated(compiled, group) for group in beside])
    return fleet.spread([_evaluated(compiled, group) for group in groups]), fleet


def _evaluated(compiled: Compiled, group: HostGroup) -> Assessed:
    return Assessed(group, evaluate(compiled, group.facts))
