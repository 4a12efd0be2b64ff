"""assessment.json: the whole result, for programs.

Its shape is told by `schema/assessment.schema.json`. Reasons stand in full beside events and data
components; everywhere else `reason_ids` are positions in the top-level list `reasons`,
for one broken link decides thousands of verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from logreach.coverage.assessment.result import (
    AnalyticResult,
    Assessment,
    ComponentResult,
    FactView,
    FleetTechnique,
    Profile,
    RuleRollup,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.facts import Conflict
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.reports.catalogue import Catalogue
from logreach.reports.jsonplan import missing_fact, plan, planned_remedy, remedy
from logreach.reports.jsontext import (
    Items,
    JsonText,
    Lines,
    encoded,
    encoded_list,
    encoded_name,
    encoded_object,
    lines_of,
    write_lines,
)
from logreach.reports.words import LABELS, totals, value_text

SCHEMA_VERSION = "1.0"
Json = dict[str, Any]

# A technique, an event or a reason is one line.
_OPENED = {"inputs": 1, "profiles": 3, "fleet": 1, "remedies": 1, "missing": 1, "reasons": 1}


def write_json(assessment: Assessment, path: Path, catalogue: Catalogue | None = None) -> None:
    """Write assessment.json in UTF-8; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    write_lines(_document(assessment, catalogue or Catalogue(assessment)), path, _OPENED)


def document(assessment: Assessment) -> Json:
    """The assessment as plain JSON values, as they are read from the file."""
    told: Json = json.loads(lines_of(_document(assessment, Catalogue(assessment)), _OPENED))
    return told


def schema() -> Json:
    """The JSON Schema (2020-12) of assessment.json."""
    text = files("logreach.reports").joinpath("schema/assessment.schema.json").read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


def _document(assessment: Assessment, catalogue: Catalogue) -> Json:
    """The document, with what stands in it by the thousand as text already."""
    texts = _Texts(catalogue)
    return {
        "schema_version": SCHEMA_VERSION,
        "logreach_version": assessment.version,
        "attack_version": assessment.attack_version,
        "inventory": assessment.inventory,
        "scope": assessment.scope,
        "questions": list(assessment.questions),
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in assessment.inputs],
        "summary": _summary(assessment),
        "profiles": [_profile(profile, texts) for profile in assessment.profiles],
        "fleet": {key: _fleet(one) for key, one in assessment.fleet.items()},
        "remedies": [planned_remedy(one) for one in assessment.remedies],
        "plan": plan(assessment.plan),
        "missing": [missing_fact(one) for one in assessment.missing],
        "tactics": [{"id": short, "name": name} for short, name in assessment.tactics],
        "faults": [_fault(one) for one in assessment.faults],
        "notes": [{"heading": heading, "text": text} for heading, text in assessment.notes],
        "reasons": texts.reasons,
    }


def _summary(assessment: Assessment) -> Json:
    return {
        "hosts": sum(profile.count for profile in assessment.profiles),
        "techniques": len(assessment.fleet),
        "verdicts": {
            question: _labels(totals(assessment, question)) for question in assessment.questions
        },
    }


def _labels(counts: Mapping[str, float]) -> Json:
    return {label: counts.get(label, 0) for label in LABELS}


