"""Assess an inventory: build the graph, evaluate it for each profile, gather the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from logreach.coverage.assessment.as_of import as_of
from logreach.coverage.assessment.detected import Detected
from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.fact_views import fact_views
from logreach.coverage.assessment.fleet import fleet_of
from logreach.coverage.assessment.listed_remedies import listed
from logreach.coverage.assessment.method_notes import method_notes, rule_notes
from logreach.coverage.assessment.picture import Pictures
from logreach.coverage.assessment.plan import plan_for
from logreach.coverage.assessment.profiles import group, names
from logreach.coverage.assessment.questions import QuestionKind, technique_questions
from logreach.coverage.assessment.remedies import missing_facts, planned_remedies
from logreach.coverage.assessment.result import (
    AnalyticResult,
    Assessment,
    ComponentResult,
    Detection,
    Plan,
    Profile,
    TechniqueResult,
)
from logreach.coverage.attack import AttackModel, Technique, counterparts, load_attack
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.keys import (
    analytic_key,
    attribute_key,
    component_key,
    event_key,
    held_key,
    operation_key,
    technique_key,
    via_key,
    wanted_key,
)
from logreach.coverage.network.model import Model, build
from logreach.coverage.network.techniques import (
    ANALYTIC,
    ANALYTIC_BY_ANY_EVENT,
    COMPLETENESS,
    VISIBILITY,
)
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.forwarding.subscriptions import FORWARDING

if TYPE_CHECKING:  # a run without rules does without what judges them
    from logreach.coverage.assessment.result import RuleRollup, RuleSummary
    from logreach.coverage.assessment.rules import RuleWork
    from logreach.coverage.detections.model import RuleSet

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an assessment is restricted to: technique ids (None: all), and how to say so."""

    techniques: tuple[str, ...] | None = None
    words: str = ""


def _quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


def assess(
    inventory: Inventory,
    attack: AttackModel,
    scope: Scope | None = None,
    *,
    rules: RuleSet | None = None,
    version: str = "",
    progress: Progress = _quiet,
    day: date | None = None,
) -> Assessment:
    """Judge every technique in scope, and every rule, for every profile of the inventory.

    `day` is when its facts were gathered; None: what the hosts' collections say.
    """
    scope = scope or Scope()
    narrow = scope.techniques is not None
    model = build(attack, scope.techniques, narrow=narrow, own_rules=rules is not None)
    work = rule_work(rules, model) if rules else None
    if work:
        detection = model.detection_part
        model.add_detection(work.ways(detection.direct_events, detection.recorded_by))
    questions = {**technique_questions(model), **(work.questions if work else {})}
    shared = work.events.shared if work else {}
    assessed, fleet = evaluate_fleet(model, group(inventory.hosts), group(inventory.beside), shared)
    profiles: list[Profile] = []
    for number, profile in enumerate(assessed):
        progress("assessing profiles", number, len(assessed))
        profiles.append(_profile(model, profile, work))
    weighed = planned_remedies(questions, assessed, fleet, progress)
    remedies, (plan, rule_plan) = listed(
        weighed,
        plan_for(QuestionKind.TECHNIQUE, questions, assessed, fleet, weighed),
        plan_for(QuestionKind.RULE, questions, assessed, fleet, weighed) if work else Plan(),
    )
    return Assessment(
        version=version,
        attack_version=attack.version,
        inventory=inventory.name,
        scope=scope.words,
        inputs=inventory.files,
        profiles=tuple(profiles),
        fleet=fleet_of(profiles),
        remedies=remedies,
        plan=plan,
        rule_plan=rule_plan,
        missing=missing_facts(questions, assessed, model.sensors),
        tactics=tuple((tactic.shortname, tactic.name) for tactic in attack.tactics),
        counterparts=counterparts(attack.version, (each.id for each in model.techniques)),
        hosts_beside=sum(host.count for host in inventory.beside),
        as_of=as_of(day, inventory.hosts),
        faults=(*inventory.faults, *(rules.faults if rules else ())),
        notes=(*method_notes(model, inventory), *(rule_notes(work) if work else ())),
    )


def _profile(model: Model, done: Assessed, work: RuleWork | None) -> Profile:
    facts = done.group.facts
    reasons = Reasons(done.evaluation)
    kind = model.sensors.hosts.of(facts)[0]
    events = model.event_keys
    rules = work.summaries(done.evaluation, reasons) if work else {}
    general = {name: _component(model, reasons, name) for name in model.component_names}
    detected = Detected(model, done, reasons)
    pictures = Pictures(model, done, reasons)
    return Profile(
        profile_id=done.group.profile_id,
        hosts=names(done.group.hosts),
        count=done.group.count,
        host_counts={host.name: host.count for host in done.group.hosts},
        os=fact_in_words(facts, kind.system),
        role=fact_in_words(facts, kind.role),
        facts=fact_views(model, facts),
        events={event: reasons.judged(event_key(event)) for event in events},
        attributes=_attributes(model, done.evaluation, reasons),
        components=general,
        techniques={
            technique.id: replace(
                _technique(model, reasons, technique, general, detected.of(technique.id)),
                picture=pictures.of(technique),
            )
            for technique in model.techniques
        },
        events_on_host=_on_host(facts, reasons, events),
        rules=rules,
        rules_by_technique=_rolled_up(rules),
        conflicts=facts.conflicts,
        faults=(
            *(fault for host in done.group.hosts for fault in host.faults),
            *(fault for sensor in model.sensors.every for fault in sensor.contradictions(facts)),
        ),
    )


