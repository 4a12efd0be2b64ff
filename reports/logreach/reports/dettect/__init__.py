"""DeTT&CT administration files: data sources (version 1.1) and techniques (version 1.2).

DeTT&CT scores what people know of their logs; here the scores are what the facts prove, and only
that. Its tables of scores are followed where a fact bears on them, and a score stays at 'do not
know' where none does. Each profile is a system of DeTT&CT's.

Sources: FILE_TYPE_*_VERSION in constants.py, the checks of health.py and scoring_table.xlsx of
rabobank-cdc/DeTTECT 2.2.0; its wiki on the scoring of visibility, detection and data quality.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.verdict import YES, Level
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened
from logreach.reports.scope import scope_lines

Yaml = dict[str, Any]

DATA_SOURCES_VERSION = 1.1
TECHNIQUES_VERSION = 1.2
_FILE_NAMES = ("data-sources.yaml", "techniques.yaml")
_NAME = 80
_ALL_DEVICES = 5
_UNKNOWN = 0  # 'Do not know / not documented / not applicable'
# Upper ends in percent of the scores 1 and on, as DeTT&CT makes them itself.
_VISIBILITY = (49, 74, 99)
_QUALITY = (25, 50, 75, 99)
_NO_DAY = "# No day of the facts is told, so no score has a date; --as-of DATE names it.\n"


def write_dettect(assessment: Assessment, folder: Path) -> list[Path]:
    """Write both files into a folder; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    systems = {profile.profile_id: system_name(profile) for profile in assessment.profiles}
    documents = (data_sources(assessment, systems), techniques(assessment, systems))
    heading = "".join(
        f"# {line.heading}: {shortened(one_line(line.text), 400)}\n"
        for line in scope_lines(assessment)
    )
    if _day(assessment) is None:
        heading += _NO_DAY
    written = []
    for name, document in zip(_FILE_NAMES, documents, strict=True):
        text = yaml.dump(
            document,
            Dumper=_dumper(),
            allow_unicode=True,
            sort_keys=False,
            width=1_000_000,
        )
        path = folder / name
        path.write_text(heading + text, "utf-8", newline="\n")
        written.append(path)
    return written


def system_name(profile: Profile) -> str:
    """'P1 WS01, WS02 and 8 more': what DeTT&CT calls applicable to."""
    return shortened(one_line(f"{profile.profile_id} {host_list(profile.hosts)}"), _NAME)


def data_sources(assessment: Assessment, systems: Mapping[str, str]) -> Yaml:
    """The data components that are logged, in part at least, as DeTT&CT's data sources."""
    names = dict.fromkeys(name for each in assessment.profiles for name in each.components)
    sources = []
    for name in names:
        logged = [
            (systems[profile.profile_id], _data_source(assessment, profile, component))
            for profile in assessment.profiles
            if (component := profile.components.get(name)) is not None
            and component.judged.verdict.proven > Level.NO
        ]
        if logged:
            sources.append({"data_source_name": name, "data_source": [*_shared(logged)]})
    return {
        "version": DATA_SOURCES_VERSION,
        "file_type": "data-source-administration",
        "name": _title(assessment),
        "domain": "enterprise-attack",
        "systems": [{"applicable_to": name, "platform": ["Windows"]} for name in systems.values()],
        "data_sources": sources,
    }


def _data_source(assessment: Assessment, profile: Profile, component: ComponentResult) -> Yaml:
    """One data source on the hosts of a profile, which are alike: all of them have it."""
    events = [event for event, each in component.via.items() if each.verdict.proven > Level.NO]
    arrives = "the collector receives it" if profile.events_on_host else "judged on the host itself"
    return {
        "date_registered": _day(assessment),
        "date_connected": None,
        "products": [*dict.fromkeys(event.partition(":")[0] for event in events)],
        "available_for_data_analytics": bool(profile.events_on_host),
        "comment": one_line(
            f"{component.judged.verdict.label}; {arrives}. Events: {', '.join(events)}"
        ),
        "data_quality": {
            "device_completeness": _ALL_DEVICES,
            "data_field_completeness": _fields(component),
            "timeliness": _UNKNOWN,
            "consistency": _UNKNOWN,
            "retention": _UNKNOWN,
        },
    }