class _Texts:
    """The JSON text of verdicts, of reasons, and of what points to reasons by number."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.numbers = catalogue.numbers
        self.reasons = Items(_reason(one) for one in catalogue.reasons)
        self._ids: dict[int, str] = {}
        self._rules: dict[str, tuple[JsonText, JsonText]] = {}
        self._whole: dict[int, JsonText] = {}
        self._scores: dict[tuple[float, float] | None, JsonText] = {}

    def ids(self, judged: Judged) -> str:
        """The numbers of a verdict's reasons."""
        chain = id(judged.reasons)  # the assessment keeps it alive
        if chain not in self._ids:
            self._ids[chain] = str(self.numbers(judged))
        return self._ids[chain]

    def in_full(self, judged: Judged) -> dict[str, JsonText]:
        """A verdict with the text of its reasons."""
        reasons = [self.reasons[number] for number in self.numbers(judged)]
        return {"verdict": _verdict_text(judged.verdict), "reasons": encoded_list(reasons)}

    def by_number(self, judged: Judged) -> JsonText:
        """A verdict with its reasons by number."""
        return f'{{"verdict": {_verdict_text(judged.verdict)}, "reason_ids": {self.ids(judged)}}}'

    def each(self, judged: Mapping[str, Judged]) -> JsonText:
        """Verdicts by what they are about, with their reasons by number."""
        return encoded_object({key: self.by_number(one) for key, one in judged.items()})

    def of_rule(self, rule: RuleSummary) -> tuple[JsonText, JsonText]:
        """What a rule says of itself, which stands in every profile: its head and techniques."""
        known = self._rules.get(rule.rule_id)
        if known is None:
            name = encoded_name
            head = f'{{"title": {name(rule.title)}, "level": {name(rule.level)}'
            known = self._rules[rule.rule_id] = (
                f'{head}, "source": {name(rule.source)}',
                encoded_list(map(name, rule.techniques)),
            )
        return known

    def score(self, score: tuple[float, float] | None) -> JsonText:
        """A score with four decimals, null where nothing applies; there are few distinct ones."""
        if score not in self._scores:
            told = score and {"proven": round(score[0], 4), "possible": round(score[1], 4)}
            self._scores[score] = encoded(told)
        return self._scores[score]

    def parts(self, component: ComponentResult) -> dict[str, JsonText]:
        """A component by operation and by event."""
        return {"operations": self.each(component.operations), "via": self.each(component.via)}

    def component(self, component: ComponentResult, own: ComponentResult | None) -> JsonText:
        """A component under a technique; its parts only where they differ from `own`, that of
        the profile. Techniques share components, so each is put into words once."""
        known = self._whole.get(id(component))
        if known is None:
            narrowed = own is not component and own != component
            known = encoded_object(
                {
                    "verdict": _verdict_text(component.judged.verdict),
                    "reason_ids": self.ids(component.judged),
                    "narrowed": encoded(narrowed),
                    **(self.parts(component) if narrowed else {}),
                }
            )
            self._whole[id(component)] = known
        return known


def _verdict(verdict: Verdict) -> Json:
    return {
        "proven": verdict.proven.word,
        "possible": verdict.possible.word,
        "label": verdict.label,
    }


_VERDICTS = {verdict: encoded(_verdict(verdict)) for verdict in Verdict}
_verdict_text: Callable[[Verdict], JsonText] = _VERDICTS.__getitem__


def _profile(profile: Profile, texts: _Texts) -> Json:
    attributes = profile.attributes.items()
    return {
        "id": profile.profile_id,
        "hosts": list(profile.hosts),
        "count": profile.count,
        "os": profile.os,
        "role": profile.role,
        "facts": [_fact(view) for view in profile.facts],
        "events": Lines(
            (key, encoded_object(texts.in_full(one))) for key, one in profile.events.items()
        ),
        "events_on_host": Lines(
            (key, texts.by_number(one)) for key, one in profile.events_on_host.items()
        ),
        "attributes": Lines((key, _verdict_text(one.verdict)) for key, one in attributes),
        "attribute_reason_ids": Lines((key, texts.ids(one)) for key, one in attributes),
        "components": Lines(
            (name, encoded_object({**texts.in_full(one.judged), **texts.parts(one)}))
            for name, one in profile.components.items()
        ),
        "techniques": Lines(
            (key, _technique(one, profile, texts)) for key, one in profile.techniques.items()
        ),
        "rules": Lines((key, _rule(one, texts)) for key, one in profile.rules.items()),
        "rules_by_technique": Lines(
            (key, _rollup(one)) for key, one in profile.rules_by_technique.items()
        ),
        "conflicts": [_conflict(one) for one in profile.conflicts],
        "faults": [_fault(one) for one in profile.faults],
    }


def _technique(technique: TechniqueResult, profile: Profile, texts: _Texts) -> JsonText:
    # By hand, for there are thousands; the schema and the tests hold it to its shape.
    verdict, ids = _verdict_text, texts.ids
    seen, found = technique.visibility, technique.detection
    found_too = technique.detection_with_alternatives
    own = profile.components
    components = {
        name: texts.component(one, own.get(one.name)) for name, one in technique.components.items()
    }
    analytics = {key: _analytic(one, texts) for key, one in technique.analytics.items()}
    return (
        f'{{"name": {encoded_name(technique.name)}, '
        f'"tactics": {encoded_list(map(encoded_name, technique.tactics))}, '
        f'"visibility": {verdict(seen.verdict)}, '
        f'"detection": {verdict(found.verdict)}, '
        f'"detection_with_alternatives": {verdict(found_too.verdict)}, '
        f'"score": {texts.score(technique.score)}, '
        f'"reason_ids": {{"visibility": {ids(seen)}, "detection": {ids(found)}, '
        f'"detection_with_alternatives": {ids(found_too)}}}, '
        f'"components": {encoded_object(components)}, "analytics": {encoded_object(analytics)}}}'
    )


