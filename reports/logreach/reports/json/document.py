"""The document of an assessment: its results as entries, ready to be encoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Detection,
    FactView,
    FleetTechnique,
    MissingFact,
    Plan,
    PlannedRemedy,
    Profile,
    RuleRollup,
    RuleSummary,
    TechniqueResult,
    Way,
)
from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.network.techniques import QUESTIONS
from logreach.inventories.facts.facts import Conflict, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.reports.counts import totals
from logreach.reports.json.entries import (
    AnalyticEntry,
    AsOfEntry,
    AssessmentEntry,
    ComponentEntry,
    ConflictEntry,
    CounterpartsEntry,
    DetectionEntry,
    EvidenceEntry,
    FactEntry,
    FaultEntry,
    FleetTechniqueEntry,
    InputEntry,
    JudgedEntry,
    JudgedInFullEntry,
    MissingFactEntry,
    NoteEntry,
    PlanEntry,
    PlannedRemedyEntry,
    ProfileEntry,
    ReasonEntry,
    RemedyEntry,
    RuleEntry,
    RuleRollupEntry,
    ScoreEntry,
    StatementEntry,
    StepEntry,
    SummaryEntry,
    TacticEntry,
    TechniqueComponentEntry,
    TechniqueEntry,
    TechniqueReasonIds,
    VerdictEntry,
    WayEntry,
)
from logreach.reports.labels import LABELS, QUESTION_MEANING, VERDICT_LABELS
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import value_text

SCHEMA_VERSION = "2.2"
_VERDICTS = {
    verdict: VerdictEntry(verdict.proven.word, verdict.possible.word, verdict.label)
    for verdict in Verdict
}


def assessment_entry(assessment: Assessment, catalogue: ReasonCatalogue) -> AssessmentEntry:
    """The whole document."""
    reasons = [_reason(reason) for reason in catalogue.reasons]
    return AssessmentEntry(
        schema_version=SCHEMA_VERSION,
        logreach_version=assessment.version,
        attack_version=assessment.attack_version,
        counterparts=CounterpartsEntry(
            assessment.counterparts.version, assessment.counterparts.ids
        ),
        inventory=assessment.inventory,
        scope=assessment.scope,
        hosts_beside=assessment.hosts_beside,
        as_of=_as_of(assessment.as_of),
        questions=assessment.questions,
        inputs=[InputEntry(file.path, file.sha256) for file in assessment.inputs],
        summary=_summary(assessment),
        profiles=[
            _ProfileEntries(profile, catalogue, reasons).profile()
            for profile in assessment.profiles
        ],
        fleet={key: _fleet_technique(technique) for key, technique in assessment.fleet.items()},
        remedies=[_planned_remedy(planned) for planned in assessment.remedies],
        plan=_plan(assessment.plan),
        rule_plan=_plan(assessment.rule_plan),
        missing=[_missing_fact(missing) for missing in assessment.missing],
        tactics=[TacticEntry(shortname, name) for shortname, name in assessment.tactics],
        faults=[_fault(fault) for fault in assessment.faults],
        notes=[NoteEntry(heading, text) for heading, text in assessment.notes],
        reasons=reasons,
    )


def _as_of(days: AsOf | None) -> AsOfEntry | None:
    if days is None:
        return None
    return AsOfEntry(days.first.isoformat(), days.last.isoformat(), days.hosts)


class _ProfileEntries:
    """Makes the entries of one profile, whose reasons stand in the catalogue."""

    def __init__(
        self, profile: Profile, catalogue: ReasonCatalogue, reasons: list[ReasonEntry]
    ) -> None:
        self._profile = profile
        self._numbers = catalogue.numbers
        self._reasons = reasons
        # Most techniques read a component as the whole profile does.
        self._general = {
            name: TechniqueComponentEntry(
                _VERDICTS[component.judged.verdict],
                self._numbers(component.judged),
                narrowed=False,
            )
            for name, component in profile.components.items()
        }

    def profile(self) -> ProfileEntry:
        profile = self._profile
        return ProfileEntry(
            id=profile.profile_id,
            hosts=profile.hosts,
            count=profile.count,
            host_counts=profile.host_counts,
            os=profile.os,
            role=profile.role,
            facts=[_fact(view) for view in profile.facts],
            events={
                event: JudgedInFullEntry(_VERDICTS[judged.verdict], self._in_full(judged))
                for event, judged in profile.events.items()
            },
            events_on_host=self._by_number(profile.events_on_host),
            attributes={
                attribute: _VERDICTS[judged.verdict]
                for attribute, judged in profile.attributes.items()
            },
            attribute_reason_ids={
                attribute: self._numbers(judged) for attribute, judged in profile.attributes.items()
            },
            components={
                name: self._component(component) for name, component in profile.components.items()
            },
            techniques={
                technique_id: self._technique(technique)
                for technique_id, technique in profile.techniques.items()
            },
            rules={rule_id: self._rule(rule) for rule_id, rule in profile.rules.items()},
            rules_by_technique={
                technique_id: _rollup(rollup)
                for technique_id, rollup in profile.rules_by_technique.items()
            },
            conflicts=[_conflict(conflict) for conflict in profile.conflicts],
            faults=[_fault(fault) for fault in profile.faults],
        )

    def _in_full(self, judged: Judged) -> list[ReasonEntry]:
        return [self._reasons[number] for number in self._numbers(judged)]

    def _judged(self, judged: Judged) -> JudgedEntry:
        return JudgedEntry(_VERDICTS[judged.verdict], self._numbers(judged))

    def _by_number(self, results: Mapping[str, Judged]) -> dict[str, JudgedEntry]:
        return {key: self._judged(judged) for key, judged in results.items()}

    def _component(self, component: ComponentResult) -> ComponentEntry:
        return ComponentEntry(
            _VERDICTS[component.judged.verdict],
            self._in_full(component.judged),
            self._by_number(component.operations),
            self._by_number(component.via),
        )

    def _technique(self, technique: TechniqueResult) -> TechniqueEntry:
        score = technique.score
        return TechniqueEntry(
            name=technique.name,
            tactics=technique.tactics,
            detection=_detection(technique.detection),
            visibility=_VERDICTS[technique.visibility.verdict],
            analytic=_VERDICTS[technique.analytic.verdict],
            analytic_by_any_event=_VERDICTS[technique.analytic_by_any_event.verdict],
            score=score and ScoreEntry(round(score[0], 4), round(score[1], 4)),
            reason_ids=TechniqueReasonIds(
                *(self._numbers(technique.judged(question)) for question in QUESTIONS)
            ),
            components={
                name: self._technique_component(component)
                for name, component in technique.components.items()
            },
            analytics={
                analytic_id: AnalyticEntry(
                    self._judged(analytic.detection),
                    self._judged(analytic.with_alternatives),
                    analytic.unparsed,
                )
                for analytic_id, analytic in technique.analytics.items()
            },
        )

    def _technique_component(self, component: ComponentResult) -> TechniqueComponentEntry:
        general = self._profile.components.get(component.name)
        if component is general or component == general:
            return self._general[component.name]
        return TechniqueComponentEntry(
            _VERDICTS[component.judged.verdict],
            self._numbers(component.judged),
            narrowed=True,
            operations=self._by_number(component.operations),
            via=self._by_number(component.via),
        )

    def _rule(self, rule: RuleSummary) -> RuleEntry:
        return RuleEntry(
            title=rule.title,
            level=rule.level,
            source=rule.source,
            state=rule.state,
            reason=rule.judged.reason,
            verdict=_VERDICTS[rule.judged.verdict],
            reason_ids=self._numbers(rule.judged),
            techniques=rule.techniques,
            log_source=rule.log_source,
            dead_branches=rule.dead_branches,
            missing_fields=rule.missing_fields,
        )


def _detection(detection: Detection) -> DetectionEntry:
    verdict = detection.judged.verdict
    return DetectionEntry(
        proven=verdict.proven.word,
        possible=verdict.possible.word,
        label=detection.label,
        here=_VERDICTS[detection.here],
        where=detection.where,
        depth=detection.depth,
        sensors=detection.sensors,
        direct=detection.direct,
        ways=[_way(way) for way in detection.ways],
        no_direct_evidence=detection.none,
    )


def _way(way: Way) -> WayEntry:
    return WayEntry(
        kind=way.kind.value,
        name=way.name,
        verdict=_VERDICTS[way.verdict],
        text=way.text,
        holds=way.holds,
        lacks=way.lacks,
        hosts=way.hosts,
        sensors=way.sensors,
        direct=way.direct,
    )


def _summary(assessment: Assessment) -> SummaryEntry:
    return SummaryEntry(
        hosts=sum(profile.count for profile in assessment.profiles),
        techniques=len(assessment.fleet),
        questions={question: QUESTION_MEANING[question] for question in assessment.questions},
        verdicts={question: totals(assessment, question) for question in assessment.questions},
    )


def _by_label(counts: Mapping[str, float], labels: Sequence[str] = LABELS) -> dict[str, float]:
    return {label: counts.get(label, 0) for label in labels}


def _rollup(rollup: RuleRollup) -> RuleRollupEntry:
    counts, weights = (_by_label(x, VERDICT_LABELS) for x in (rollup.counts, rollup.weights))
    return RuleRollupEntry(counts, weights)


def _reason(reason: Reason) -> ReasonEntry:
    return ReasonEntry(
        link=reason.link,
        subject=reason.subject,
        verdict=_VERDICTS[reason.verdict],
        text=reason.text,
        evidence=_evidence_entries(reason.evidence),
        remedy=None if reason.remedy is None else _remedy(reason.remedy),
        reference=reason.reference,
        missing=None if reason.missing is None else str(reason.missing),
    )


def _evidence(evidence: Evidence) -> EvidenceEntry:
    return EvidenceEntry(evidence.source, evidence.where, evidence.quote, evidence.sha256)


def _evidence_entries(pieces: Iterable[Evidence]) -> list[EvidenceEntry]:
    return [_evidence(evidence) for evidence in pieces]


def _plain_value(value: object | None) -> bool | int | str:
    return value if isinstance(value, bool | int | str) else value_text(value)


def _remedy(remedy: Remedy) -> RemedyEntry:
    return RemedyEntry(
        fact=str(remedy.key),
        value=_plain_value(remedy.value),
        text=remedy.text,
        cost=remedy.cost,
        title=remedy.title,
        kind=remedy.kind,
        volume=remedy.volume.value,
    )


def _planned_remedy(planned: PlannedRemedy) -> PlannedRemedyEntry:
    remedy = planned.remedy
    return PlannedRemedyEntry(
        fact=str(remedy.key),
        value=_plain_value(remedy.value),
        text=remedy.text,
        cost=remedy.cost,
        title=remedy.title,
        kind=remedy.kind,
        volume=remedy.volume.value,
        profiles=planned.profiles,
        hosts=planned.hosts,
        gain=planned.gain,
        raised=planned.raised,
        needless=planned.needless,
        rule_gain=planned.rule_gain,
        rules_raised=planned.rules_raised,
    )


def _plan(plan: Plan) -> PlanEntry:
    steps = [
        StepEntry(
            step.remedies,
            step.profiles,
            step.hosts,
            step.gain,
            step.achievable,
            step.techniques,
            step.rules,
            step.rule_gain,
            step.kinds,
            step.volume.value,
        )
        for step in plan.steps
    ]
    return PlanEntry(steps, plan.pairs, plan.open, plan.least)


def _missing_fact(missing: MissingFact) -> MissingFactEntry:
    return MissingFactEntry(
        fact=str(missing.key),
        title=missing.title,
        profiles=missing.profiles,
        reason=missing.reason,
        verdicts=missing.verdicts,
        rules=missing.rules,
    )


def _fleet_technique(technique: FleetTechnique) -> FleetTechniqueEntry:
    share = technique.achievable_share
    return FleetTechniqueEntry(
        name=technique.name,
        tactics=technique.tactics,
        detection=_by_label(technique.detection),
        visibility=_by_label(technique.visibility),
        analytic=_by_label(technique.analytic),
        analytic_by_any_event=_by_label(technique.analytic_by_any_event),
        achievable_share=None if share is None else round(share, 4),
    )


def _fact(view: FactView) -> FactEntry:
    evidence = _evidence_entries(view.evidence)
    return FactEntry(str(view.key), view.title, view.state, view.value, evidence)


def _conflict(conflict: Conflict) -> ConflictEntry:
    return ConflictEntry(str(conflict.key), _statement(conflict.kept), _statement(conflict.dropped))


def _statement(statement: Statement) -> StatementEntry:
    return StatementEntry(
        value_text(statement.value),
        statement.strength.name.lower(),
        _evidence(statement.evidence),
    )


def _fault(fault: Fault) -> FaultEntry:
    return FaultEntry(fault.message, fault.source, fault.where, fault.hint)
