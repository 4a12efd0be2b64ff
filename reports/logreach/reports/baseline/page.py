"""The result as one HTML page: no script, nothing loaded, readable from 400 pixels on and in print.

Its content policy allows only the style that stands in it; the template escapes every value.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from logreach.coverage.baselines.result import LABELS, Answer, BaselineProfile, BaselineResult
from logreach.inventories.files.wording import counted
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.baseline.words import (
    MEANINGS,
    METHOD,
    SIGNS,
    asks,
    counts_words,
    evidence_words,
    gain_words,
    remedy_lines,
    scope_lines,
)
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import plain, technique_url

_PLACES, _TECHNIQUES = 6, 40
_CLASSES = dict(zip(LABELS, ("bad", "open", "part", "good", "none"), strict=True))


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """Profiles on which a requirement is answered alike."""

    hosts: str
    count: int
    answer: Answer
    evidence: str
    gain: str
    techniques: tuple[tuple[str, str], ...]
    more_techniques: int
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A requirement with its answers; `anchor` is its place on the page."""

    requirement: Requirement
    anchor: str
    asks: str
    counts: dict[str, int]
    pairs: int
    techniques: int
    answers: tuple[AnswerRow, ...]


def write_page(result: BaselineResult, path: Path) -> None:
    """Write the page in UTF-8; the same result gives the same bytes."""
    path.write_bytes(rendered(result).encode("utf-8"))


def rendered(result: BaselineResult) -> str:
    """The page's text."""
    style = files("logreach.reports.baseline").joinpath("templates/style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    rows = [
        _requirement(result, number, requirement)
        for number, requirement in enumerate(result.baseline.requirements, 1)
    ]
    pairs, techniques, rules = result.together()
    totals = result.totals()
    asked = sum(totals.values()) - totals["not applicable"]
    page = _template().render(
        result=result,
        rows=rows,
        scope=scope_lines(result),
        totals=totals,
        total=sum(totals.values()) or 1,
        asked=asked,
        counts_words=counts_words({**totals, "not applicable": 0}),
        together=(pairs, len(techniques), len(rules)),
        labels=LABELS,
        signs=SIGNS,
        meanings=MEANINGS,
        classes=_CLASSES,
        method=[text for _, text in METHOD],
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of this package
    )
    return plain(page)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("logreach.reports.baseline", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["counted"] = counted
    environment.filters["technique_url"] = technique_url
    return environment.get_template("baseline.html.j2")


def _requirement(result: BaselineResult, number: int, requirement: Requirement) -> RequirementRow:
    pairs, techniques, _ = result.gained(requirement)
    alike: dict[object, list[tuple[BaselineProfile, Answer]]] = {}
    for profile, answer in result.answers(requirement):
        same = answer.label, answer.basis, answer.reasons, answer.remedies, answer.gain
        alike.setdefault((*same, answer.contradicted, answer.commands), []).append(
            (profile, answer)
        )
    answers = sorted(
        (_answers(result, several) for several in alike.values()),
        key=lambda row: LABELS.index(row.answer.label),
    )
    return RequirementRow(
        requirement,
        f"R{number}",
        asks(requirement),
        result.counts(requirement),
        pairs,
        len(techniques),
        tuple(answers),
    )


def _answers(result: BaselineResult, several: list[tuple[BaselineProfile, Answer]]) -> AnswerRow:
    answer = several[0][1]
    hosts = [host for profile, _ in several for host in profile.hosts]
    places = [
        place for _, each in several for of_host in each.evidence.values() for place in of_host
    ]
    evidence = evidence_words(places[:_PLACES])
    if len(places) > _PLACES:
        evidence = f"{evidence} and {len(places) - _PLACES} more (baseline.json has all)"
    gained = answer.gain.techniques
    techniques = tuple((key, result.technique_names.get(key, "")) for key in gained[:_TECHNIQUES])
    return AnswerRow(
        host_list(hosts, 6),
        sum(profile.count for profile, _ in several),
        answer,
        evidence,
        gain_words(answer.gain),
        techniques,
        len(gained) - len(techniques),
        tuple(remedy_lines(answer)),
    )