def _analytic(analytic: AnalyticResult, texts: _Texts) -> JsonText:
    return (
        f'{{"detection": {texts.by_number(analytic.detection)}, '
        f'"with_alternatives": {texts.by_number(analytic.with_alternatives)}, '
        f'"unparsed": {encoded_list(map(encoded_name, analytic.unparsed))}}}'
    )


def _reason(reason: Reason) -> JsonText:
    # By hand, as a technique is.
    name, missing = encoded_name, reason.missing
    evidence = encoded_list(map(_evidence_text, reason.evidence))
    return (
        f'{{"link": {name(reason.link)}, "subject": {name(reason.subject)}, '
        f'"verdict": {_verdict_text(reason.verdict)}, "text": {encoded(reason.text)}, '
        f'"evidence": {evidence}, '
        f'"remedy": {"null" if reason.remedy is None else _remedy(reason.remedy)}, '
        f'"reference": {name(reason.reference)}, '
        f'"missing": {"null" if missing is None else name(str(missing))}}}'
    )


@lru_cache(maxsize=1024)
def _remedy(one: Remedy) -> JsonText:
    return encoded(remedy(one))


def _evidence_text(one: Evidence) -> JsonText:
    name = encoded_name
    return (
        f'{{"source": {name(one.source)}, "where": {name(one.where)}, '
        f'"quote": {name(one.quote)}, "sha256": {name(one.sha256)}}}'
    )


def _evidence(one: Evidence) -> Json:
    return {"source": one.source, "where": one.where, "quote": one.quote, "sha256": one.sha256}


def _fleet(technique: FleetTechnique) -> Json:
    share = technique.achievable_share
    return {
        "name": technique.name,
        "tactics": list(technique.tactics),
        "visibility": _labels(technique.visibility),
        "detection": _labels(technique.detection),
        "detection_with_alternatives": _labels(technique.detection_with_alternatives),
        "achievable_share": None if share is None else round(share, 4),
    }


def _fact(view: FactView) -> Json:
    return {
        "fact": str(view.key),
        "title": view.title,
        "state": view.state,
        "value": view.value,
        "evidence": [_evidence(one) for one in view.evidence],
    }


def _rule(rule: RuleSummary, texts: _Texts) -> JsonText:
    # By hand, as a technique is.
    name, verdict = encoded_name, rule.judged.verdict
    head, techniques = texts.of_rule(rule)
    return (
        f'{head}, "state": {encoded_list(map(name, rule.state))}, '
        f'"reason": {name(rule.judged.reason)}, "verdict": {_verdict_text(verdict)}, '
        f'"reason_ids": {texts.ids(rule.judged)}, "techniques": {techniques}, '
        f'"log_source": {name(rule.log_source)}, '
        f'"dead_branches": {encoded_list(map(encoded, rule.dead_branches))}, '
        f'"missing_fields": {encoded_list(map(name, rule.missing_fields))}}}'
    )


def _rollup(rules: RuleRollup) -> JsonText:
    counts, weights = (
        encoded_object({label: repr(told.get(label, 0)) for label in LABELS})
        for told in (rules.counts, rules.weights)
    )
    return f'{{"counts": {counts}, "weights": {weights}}}'


def _conflict(conflict: Conflict) -> Json:
    sides = {"kept": conflict.kept, "dropped": conflict.dropped}
    return {
        "fact": str(conflict.key),
        **{
            side: {
                "value": value_text(statement.value),
                "strength": statement.strength.name.lower(),
                "evidence": _evidence(statement.evidence),
            }
            for side, statement in sides.items()
        },
    }


def _fault(fault: Fault) -> Json:
    return {
        "message": fault.message,
        "source": fault.source,
        "where": fault.where,
        "hint": fault.hint,
    }
