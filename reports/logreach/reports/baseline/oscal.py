"""The result as OSCAL assessment results (JSON).

A requirement on a profile is an observation; a requirement over the fleet is a finding. The target
of a finding is an objective of logreach's own, never a control's statement: that facts of logging
show what they can does not satisfy a control. Where they show a part only and that part is met,
there is no finding at all. 'Not satisfied' with reason 'other' stands for unknown, as SP 800-53A
has 'other than satisfied' where an assessor has too little to go by.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from logreach.coverage.baselines.result import (
    MET_IN_PART,
    Answer,
    BaselineProfile,
    BaselineResult,
)
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.baseline.document import document_of
from logreach.reports.baseline.words import (
    METHOD,
    asks,
    counts_words,
    evidence_of,
    file_uri,
    gain_words,
    remedy_words,
)
from logreach.reports.json.lines import json_text, write_json_lines
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened

OSCAL_VERSION = "1.1.2"
NAMESPACE = "urn:logreach:oscal"
_ROOT = UUID("6a0f5c1e-6d0b-5d53-9c0a-0f1c7f2a4b11")
_NO_TOKEN = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 4_000
_MOST = 20


def needs_day(result: BaselineResult) -> str:
    """Why a result cannot be told as OSCAL; '' where it can."""
    if result.as_of is None:
        return "OSCAL needs a date, and nothing says when the facts were gathered"
    return ""


def write_oscal(result: BaselineResult, path: Path) -> None:
    """Write the results in UTF-8; the same result gives the same bytes. Raises InputError where
    no date is told."""
    write_json_lines(assessment_results(result), path, {"assessment-results": 3})


def assessment_results(result: BaselineResult) -> dict[str, Any]:
    """The document as an object to be encoded."""
    if result.as_of is None:
        raise InputError(Fault(needs_day(result), hint="Give it with --as-of DATE."))
    return _Writer(result, result.as_of.first, result.as_of.last).document()


class _Writer:
    """Names every part by what it is of, so that the same result gives the same identifiers."""

    def __init__(self, result: BaselineResult, first: date, last: date) -> None:
        self._result = result
        self._first, self._last = _moment(first), _moment(last)
        self._seed = hashlib.sha256(json_text(document_of(result), {})).hexdigest()
        self._items = {
            host: self._uuid("host", host) for profile in result.profiles for host in profile.hosts
        }
        self._files = {each.path: self._uuid("file", each.path) for each in result.inputs}

    def _uuid(self, *parts: str) -> str:
        name = "\n".join((self._seed, *parts)).encode("utf-8", "backslashreplace")
        return str(uuid5(_ROOT, name.decode("utf-8")))

    def document(self) -> dict[str, Any]:
        """The whole document."""
        result, plan = self._result, self._uuid("plan")
        return {
            "assessment-results": {
                "uuid": self._uuid("results"),
                "metadata": {
                    "title": _line(f"{result.baseline.title}: {result.inventory}"),
                    "last-modified": self._last,
                    "version": self._seed[:12],
                    "oscal-version": OSCAL_VERSION,
                    "props": [_prop("logreach-version", result.version or "0")],
                    "remarks": _text(" ".join(text for _, text in METHOD)),
                },
                "import-ap": {"href": f"#{plan}"},
                "results": [self._results()],
                "back-matter": {"resources": [self._plan(plan), *self._resources()]},
            }
        }

    def _plan(self, uuid: str) -> dict[str, Any]:
        baseline = self._result.baseline
        resource: dict[str, Any] = {
            "uuid": uuid,
            "title": _line(baseline.title),
            "description": _text(
                f"No assessment plan was written: logreach judged the baseline {baseline.name} "
                f"({baseline.source})."
            ),
        }
        if baseline.catalog:
            resource["rlinks"] = [{"href": baseline.catalog}]
        return resource

    def _resources(self) -> Iterator[dict[str, Any]]:
        for each in self._result.inputs:
            yield {
                "uuid": self._files[each.path],
                "title": _line(each.path),
                "rlinks": [
                    {
                        "href": file_uri(each.path),
                        "hashes": [{"algorithm": "SHA-256", "value": each.sha256}],
                    }
                ],
            }

    def _results(self) -> dict[str, Any]:
        result = self._result
        observations = [
            self._observation(profile, answer)
            for requirement in result.baseline.requirements
            for profile, answer in result.answers(requirement)
        ]
        findings = [
            finding
            for requirement in result.baseline.requirements
            if (finding := self._finding(requirement)) is not None
        ]
        results: dict[str, Any] = {
            "uuid": self._uuid("result"),
            "title": _line(result.baseline.title),
            "description": _text(
                f"{result.inventory}: {counts_words(result.totals())} (pairs of a host and a "
                "requirement)."
            ),
            "start": self._first,
            "end": self._last,
            "local-definitions": {
                "inventory-items": [
                    self._item(profile, host, count)
                    for profile in result.profiles
                    for host, count in profile.host_counts.items()
                ]
            },
            "reviewed-controls": {"control-selections": [self._selection()]},
            "observations": observations,
        }
        if findings:
            results["findings"] = findings
        return results

    def _selection(self) -> dict[str, Any]:
        baseline = self._result.baseline
        controls = dict.fromkeys(each.control for each in baseline.requirements if each.control)
        words = "What facts of logging show of these controls" if controls else "Every requirement"
        selection: dict[str, Any] = {"description": _line(f"{words}: {baseline.title}")}
        tokens = list(dict.fromkeys(_token(each) for each in controls))
        if tokens:
            selection["include-controls"] = [{"control-id": each} for each in tokens]
        else:
            selection["include-all"] = {}
        return selection

    def _item(self, profile: BaselineProfile, host: str, count: int) -> dict[str, Any]:
        props = [
            _prop("profile", profile.profile_id),
            _prop("hosts", str(count)),
            _prop("operating-system", profile.os),
            _prop("role", profile.role),
        ]
        return {"uuid": self._items[host], "description": _line(host), "props": props}

    def _observation(self, profile: BaselineProfile, answer: Answer) -> dict[str, Any]:
        requirement = answer.requirement
        props = [
            _prop("requirement", requirement.id),
            _prop("answer", answer.label),
            _prop("profile", profile.profile_id),
        ]
        if answer.basis.value:
            props.append(_prop("rests-on", answer.basis.value))
        if requirement.control:
            props.append(_prop("control-id", requirement.control))
        observation: dict[str, Any] = {
            "uuid": self._uuid("observation", requirement.id, profile.profile_id),
            "title": _line(f"{requirement.id} on {host_list(profile.hosts, 6)}"),
            "description": _text(
                "; ".join((f"{requirement.title}: {answer.label}", *answer.reasons))
            ),
            "props": props,
            "methods": ["EXAMINE"],
            "subjects": [
                {"subject-uuid": self._items[host], "type": "inventory-item"}
                for host in profile.hosts
            ],
        }
        evidence = [self._evidence(each) for each in evidence_of(answer)[:_MOST]]
        if evidence:
            observation["relevant-evidence"] = evidence
        observation["collected"] = self._last
        if remarks := self._remarks(answer):
            observation["remarks"] = remarks
        return observation

    def _evidence(self, evidence: Evidence) -> dict[str, Any]:
        entry: dict[str, Any] = {"description": _text(str(evidence))}
        if evidence.source in self._files:
            entry["href"] = f"#{self._files[evidence.source]}"
        return entry

    @staticmethod
    def _remarks(answer: Answer) -> str:
        parts = [*answer.contradicted]
        parts += [f"No logging fact shows: {answer.requirement.beyond}"] * bool(
            answer.requirement.beyond
        )
        parts += [f"To find out, run: {each}" for each in answer.commands]
        if remedy := remedy_words(answer):
            parts.append(f"To meet it: {remedy}")
        if gain := gain_words(answer.gain):
            parts.append(f"Meeting it gains: {gain}")
        return _text(". ".join(parts)) if parts else ""

    def _finding(self, requirement: Requirement) -> dict[str, Any] | None:
        counts = self._result.counts(requirement)
        if counts["not met"]:
            state, reason = "not-satisfied", "fail"
        elif counts["unknown"]:
            state, reason = "not-satisfied", "other"
        elif counts[MET_IN_PART] or not counts["met"]:
            return None
        else:
            state, reason = "satisfied", "pass"
        status = {"state": state, "reason": reason, "remarks": _text(counts_words(counts))}
        about = f" What logging facts show of {requirement.control}:" if requirement.control else ""
        return {
            "uuid": self._uuid("finding", requirement.id),
            "title": _line(f"{requirement.id}: {requirement.title}"),
            "description": _text(f"{about} {asks(requirement)}".strip()),
            "target": {
                "type": "objective-id",
                "target-id": _token(f"logreach_{self._result.baseline.name}_{requirement.id}"),
                "status": status,
            },
            "related-observations": [
                {"observation-uuid": self._uuid("observation", requirement.id, each.profile_id)}
                for each in self._result.profiles
            ],
        }


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": _line(value)}


def _token(text: str) -> str:
    token = _NO_TOKEN.sub("-", text)
    return token if token[:1].isalpha() or token[:1] == "_" else f"_{token}"


def _line(text: str) -> str:
    return shortened(one_line(text), _LONGEST) or "-"


def _text(text: str) -> str:
    return _line(text)