def _fields(component: ComponentResult) -> int:
    """The share of the wanted attributes that are filled."""
    verdicts = [each.verdict for each in component.attributes.values()]
    applying = [verdict for verdict in verdicts if verdict.applicable]
    if not applying:
        return _UNKNOWN
    return _step(100 * sum(verdict is YES for verdict in applying) / len(applying), _QUALITY)


def techniques(assessment: Assessment, systems: Mapping[str, str]) -> Yaml:
    """The techniques that apply, with what is seen of each and which rules of the user can fire."""
    entries = []
    for technique_id, fleet in assessment.fleet.items():
        applying = [
            (profile, technique)
            for profile in assessment.profiles
            if (technique := profile.techniques[technique_id]).detection.judged.verdict.applicable
        ]
        if not applying:
            continue
        seen, detected = [], []
        for profile, technique in applying:
            system = systems[profile.profile_id]
            seen.append((system, _visibility(assessment, technique)))
            detected.append((system, _detection(assessment, profile, technique)))
        entries.append(
            {
                "technique_id": technique_id,
                "technique_name": fleet.name,
                "detection": [*_shared(detected)],
                "visibility": [*_shared(seen)],
            }
        )
    return {
        "version": TECHNIQUES_VERSION,
        "file_type": "technique-administration",
        "name": _title(assessment),
        "domain": "enterprise-attack",
        "platform": ["Windows"],
        "techniques": entries,
    }


def _visibility(assessment: Assessment, technique: TechniqueResult) -> Yaml:
    """0 none, 1 minimal to 4 excellent, by the share of the data components that is proven.

    A component that is logged in part counts half. Evidence of the act on the host itself is
    minimal visibility at least.
    """
    applying = [each for each in technique.components.values() if each.judged.verdict.applicable]
    whole = sum(each.judged.verdict is YES for each in applying)
    score = _step(100 * technique.score[0], _VISIBILITY) if technique.score else 0
    if technique.detection.here.proven > Level.NO:
        score = max(score, 1)
    part = sum(each.judged.verdict.proven is Level.PARTIAL for each in applying)
    comment = f"{whole} of {len(applying)} data components whole, {part} in part"
    if technique.score and technique.score[1] > technique.score[0]:
        comment += f"; up to score {_step(100 * technique.score[1], _VISIBILITY)} once the missing "
        comment += "facts are known"
    return {
        "comment": "",
        "score_logbook": [
            {
                "date": _day(assessment),
                "score": score,
                "comment": comment,
                "auto_generated": True,
            }
        ],
    }


def _detection(assessment: Assessment, profile: Profile, technique: TechniqueResult) -> Yaml:
    """-1 none, 0 logged, 1 a rule that was given can fire; how good rules are, people judge."""
    rollup = profile.rules_by_technique.get(technique.technique_id)
    firing = rollup.counts.get(YES.label, 0) if rollup else 0
    total = sum(rollup.counts.values()) if rollup else 0
    label = technique.detection.label
    comment = f"detection {label}"
    logged = technique.detection.judged.verdict.proven > Level.NO
    score = 1 if firing else 0 if logged else -1
    if total:
        comment += f"; {firing} of {total} rules given can fire"
    return {
        "location": ["Sigma rules given to logreach"] if firing else [],
        "comment": "",
        "score_logbook": [{"date": _day(assessment), "score": score, "comment": comment}],
    }


def _shared(entries: Iterable[tuple[str, Yaml]]) -> Iterator[Yaml]:
    """Each distinct entry once, with the systems to which it applies."""
    distinct: list[tuple[list[str], Yaml]] = []
    for system, content in entries:
        for names, other in distinct:
            if other == content:
                names.append(system)
                break
        else:
            distinct.append(([system], content))
    for names, content in distinct:
        yield {"applicable_to": names, **content}


def _step(percent: float, ends: tuple[int, ...]) -> int:
    """0 for nothing, else 1 and one more for each end that is exceeded."""
    return 0 if percent <= 0 else 1 + sum(percent > end for end in ends)


def _title(assessment: Assessment) -> str:
    return shortened(one_line(f"logreach {assessment.inventory}"), _NAME)


def _day(assessment: Assessment) -> date | None:
    return assessment.as_of.last if assessment.as_of else None


def _dumper() -> Any:
    """libyaml's where it is there, which is ten times as fast; no anchors for equal values."""
    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return type("Dumper", (base,), {"ignore_aliases": lambda _self, _data: True})
