"""The result as a workbook: cover, requirements, every answer, what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from logreach.coverage.baselines.result import LABELS, BaselineResult
from logreach.reports.baseline.words import (
    MEANINGS,
    METHOD,
    asks,
    evidence_of,
    evidence_words,
    gain_words,
    remedy_lines,
    scope_lines,
    signed_status,
)
from logreach.reports.excel.cover_sheet import contents, cover_block, cover_sheet, signing
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened


def write_workbook(result: BaselineResult, path: Path) -> None:
    """Write the workbook; the same result gives the same bytes."""
    sheets = [_counts(result), _requirements(result), _answers(result), _gains(result)]
    if result.baseline.left_out:
        sheets.append(_left_out(result))
    if result.faults:
        sheets.append(_faults(result))
    sheets.append(_inputs(result))
    book = [_cover(result, sheets), *sheets]
    path.write_bytes(workbook_bytes(book, shortened(one_line(result.baseline.title), 60)))


def _cover(result: BaselineResult, sheets: list[Sheet]) -> Sheet:
    pairs, techniques, rules = result.together()
    scope: list[tuple[Cell, ...]] = [(line.heading, line.text) for line in scope_lines(result)]
    scope += [("Inventory", result.inventory), ("logreach", result.version)]
    gained: list[tuple[Cell, ...]] = [
        ("Detection", "Pairs of a host and a technique that become achievable", pairs),
        ("Techniques", "that become achievable on some host", len(techniques)),
        *([("Rules", "that can fire then on some host", len(rules))] if result.rules else []),
    ]
    method: list[tuple[Cell, ...]] = [*METHOD]
    blocks = (
        cover_block("Scope", ("Of", "What"), scope),
        cover_block("Once all requirements are met", ("Gain", "Counted", "Number :number"), gained),
        signing(),
        cover_block("How it was judged", ("Of", "What"), method),
        contents(sheets),
    )
    return cover_sheet(f"Held against {result.baseline.title}", blocks)


def _counts(result: BaselineResult) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (signed_status(label), count, MEANINGS[label]) for label, count in result.totals().items()
    ]
    table = Table(
        "Counts",
        columns("Answer", "Pairs :number", "Means"),
        rows,
        remark="Pairs of a host and a requirement.",
    )
    return Sheet(
        "Counts", "How many requirements are met on how many hosts?", (24, 10, 90), (table,)
    )


def _requirements(result: BaselineResult) -> Sheet:
    titles = columns(
        "Id",
        "Requirement",
        "Control",
        "Asks",
        *(f"{label.capitalize()} :number" for label in LABELS),
        "Gain in pairs :number",
        "Gain in techniques :number",
        "No logging fact shows",
        "Note",
        "Source",
    )
    rows: list[tuple[Cell, ...]] = []
    for requirement in result.baseline.requirements:
        counts = result.counts(requirement)
        pairs, techniques, _ = result.gained(requirement)
        rows.append(
            (
                requirement.id,
                requirement.title,
                requirement.control,
                asks(requirement),
                *(counts[label] for label in LABELS),
                pairs,
                len(techniques),
                requirement.beyond,
                requirement.note,
                requirement.source or result.baseline.source,
            )
        )
    widths = (28, 46, 12, 50, 10, 10, 12, 10, 12, 12, 14, 50, 40, 40)
    table = Table("Requirements", titles, rows)
    return Sheet(
        "Requirements", "What is asked, and on how many hosts is it met?", widths, (table,), 2
    )


def _answers(result: BaselineResult) -> Sheet:
    titles = columns(
        "Id",
        "Requirement",
        "Profile",
        "Hosts",
        "Count :number",
        "Answer",
        "Rests on",
        "Why",
        "Evidence",
        "Policy asks otherwise",
        "Run to find out",
        "Change",
        "Gain",
        "Owner :entry",
        "Due :due",
    )
    widths = (28, 40, 9, 30, 8, 20, 24, 70, 44, 40, 44, 70, 30, 14, 12)
    table = Table("Answers", titles, list(_rows(result)))
    tells = "Which hosts meet it, by which evidence, and what mends the rest?"
    return Sheet("Answers", tells, widths, (table,), 3)


def _rows(result: BaselineResult) -> Iterator[tuple[Cell, ...]]:
    for requirement in result.baseline.requirements:
        for profile, answer in result.answers(requirement):
            yield (
                requirement.id,
                requirement.title,
                profile.profile_id,
                host_list(profile.hosts, 20),
                profile.count,
                signed_status(answer.label),
                answer.basis.value,
                "\n".join(answer.reasons),
                evidence_words(evidence_of(answer)[:20]),
                "\n".join(answer.contradicted),
                "\n".join(answer.commands),
                "\n".join(remedy_lines(answer)),
                gain_words(answer.gain),
                None,
                None,
            )


def _gains(result: BaselineResult) -> Sheet:
    names = {**result.technique_names, **result.rule_titles}
    rows: list[tuple[Cell, ...]] = [
        (requirement.id, profile.profile_id, profile.count, key, names.get(key, ""), change)
        for requirement in result.baseline.requirements
        for profile, answer in result.answers(requirement)
        for change, keys in (
            ("achievable", (*answer.gain.techniques, *answer.gain.rules)),
            ("in part", (*answer.gain.in_part, *answer.gain.rules_in_part)),
            ("lost", answer.gain.lost),
        )
        for key in keys
    ]
    titles = columns("Id", "Profile", "Hosts :number", "Technique or rule", "Name", "Becomes")
    table = Table("Gains", titles, rows)
    tells = "What does meeting a requirement buy in detections?"
    return Sheet("Gains", tells, (28, 9, 8, 40, 60, 14), (table,))


def _left_out(result: BaselineResult) -> Sheet:
    rows: list[tuple[Cell, ...]] = [(each.what, each.why) for each in result.baseline.left_out]
    table = Table("NotJudged", columns("What", "Why"), rows)
    return Sheet(
        "Not judged", "Which parts of the guide are not judged, and why?", (80, 90), (table,)
    )


def _inputs(result: BaselineResult) -> Sheet:
    rows: list[tuple[Cell, ...]] = [(each.path, each.sha256) for each in result.inputs]
    table = Table("Inputs", columns("File", "SHA-256"), rows)
    return Sheet("Inputs", "Which files were read?", (80, 70), (table,))


def _faults(result: BaselineResult) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (each.message, f"{each.source} {each.where}".strip(), each.hint) for each in result.faults
    ]
    table = Table("Faults", columns("Fault: its facts are unknown", "Where", "Hint"), rows)
    tells = "What could not be read, so that its facts are unknown?"
    return Sheet("Faults", tells, (80, 50, 60), (table,))
