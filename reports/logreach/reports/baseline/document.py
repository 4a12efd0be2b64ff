"""The result as JSON: every answer with its reasons, evidence, remedies and gains."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from logreach.coverage.baselines.result import Answer, BaselineProfile, BaselineResult, Gain
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.json.lines import json_text, write_json_lines

_LEVELS = {"requirements": 1, "profiles": 3, "inputs": 1, "faults": 1}
VERSION = "1.0"


def write_document(result: BaselineResult, path: Path) -> None:
    """Write baseline.json in UTF-8; the same result gives the same bytes."""
    write_json_lines(document_of(result), path, _LEVELS)


def document(result: BaselineResult) -> dict[str, Any]:
    """The result as plain JSON values, as they are read from the file."""
    values: dict[str, Any] = json.loads(json_text(document_of(result), _LEVELS))
    return values


def schema() -> dict[str, Any]:
    """The JSON Schema of baseline.json."""
    text = files("logreach.reports.baseline").joinpath("baseline.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def document_of(result: BaselineResult) -> dict[str, Any]:
    """The result as an object to be encoded."""
    baseline = result.baseline
    as_of = result.as_of
    gained = {name for each in result.profiles for name in _named(each)}
    pairs, techniques, rules = result.together()
    return {
        "schema_version": VERSION,
        "logreach_version": result.version,
        "attack_version": result.attack_version,
        "inventory": result.inventory,
        "scope": result.scope,
        "hosts": result.hosts,
        "hosts_beside": result.hosts_beside,
        "as_of": as_of
        and {"first": str(as_of.first), "last": str(as_of.last), "hosts": as_of.hosts},
        "observed_only": result.observed_only,
        "baseline": {
            "name": baseline.name,
            "title": baseline.title,
            "source": baseline.source,
            "version": baseline.version,
            "catalog": baseline.catalog,
            "file": "" if baseline.shipped else baseline.path,
            "sha256": baseline.sha256,
            "left_out": [{"what": each.what, "why": each.why} for each in baseline.left_out],
        },
        "totals": result.totals(),
        "together": {"pairs": pairs, "techniques": techniques, "rules": rules},
        "requirements": [_requirement(result, each) for each in baseline.requirements],
        "profiles": [_profile(each) for each in result.profiles],
        "techniques": {key: name for key, name in result.technique_names.items() if key in gained},
        "rules": {key: title for key, title in result.rule_titles.items() if key in gained},
        "inputs": [{"path": each.path, "sha256": each.sha256} for each in result.inputs],
        "faults": [_fault(each) for each in result.faults],
    }


def _named(profile: BaselineProfile) -> set[str]:
    gains = (profile.together, *(answer.gain for answer in profile.answers.values()))
    return {
        name
        for gain in gains
        for names in (gain.techniques, gain.in_part, gain.rules, gain.rules_in_part, gain.lost)
        for name in names
    }


def _requirement(result: BaselineResult, requirement: Requirement) -> dict[str, Any]:
    pairs, techniques, rules = result.gained(requirement)
    return {
        "id": requirement.id,
        "title": requirement.title,
        "control": requirement.control,
        "asks": str(requirement.check),
        "applies_to": str(requirement.applies_to),
        "beyond": requirement.beyond,
        "note": requirement.note,
        "source": requirement.source,
        "line": requirement.line or None,
        "counts": result.counts(requirement),
        "gain": {"pairs": pairs, "techniques": techniques, "rules": rules},
    }


def _profile(profile: BaselineProfile) -> dict[str, Any]:
    return {
        "id": profile.profile_id,
        "hosts": dict(profile.host_counts),
        "os": profile.os,
        "role": profile.role,
        "together": _gain(profile.together),
        "answers": {key: _answer(each) for key, each in profile.answers.items()},
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status.value,
        "label": answer.label,
        "basis": answer.basis.value,
        "reasons": answer.reasons,
        "evidence": {
            host: [_evidence(each) for each in several] for host, several in answer.evidence.items()
        },
        "commands": answer.commands,
        "remedies": [
            {"title": each.title, "text": each.text, "cost": each.cost, "kind": each.kind}
            for each in answer.remedies
        ],
        "enough": answer.enough,
        "contradicted": answer.contradicted,
        "gain": _gain(answer.gain),
    }


def _gain(gain: Gain) -> dict[str, Any]:
    return {
        "techniques": gain.techniques,
        "techniques_in_part": gain.in_part,
        "rules": gain.rules,
        "rules_in_part": gain.rules_in_part,
        "lost": gain.lost,
    }


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {
        "source": evidence.source,
        "sha256": evidence.sha256,
        "where": evidence.where,
        "quote": evidence.quote,
    }


def _fault(fault: Fault) -> dict[str, str]:
    return {
        "message": fault.message,
        "source": fault.source,
        "where": fault.where,
        "hint": fault.hint,
    }
