"""assessment.json: the whole result, for programs.

Its shape is told by `schema/assessment.schema.json`. Reasons stand in full beside events and data
components; everywhere else `reason_ids` are positions in the top-level list `reasons`,
for one broken link decides thousands of verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from logreach.coverage.assessment import (
    Assessment,
    ComponentResult,
    FactView,
    FleetTechnique,
    Judged,
    MissingFact,
    PlannedRemedy,
    Profile,
    Reason,
    Remedy,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.verdict import Verdict
from logreach.inventories.facts import Conflict, Evidence
from logreach.inventories.faults import Fault
from logreach.reports.catalogue import Catalogue
from logreach.reports.jsontext import write_lines
from logreach.reports.words import LABELS, totals, value_text

SCHEMA_VERSION = "1.0"
Json = dict[str, Any]

# A technique, an event or a reason is one line.
_OPENED = {"inputs": 1, "profiles": 3, "fleet": 1, "remedies": 1, "missing": 1, "reasons": 1}


def write_json(assessment: Assessment, path: Path, catalogue: Catalogue | None = None) -> None:
    """Write assessment.json in UTF-8; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    write_lines(document(assessment, catalogue), path, _OPENED)


def schema() -> Json:
    """The JSON Schema (2020-12) of assessment.json."""
    text = files("logreach.reports").joinpath("schema/assessment.schema.json").read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


def document(assessment: Assessment, catalogue: Catalogue | None = None) -> Json:
    """The assessment as plain JSON values."""
    catalogue = catalogue or Catalogue(assessment)
    return {
        "schema_version": SCHEMA_VERSION,
        "logreach_version": assessment.version,
        "attack_version": assessment.attack_version,
        "inventory": assessment.inventory,
        "scope": assessment.scope,
        "questions": list(assessment.questions),
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in assessment.inputs],
        "summary": _summary(assessment),
        "profiles": [_profile(profile, catalogue) for profile in assessment.profiles],
        "fleet": {key: _fleet(one) for key, one in assessment.fleet.items()},
        "remedies": [_planned(one) for one in assessment.remedies],
        "missing": [_missing(one) for one in assessment.missing],
        "tactics": [{"id": short, "name": name} for short, name in assessment.tactics],
        "faults": [_fault(one) for one in assessment.faults],
        "notes": [{"heading": heading, "text": text} for heading, text in assessment.notes],
        "reasons": [_reason(one) for one in catalogue.reasons],
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


_VERDICTS: dict[Verdict, Json] = {}


def verdict_of(verdict: Verdict) -> Json:
    """A verdict as JSON; the same object each time, which callers must not change."""
    if verdict not in _VERDICTS:
        _VERDICTS[verdict] = {
            "proven": verdict.proven.word,
            "possible": verdict.possible.word,
            "label": verdict.label,
        }
    return _VERDICTS[verdict]


def _profile(profile: Profile, catalogue: Catalogue) -> Json:
    return {
        "id": profile.profile_id,
        "hosts": list(profile.hosts),
        "count": profile.count,
        "os": profile.os,
        "role": profile.role,
        "facts": [_fact(view) for view in profile.facts],
        "events": {key: _in_full(one) for key, one in profile.events.items()},
        "events_on_host": _each(profile.events_on_host, catalogue),
        "attributes": {key: verdict_of(one.verdict) for key, one in profile.attributes.items()},
        "attribute_reason_ids": {
            key: catalogue.numbers(one) for key, one in profile.attributes.items()
        },
        "components": {
            name: {**_in_full(one.judged), **_parts(one, catalogue)}
            for name, one in profile.components.items()
        },
        "techniques": {
            key: _technique(one, profile, catalogue) for key, one in profile.techniques.items()
        },
        "rules": {key: _rule(one, catalogue) for key, one in profile.rules.items()},
        "rules_by_technique": {
            key: {"counts": _labels(one.counts), "weights": _labels(one.weights)}
            for key, one in profile.rules_by_technique.items()
        },
        "conflicts": [_conflict(one) for one in profile.conflicts],
        "faults": [_fault(one) for one in profile.faults],
    }


def _in_full(judged: Judged) -> Json:
    return {
        "verdict": verdict_of(judged.verdict),
        "reasons": [_reason(reason) for reason in judged.reasons],
    }


