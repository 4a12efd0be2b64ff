"""The tables beside the answers: hosts, facts, changes, steps, what is missing, evidence, scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from logreach.coverage.assessment.result import Assessment
from logreach.inventories.files.evidence import Evidence
from logreach.reports.caveats import faults_of
from logreach.reports.plan_steps import StepLine, rule_step_lines, rules_raised, step_lines
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import conflict_text, fact_name, value_text
from logreach.reports.safe_text import one_line
from logreach.reports.scope import scope_lines

SEPARATOR = "; "
Row = tuple[object, ...]


class Table(NamedTuple):
    """A table: its columns, and rows as long as these."""

    columns: tuple[str, ...]
    rows: Iterable[Row]


def several(values: Iterable[str]) -> str:
    """Several values in one cell."""
    return SEPARATOR.join(one_line(value).replace(SEPARATOR, ", ") for value in values)


def further_tables(assessment: Assessment, catalogue: ReasonCatalogue) -> dict[str, Table]:
    """Every table that is not about the answers on techniques, events, attributes or rules."""
    return {
        "hosts.csv": Table(
            ("host", "profile", "count", "os", "role"),
            (
                (host, each.profile_id, each.host_counts.get(host, 1), each.os, each.role)
                for each in assessment.profiles
                for host in each.hosts
            ),
        ),
        "facts.csv": Table(
            ("profile", "fact", "key", "state", "value", "evidence"),
            (
                (
                    profile.profile_id,
                    fact_name(view.key, view.title),
                    str(view.key),
                    view.state,
                    view.value,
                    _evidence(view.evidence),
                )
                for profile in assessment.profiles
                for view in profile.facts
            ),
        ),
        "disagreements.csv": Table(
            ("profile", "disagreement"),
            (
                (profile.profile_id, conflict_text(conflict))
                for profile in assessment.profiles
                for conflict in profile.conflicts
            ),
        ),
        "faults.csv": Table(
            ("profiles", "fault", "hint", "source", "where"),
            (
                (several(ids), fault.message, fault.hint, fault.source, fault.where)
                for fault, ids in faults_of(assessment).items()
            ),
        ),
        "changes.csv": _changes(assessment),
        "steps.csv": Table(_STEPS, _steps(assessment)),
        "missing_facts.csv": Table(
            ("fact", "key", "profiles", "reason", "verdicts", "rules"),
            (
                (
                    fact_name(missing.key, missing.title),
                    str(missing.key),
                    several(missing.profiles),
                    missing.reason,
                    missing.verdicts,
                    missing.rules,
                )
                for missing in assessment.missing
            ),
        ),
        "evidence.csv": _reasons(catalogue),
        "inputs.csv": Table(
            ("file", "sha256"), ((each.path, each.sha256) for each in assessment.inputs)
        ),
        "about.csv": Table(("heading", "text"), _about(assessment)),
    }


_STEPS = (
    "plan",
    "step",
    "changes",
    "hosts",
    "profiles",
    "gain",
    "share",
    "volume",
    "kinds",
    "techniques",
    "rules",
)


def _steps(assessment: Assessment) -> Iterator[Row]:
    plans: tuple[tuple[str, Sequence[StepLine]], ...] = (
        ("techniques", step_lines(assessment)),
        ("rules", rule_step_lines(assessment)),
    )
    for plan, steps in plans:
        for step in steps:
            yield (
                plan,
                step.number,
                several(step.changes),
                step.hosts,
                several(step.profiles),
                step.gain,
                round(step.share, 4),
                step.volume,
                step.kinds,
                several(step.techniques),
                several(step.rules),
            )


def _changes(assessment: Assessment) -> Table:
    columns = (
        "change",
        "key",
        "becomes",
        "kind",
        "cost",
        "volume",
        "hosts",
        "profiles",
        "gain",
        "techniques",
        "rules",
        "rule_gain",
        "needless",
    )
    rows = (
        (
            planned.remedy.text,
            str(planned.remedy.key),
            value_text(planned.remedy.value),
            planned.remedy.kind,
            planned.remedy.cost,
            planned.remedy.volume.value,
            planned.hosts,
            several(planned.profiles),
            planned.gain,
            several(planned.raised),
            rules_raised(planned),
            planned.rule_gain,
            "yes" if planned.needless else "no",
        )
        for planned in assessment.remedies
    )
    return Table(columns, rows)


def _reasons(catalogue: ReasonCatalogue) -> Table:
    columns = (
        "link",
        "subject",
        "allows",
        "reason",
        "evidence",
        "sha256",
        "remedy",
        "missing_fact",
        "reference",
        "profiles",
    )
    rows = (
        (
            reason.link,
            reason.subject,
            reason.verdict.label,
            reason.text,
            _evidence(reason.evidence),
            several(dict.fromkeys(each.sha256 for each in reason.evidence if each.sha256)),
            reason.remedy.text if reason.remedy else "",
            str(reason.missing) if reason.missing else "",
            reason.reference,
            several(profiles),
        )
        for reason, profiles in zip(catalogue.reasons, catalogue.profiles, strict=True)
    )
    return Table(columns, rows)


def _about(assessment: Assessment) -> Iterator[Row]:
    yield "Inventory", assessment.inventory
    yield from scope_lines(assessment)
    yield "ATT&CK", assessment.attack_version
    yield "logreach", assessment.version
    yield from assessment.notes


def _evidence(pieces: Iterable[Evidence]) -> str:
    return several(map(str, pieces))
