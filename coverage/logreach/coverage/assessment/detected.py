"""How a technique is detected on a profile, read off an evaluation: every way and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from logreach.coverage.assessment.evaluated import Assessed
from logreach.coverage.assessment.result import Detection, Way, WayKind
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import YES, Level, Verdict, any_of, together
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.elsewhere import ELSEWHERE
from logreach.coverage.network.keys import (
    direct_key,
    rules_key,
    subtechniques_key,
    technique_key,
)
from logreach.coverage.network.model import Model
from logreach.coverage.network.techniques import DETECTION, DETECTION_HERE
from logreach.coverage.network.ways import (
    OWN_ACTS,
    AnalyticWay,
    EvidenceNode,
    EvidenceWay,
    RuleWay,
    ShownBy,
    TechniqueWays,
)
from logreach.inventories.facts.facts import Missing


class Detected:
    """Reads the detection of techniques off one profile's evaluation."""

    def __init__(self, model: Model, profile: Assessed, reasons: Reasons) -> None:
        self._model = model
        self._evaluation = profile.evaluation
        self._reasons = reasons
        self._found: dict[str, Detection] = {}

    def of(self, technique: str) -> Detection:
        """The detection of a technique of the graph."""
        detection = self._found.get(technique)
        if detection is None:
            detection = self._found[technique] = self._detection(technique)
        return detection

    def _detection(self, technique: str) -> Detection:
        ways = self._model.detection_part.ways[technique]
        return Detection(
            self._reasons.judged(technique_key(technique, DETECTION)),
            self._evaluation.verdict(technique_key(technique, DETECTION_HERE)),
            tuple(way for way in self._ways(technique, ways) if way.verdict.applicable),
            ways.none,
        )

    def _ways(self, technique: str, ways: TechniqueWays) -> Iterator[Way]:
        for way in ways.evidence:
            yield self._direct(way)
        for analytic in ways.analytics:
            yield self._analytic(analytic)
        if ways.rules:
            yield self._rules(technique, ways.rules)
        if ways.subtechniques:
            yield self._subtechniques(technique, ways)

    def _direct(self, way: EvidenceWay) -> Way:
        if way.procedures:
            return self._procedures(way)
        (line,) = way.lines
        verdict, hosts = self._line(line)
        event, shown = line.line.shown.event, line.line.shown
        description = f"{line.line.act}; {shown.why}" if shown.why else line.line.act
        proven = verdict.proven > Level.NO
        return Way(
            WayKind.DIRECT,
            event,
            verdict,
            description,
            (event,) if proven else (),
            () if proven or not verdict.applicable else (event,),
            hosts if proven else (),
            self._sensors((event,)),
            direct=True,
        )

    def _procedures(self, way: EvidenceWay) -> Way:
        """A way of which every procedure is needed for the whole."""
        verdicts: list[Verdict] = []
        missing: list[str] = []
        holds: list[str] = []
        lacks: list[str] = []
        hosts: list[str] = []
        for title, lines in way.procedures:
            answers = [(line.line.shown.event, *self._line(line)) for line in lines]
            best = any_of(verdict for _, verdict, _ in answers)
            if not best.applicable:
                continue
            verdicts.append(best)
            if best.proven < Level.YES:
                missing.append(_partly(title, best))
            for event, verdict, recorders in answers:
                if verdict.applicable:
                    (holds if verdict.proven > Level.NO else lacks).append(event)
                    hosts += recorders if verdict.proven > Level.NO else ()
        complete = len(verdicts) - len(missing)
        description = f"{complete} of {len(verdicts)} procedures"
        if missing:
            description = f"{description}; lacking {', '.join(missing)}"
        return Way(
            WayKind.DIRECT,
            "procedures",
            together(verdicts),
            description,
            _once(holds),
            _once(lacks),
            _once(hosts),
            self._sensors(map(EventId.parse, holds)),
            direct=True,
        )

    def _line(self, node: EvidenceNode) -> tuple[Verdict, tuple[str, ...]]:
        """What a line of evidence shows here or elsewhere, with the other hosts that record it."""
        local = self._evaluation.verdict(node.here)
        if node.elsewhere is None or node.recorder is None:
            return local, ()
        elsewhere = self._evaluation.verdict(node.elsewhere)
        fact = self._evaluation.facts.get(ELSEWHERE(node.recorder.name))
        hosts = () if isinstance(fact, Missing) else fact.value.hosts
        further = elsewhere.proven > local.proven
        return any_of((local, elsewhere)), hosts if further else ()

    def _analytic(self, way: AnalyticWay) -> Way:
        complete, lacking, holds, lacks, untold = 0, [], [], [], []
        for reference in way.references:
            verdict = self._evaluation.verdict(reference.node)
            if not verdict.applicable:
                continue
            showing = self._showing(reference.own)
            if not showing and (verdict.proven > Level.NO or not reference.own):
                showing = self._showing(reference.general)
            holds += showing
            candidates = reference.own or reference.general
            lacks += [each.event for each in candidates if each.event not in showing]
            if verdict is YES:
                complete += 1
                if self._level(reference.told) is not Level.YES:
                    untold.append(f"{reference.telling} of {reference.component}")
            else:
                lacking.append(_partly(reference.component, verdict))
        description = f"{complete} of {complete + len(lacking)} data components"
        if lacking or untold:
            description = f"{description}; lacking {', '.join([*lacking, *dict.fromkeys(untold)])}"
        return Way(
            WayKind.ANALYTIC,
            way.analytic.id,
            self._evaluation.verdict(way.node),
            description,
            _once(holds),
            _once(lacks),
            (),
            self._sensors(holds),
        )

    def _showing(self, events: Iterable[ShownBy]) -> list[EventId]:
        return [each.event for each in events if self._level(each.node) > Level.NO]

    def _rules(self, technique: str, rules: tuple[RuleWay, ...]) -> Way:
        firing = [rule for rule in rules if self._level(rule.node) > Level.NO]
        count, total = sum(rule.count for rule in firing), sum(rule.count for rule in rules)
        rule_names = [rule.name for rule in firing if rule.name]
        events = _once(
            event for rule in firing for event, node in rule.reads if self._level(node) > Level.NO
        )
        lacking = [rule.name for rule in rules if rule.name and self._level(rule.node) is Level.NO]
        return Way(
            WayKind.RULES,
            "rules",
            self._evaluation.verdict(rules_key(technique)),
            f"rules {count} of {total}",
            _once([*rule_names, *events]),
            _once(lacking),
            (),
            self._sensors(events),
            direct=any(rule.direct and self._level(rule.node) is Level.YES for rule in firing),
        )

    def _subtechniques(self, technique: str, of_technique: TechniqueWays) -> Way:
        detections = {each: self.of(each) for each in of_technique.subtechniques}
        applying = {each: d for each, d in detections.items() if d.judged.verdict.applicable}
        complete = [each for each, d in applying.items() if d.judged.verdict is YES]
        lacking = [
            _partly(each, d.judged.verdict) for each, d in applying.items() if each not in complete
        ]
        if of_technique.own_acts:
            own_verdict = self._evaluation.verdict(direct_key(technique, DETECTION))
            lacking += (
                [_partly(OWN_ACTS, own_verdict)]
                if own_verdict.applicable and own_verdict is not YES
                else []
            )
        description = f"{len(complete)} of {len(applying)} sub-techniques"
        if lacking:
            description = f"{description}; lacking {', '.join(lacking)}"
        ways = [way for each in applying.values() for way in each.ways]
        return Way(
            WayKind.SUBTECHNIQUES,
            "sub-techniques",
            self._evaluation.verdict(subtechniques_key(technique, DETECTION)),
            description,
            _once([name for way in ways for name in way.holds]),
            (),
            _once([host for way in ways for host in way.hosts]),
            _once([sensor for way in ways if way.verdict is YES for sensor in way.sensors]),
            direct=any(detection.direct for detection in applying.values()),
            depth=min((detection.depth for detection in applying.values()), default=0),
        )

    def _level(self, node: NodeKey | int) -> Level:
        if isinstance(node, int):
            return self._evaluation.proven(node)
        return self._evaluation.verdict(node).proven

    def _sensors(self, events: Iterable[EventId]) -> tuple[str, ...]:
        sensors = (self._model.sensors.of(event) for event in events)
        return tuple(dict.fromkeys(sensor.name for sensor in sensors if sensor))


def _partly(name: str, verdict: Verdict) -> str:
    """A data component, procedure or sub-technique that is not there, or not whole."""
    return name if verdict.proven is Level.NO else f"part of {name}"


_Name = TypeVar("_Name", bound=str)


def _once(names: Iterable[_Name]) -> tuple[_Name, ...]:
    return tuple(dict.fromkeys(names))