def _by_number(judged: Judged, catalogue: Catalogue) -> Json:
    return {"verdict": verdict_of(judged.verdict), "reason_ids": catalogue.numbers(judged)}


def _parts(component: ComponentResult, catalogue: Catalogue) -> Json:
    return {
        "operations": _each(component.operations, catalogue),
        "via": _each(component.via, catalogue),
    }


def _each(judged: Mapping[str, Judged], catalogue: Catalogue) -> Json:
    return {key: _by_number(one, catalogue) for key, one in judged.items()}


def _technique(technique: TechniqueResult, profile: Profile, catalogue: Catalogue) -> Json:
    asked = {
        "visibility": technique.visibility,
        "detection": technique.detection,
        "detection_with_alternatives": technique.detection_with_alternatives,
    }
    return {
        "name": technique.name,
        "tactics": list(technique.tactics),
        **{question: verdict_of(judged.verdict) for question, judged in asked.items()},
        "score": _score(technique.score),
        "reason_ids": {question: catalogue.numbers(judged) for question, judged in asked.items()},
        "components": {
            name: _component_for(one, profile, catalogue)
            for name, one in technique.components.items()
        },
        "analytics": {
            key: {
                "detection": _by_number(one.detection, catalogue),
                "with_alternatives": _by_number(one.with_alternatives, catalogue),
                "unparsed": list(one.unparsed),
            }
            for key, one in technique.analytics.items()
        },
    }


def _component_for(component: ComponentResult, profile: Profile, catalogue: Catalogue) -> Json:
    """A component under a technique; its parts only where they differ from the profile's own."""
    found = _by_number(component.judged, catalogue)
    own = profile.components.get(component.name)
    if own is component or own == component:
        return {**found, "narrowed": False}
    return {**found, "narrowed": True, **_parts(component, catalogue)}


def _score(score: tuple[float, float] | None) -> Json | None:
    if score is None:
        return None
    return {"proven": round(score[0], 4), "possible": round(score[1], 4)}


def _reason(reason: Reason) -> Json:
    return {
        "link": reason.link,
        "subject": reason.subject,
        "verdict": verdict_of(reason.verdict),
        "text": reason.text,
        "evidence": _evidence(reason.evidence),
        "remedy": None if reason.remedy is None else _remedy(reason.remedy),
        "reference": reason.reference,
        "missing": None if reason.missing is None else str(reason.missing),
    }


def _evidence(evidence: Iterable[Evidence]) -> list[Json]:
    return [
        {"source": one.source, "where": one.where, "quote": one.quote, "sha256": one.sha256}
        for one in evidence
    ]


def _remedy(remedy: Remedy) -> Json:
    return {
        "fact": str(remedy.key),
        "value": remedy.value
        if isinstance(remedy.value, bool | int | str)
        else value_text(remedy.value),
        "text": remedy.text,
        "cost": remedy.cost,
    }


def _planned(planned: PlannedRemedy) -> Json:
    return {
        **_remedy(planned.remedy),
        "profiles": list(planned.profiles),
        "hosts": planned.hosts,
        "gain": planned.gain,
        "raised": dict(planned.raised),
    }


def _missing(missing: MissingFact) -> Json:
    return {
        "fact": str(missing.key),
        "title": missing.title,
        "profiles": list(missing.profiles),
        "reason": missing.reason,
        "verdicts": missing.verdicts,
    }


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
        "evidence": _evidence(view.evidence),
    }


def _rule(rule: RuleSummary, catalogue: Catalogue) -> Json:
    return {
        "title": rule.title,
        "level": rule.level,
        "source": rule.source,
        "state": list(rule.state),
        "reason": rule.judged.reason,
        **_by_number(rule.judged, catalogue),
        "techniques": list(rule.techniques),
        "log_source": rule.log_source,
        "dead_branches": list(rule.dead_branches),
        "missing_fields": list(rule.missing_fields),
    }


def _conflict(conflict: Conflict) -> Json:
    sides = {"kept": conflict.kept, "dropped": conflict.dropped}
    return {
        "fact": str(conflict.key),
        **{
            side: {
                "value": value_text(statement.value),
                "strength": statement.strength.name.lower(),
                "evidence": _evidence([statement.evidence])[0],
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
