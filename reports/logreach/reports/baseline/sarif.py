"""The result as SARIF 2.1.0, for pipelines: a rule for each requirement, a result for each profile.

What is not met is a result of kind 'fail', what is unknown of kind 'open', what logging facts show
in part of kind 'review'. The same result gives the same bytes: no times, no machine's paths.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from logreach.coverage.baselines.result import MET_IN_PART, Answer, BaselineProfile, BaselineResult
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.baseline.words import (
    asks,
    evidence_of,
    file_uri,
    gain_words,
    remedy_words,
)
from logreach.reports.json.lines import write_json_lines
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_KINDS = {
    "not met": "fail",
    "unknown": "open",
    MET_IN_PART: "review",
    "met": "pass",
    "not applicable": "notApplicable",
}
_BASE = "INVENTORY"
_MOST = 20
_LONGEST = 4_000


def write_sarif(result: BaselineResult, path: Path) -> None:
    """Write baseline.sarif in UTF-8."""
    write_json_lines(sarif_log(result), path, {"runs": 4})


def sarif_log(result: BaselineResult) -> dict[str, Any]:
    """The log as an object to be encoded."""
    requirements = result.baseline.requirements
    places = {requirement.id: number for number, requirement in enumerate(requirements)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "logreach",
                        "version": result.version,
                        "rules": [_rule(result, each) for each in requirements],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [_notification(x) for x in result.faults],
                    }
                ],
                "originalUriBaseIds": {
                    _BASE: {"description": {"text": "The folder of the inventory."}}
                },
                "artifacts": [
                    {
                        "location": {"uri": file_uri(each.path), "uriBaseId": _BASE},
                        "hashes": {"sha-256": each.sha256},
                    }
                    for each in result.inputs
                ],
                "results": [
                    _result(profile, answer, places[requirement.id])
                    for requirement in requirements
                    for profile, answer in result.answers(requirement)
                ],
                "properties": {
                    "baseline": result.baseline.name,
                    "baselineSha256": result.baseline.sha256,
                    "attack": result.attack_version,
                    "inventory": one_line(result.inventory),
                    "factsAsOf": str(result.as_of.last) if result.as_of else "",
                },
            }
        ],
    }


def _rule(result: BaselineResult, requirement: Requirement) -> dict[str, Any]:
    beyond = f" No logging fact shows: {requirement.beyond}." if requirement.beyond else ""
    text = f"Asks: {asks(requirement)}.{beyond}"
    return {
        "id": one_line(requirement.id),
        "shortDescription": {"text": _text(requirement.title)},
        "fullDescription": {"text": _text(text)},
        "help": {"text": _text(f"{text} Source: {requirement.source or result.baseline.source}.")},
        "defaultConfiguration": {"level": "error"},
        "properties": {"control": requirement.control},
    }


def _result(profile: BaselineProfile, answer: Answer, place: int) -> dict[str, Any]:
    requirement, kind = answer.requirement, _KINDS[answer.label]
    hosts = ", ".join(profile.hosts)
    key = f"{requirement.id}\n{hosts}".encode("utf-8", "backslashreplace")
    return {
        "ruleId": one_line(requirement.id),
        "ruleIndex": place,
        "kind": kind,
        "level": "error" if kind == "fail" else "none",
        "message": {"text": _message(profile, answer)},
        "locations": _locations(profile, answer),
        "partialFingerprints": {"requirementAndHosts/v1": hashlib.sha256(key).hexdigest()},
        "properties": {
            "answer": answer.label,
            "restsOn": answer.basis.value,
            "profile": profile.profile_id,
            "hosts": profile.count,
            "findOut": list(answer.commands),
            "change": one_line(remedy_words(answer)),
            "gainedTechniques": list(answer.gain.techniques),
            "gainedRules": list(answer.gain.rules),
        },
    }


def _message(profile: BaselineProfile, answer: Answer) -> str:
    gain = gain_words(answer.gain)
    parts = [
        f"{answer.requirement.title}: {answer.label} on {host_list(profile.hosts, 6)}",
        *answer.reasons[:4],
        *answer.contradicted,
        *([f"Meeting it gains: {gain}"] if gain else []),
    ]
    return _text(". ".join(parts) + ".")


def _locations(profile: BaselineProfile, answer: Answer) -> list[dict[str, Any]]:
    """Where the facts stand, at most so many; the hosts are logical locations of the first."""
    hosts = [
        {"name": one_line(host) or "host", "kind": "resource"} for host in profile.hosts[:_MOST]
    ]
    places = [_physical(each) for each in evidence_of(answer)[:_MOST] if each.source]
    if not places:
        return [{"logicalLocations": hosts}]
    first, *others = places
    return [{"physicalLocation": first, "logicalLocations": hosts}] + [
        {"physicalLocation": place} for place in others
    ]


def _physical(evidence: Evidence) -> dict[str, Any]:
    artifact = {"uri": file_uri(evidence.source), "uriBaseId": _BASE}
    place: dict[str, Any] = {"artifactLocation": artifact}
    digits = evidence.where.removeprefix("line ")
    if digits.isascii() and digits.isdecimal() and int(digits) > 0:
        region: dict[str, Any] = {"startLine": int(digits)}
        if evidence.quote:
            # What was read there, which need not be the text of the line.
            region["message"] = {"text": _text(evidence.quote)}
        place["region"] = region
    return place


def _notification(fault: Fault) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": _text(str(fault))}}


def _text(text: str) -> str:
    return shortened(one_line(text), _LONGEST) or "-"