def rule_work(rules: RuleSet, model: Model) -> RuleWork:
    """The rules as nodes of the model's graph, which is compiled with them."""
    from logreach.coverage.assessment.rules import RuleWork
    from logreach.coverage.network.rule_nodes import RuleEvents

    events = RuleEvents(model.compiled, model.event_part, model.sensors)
    return RuleWork(rules, model.attack, events)


def _rolled_up(rules: Mapping[str, RuleSummary]) -> Mapping[str, RuleRollup]:
    if not rules:
        return {}
    from logreach.coverage.assessment.rules import rollup

    return rollup(rules.values())


def _on_host(facts: Facts, reasons: Reasons, events: Iterable[EventId]) -> dict[str, Judged]:
    """What the host itself holds, where forwarding is judged as well."""
    if isinstance(facts.get(FORWARDING), Missing):
        return {}
    return {event: reasons.judged(held_key(event)) for event in events}


def fact_in_words(facts: Facts, key: FactKey[object] | None) -> str:
    """A fact that reports list of each host; hosts of some kinds have none such."""
    if key is None:
        return "none"
    fact = facts.get(key)
    return f"unknown ({fact.reason})" if isinstance(fact, Missing) else str(fact.value)


def _attributes(model: Model, evaluation: Evaluation, reasons: Reasons) -> Mapping[str, Judged]:
    """Every field of every event; reasons for those that some component wants to read."""
    component_fields = model.operations.wanted_fields
    return {
        field: reasons.judged(attribute_key(field.event, field.name))
        if field in component_fields
        else _bare(evaluation.verdict(attribute_key(field.event, field.name)))
        for field in model.fields
    }


@lru_cache(maxsize=16)
def _bare(verdict: Verdict) -> Judged:
    return Judged(verdict)


def _component(model: Model, reasons: Reasons, name: str, technique: str = "") -> ComponentResult:
    part = model.component_part
    narrowing = part.narrowing(name, technique)
    table = part.operations(name, technique)
    attributes = model.operations.attributes.get(name, {})
    return ComponentResult(
        name=name,
        judged=reasons.judged(component_key(name, narrowing)),
        operations={
            operation.title: reasons.judged(operation_key(name, operation.name, narrowing))
            for operation in table.operations
        },
        via={
            event: reasons.judged(via_key(name, event, narrowing))
            for event in part.events_of(name, technique)
        },
        attributes={
            attribute: reasons.judged(wanted_key(name, attribute)) for attribute in attributes
        },
    )


def _technique(
    model: Model,
    reasons: Reasons,
    technique: Technique,
    general: Mapping[str, ComponentResult],
    detection: Detection,
) -> TechniqueResult:
    part = model.technique_part
    components: dict[str, ComponentResult] = {}
    analytics: dict[str, AnalyticResult] = {}
    answers = {name: reasons.judged(technique_key(technique.id, name)) for name in COMPLETENESS}
    if part.here(technique):
        for name in part.components_of(technique):
            narrowed = model.component_part.narrowing(name, technique.id)
            components[name] = (
                _component(model, reasons, name, technique.id) if narrowed else general[name]
            )
        for analytic in part.analytics_of(technique):
            analytics[analytic.id] = AnalyticResult(
                analytic.id,
                reasons.judged(analytic_key(analytic.id, technique.id, ANALYTIC)),
                reasons.judged(analytic_key(analytic.id, technique.id, ANALYTIC_BY_ANY_EVENT)),
                tuple(f"{r.source} {r.channel}" for r in analytic.refs if not r.parsed),
            )
    return TechniqueResult(
        technique_id=technique.id,
        name=technique.name,
        tactics=technique.tactics,
        detection=detection,
        visibility=answers[VISIBILITY],
        analytic=answers[ANALYTIC],
        analytic_by_any_event=answers[ANALYTIC_BY_ANY_EVENT],
        score=score(result.judged.verdict for result in components.values()),
        components=components,
        analytics=analytics,
    )


def score(verdicts: Iterable[Verdict]) -> tuple[float, float] | None:
    """Mean level of the verdicts that apply, (proven, possible), each from 0 to 1."""
    applying = [verdict for verdict in verdicts if verdict.applicable]
    if not applying:
        return None
    top = 2 * len(applying)
    return (
        round(sum(verdict.proven for verdict in applying) / top, 4),
        round(sum(verdict.possible for verdict in applying) / top, 4),
    )


def hanging(
    inventory: Inventory, attack: AttackModel | None = None
) -> Mapping[FactKey[object], int]:
    """How many host x technique verdicts hang on each fact that the inventory does not tell."""
    model = build(attack or load_attack())
    assessed, _ = evaluate_fleet(model, group(inventory.hosts))
    missing = missing_facts(technique_questions(model), assessed, model.sensors)
    return {fact.key: fact.verdicts for fact in missing}
