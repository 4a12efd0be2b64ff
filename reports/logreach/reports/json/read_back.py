"""assessment.json read back, as far as two assessments are compared by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.comparison import Answer, Answers, ComparedProfile, Side, Subject
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.files.faults import Fault, InputError

READABLE = ("2.1", "2.2")
"""The versions of the schema that hold what a comparison needs."""


class _Verdict(Struct):
    proven: str
    possible: str
    label: str

    def answer(self, name: str = "", reason: str = "") -> Answer:
        words = self.label.removesuffix(" elsewhere")
        return Answer(_VERDICTS[self.proven, self.possible, words], self.label, name, reason)


class _Reason(Struct):
    text: str


class _ReasonIds(Struct):
    detection: Sequence[int] = ()


class _Technique(Struct):
    name: str
    detection: _Verdict
    reason_ids: _ReasonIds


class _Rule(Struct):
    title: str
    verdict: _Verdict
    reason: str


class _Event(Struct):
    verdict: _Verdict
    reasons: Sequence[_Reason]


class _Profile(Struct):
    id: str
    host_counts: Mapping[str, int]
    events: Mapping[str, _Event]
    attributes: Mapping[str, _Verdict]
    attribute_reason_ids: Mapping[str, Sequence[int]]
    techniques: Mapping[str, _Technique]
    rules: Mapping[str, _Rule]


class _AsOf(Struct):
    first: date
    last: date
    hosts: int | None = None

    def days(self) -> AsOf:
        return AsOf(self.first, self.last, self.hosts)


class _Document(Struct, kw_only=True):
    attack_version: str
    scope: str
    hosts_beside: int = 0
    as_of: _AsOf | None = None
    profiles: Sequence[_Profile]
    reasons: Sequence[_Reason]


class _Version(Struct):
    schema_version: str = ""


_VERDICTS = {
    (verdict.proven.word, verdict.possible.word, verdict.label): verdict for verdict in Verdict
}


def read_side(path: Path) -> Side:
    """An assessment.json as one side of a comparison.

    Raises InputError where the file is none, or of a schema that does not hold what is needed.
    """
    try:
        data = path.read_bytes()
        version = msgspec.json.decode(data, type=_Version).schema_version
        if version not in READABLE:
            hint = "Assess the inventory again, or compare the inventories themselves."
            shown = f"of schema version {version}" if version else "without a schema version"
            message = f"is {shown}, and {' or '.join(READABLE)} is needed"
            raise InputError(Fault(message, str(path), hint=hint))
        document = msgspec.json.decode(data, type=_Document)
        profiles = tuple(_profile(profile, document.reasons) for profile in document.profiles)
    except OSError as error:
        raise InputError(Fault(f"cannot be read ({error.strerror})", str(path))) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, IndexError) as error:
        raise InputError(Fault(f"is no whole assessment.json ({error})", str(path))) from None
    return Side(
        str(path),
        document.attack_version,
        document.scope,
        profiles,
        document.hosts_beside,
        document.as_of.days() if document.as_of else None,
    )


def _profile(profile: _Profile, reasons: Sequence[_Reason]) -> ComparedProfile:
    answers: Answers = {
        Subject.TECHNIQUE: {
            key: technique.detection.answer(
                technique.name,
                _first([reasons[number] for number in technique.reason_ids.detection[:1]]),
            )
            for key, technique in profile.techniques.items()
        },
        Subject.RULE: {
            key: rule.verdict.answer(rule.title, rule.reason) for key, rule in profile.rules.items()
        },
        Subject.EVENT: {
            key: event.verdict.answer(reason=_first(event.reasons))
            for key, event in profile.events.items()
        },
        Subject.ATTRIBUTE: {
            key: verdict.answer(
                reason=_first([reasons[n] for n in profile.attribute_reason_ids.get(key, ())[:1]])
            )
            for key, verdict in profile.attributes.items()
        },
    }
    return ComparedProfile(profile.id, profile.host_counts, answers)


def _first(reasons: Sequence[_Reason]) -> str:
    return reasons[0].text if reasons else ""
