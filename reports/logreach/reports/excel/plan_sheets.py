"""The sheets of what to do: changes in steps, every change alone, and facts to find out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logreach.coverage.assessment.result import Assessment, Plan, PlannedRemedy
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.reading.telling import telling_command
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.tables import STATUSES, Cell, CellLink, Sheet, Table, columns
from logreach.reports.plan_steps import (
    NEEDLESS,
    RULE_STEPS_MEANING,
    STEPS_MEANING,
    StepLine,
    gain_meaning,
    marked,
    out_of_reach,
    raises_rules,
    rule_step_lines,
    rules_raised,
    step_lines,
)
from logreach.reports.reason_text import fact_name, remedy_title, value_text

STEPS, RULE_STEPS, REMEDIES, MISSING = "Steps", "Rule steps", "Remedies", "Missing"
CHANGE, GAIN = "Change", "Gain"
_NO_KIND = "change"
_STEP_REMARK = (
    "A step's figures stand beside its first change, so that sums are right. Volume: how many "
    "events the change brings; Cost: what sources say of it, empty where none does."
)
_ENTRIES_REMARK = (
    "Owner, Status and Due are for you to fill in; another run writes another workbook and does "
    "not know what you wrote."
)


def steps(assessment: Assessment, links: RowLinks) -> Sheet:
    """The plan for techniques: a row a change."""
    lines = [(step, len(step.techniques)) for step in step_lines(assessment)]
    rows = _step_rows(lines, assessment.plan, assessment, links)
    remark = " ".join((STEPS_MEANING, out_of_reach(assessment), _STEP_REMARK))
    gained = ("Pairs gained :number", "Techniques :number")
    return _step_sheet(
        STEPS, "Which changes make most detections achievable?", gained, rows, remark
    )


def rule_steps(assessment: Assessment, links: RowLinks) -> Sheet:
    """The plan for rules: a row a change."""
    lines = [(step, len(step.rules)) for step in rule_step_lines(assessment)]
    rows = _step_rows(lines, assessment.rule_plan, assessment, links)
    remark = f"{STEPS_MEANING} {RULE_STEPS_MEANING} {_STEP_REMARK}"
    gained = ("Weight gained :decimal", "Rules :number")
    return _step_sheet(RULE_STEPS, "Which changes let most rules fire?", gained, rows, remark)


def _step_sheet(
    title: str, tells: str, gained: tuple[str, str], rows: list[tuple[Cell, ...]], remark: str
) -> Sheet:
    titles = columns(
        "Step :number",
        CHANGE,
        "Kind",
        "Volume",
        "Cost",
        "Hosts :number",
        gained[0],
        gained[1],
        "Achievable after :share",
        "Profiles",
        "How",
    )
    widths = (7, 44, 21, 11, 30, 9, 11, 12, 13, 30, 60)
    table = Table(title.replace(" ", ""), titles, rows, remark=remark)
    return Sheet(title, tells, widths, (table,), fixed=2, heading=_heading(title), printed=11)


def _heading(title: str) -> str:
    of_rules = " for rules" if title == RULE_STEPS else ""
    return f"What to change{of_rules}, in steps"


def _step_rows(
    steps: Iterable[tuple[StepLine, int]], plan: Plan, assessment: Assessment, links: RowLinks
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for (line, raised), step in zip(steps, plan.steps, strict=True):
        figures: tuple[Cell, ...] = (
            line.hosts,
            line.gain,
            raised,
            line.share,
            links.names(line.profiles),
        )
        for place in step.remedies:
            remedy = assessment.remedies[place].remedy
            rows.append(
                (
                    line.number,
                    remedy_title(remedy),
                    # A short cell is the link: some programs cut a link of several lines.
                    CellLink(remedy.kind or _NO_KIND, REMEDIES, place),
                    remedy.volume.value,
                    remedy.cost,
                    *figures,
                    remedy.text,
                )
            )
            figures = (None,) * len(figures)
    return rows


def remedies(assessment: Assessment, links: RowLinks) -> Sheet:
    """Every change that would mend a link, with room for who does it, and until when."""
    with_rules = raises_rules(assessment.remedies)
    titles = columns(
        CHANGE,
        "Owner :entry",
        "Status :status",
        "Due :due",
        "Hosts :number",
        f"{GAIN} :number",
        "Techniques raised :number",
        *(["Rules raised :number", "Weighted :decimal"] if with_rules else []),
        "Kind",
        "Volume",
        "Cost",
        "Profiles",
        "Remedy",
        "Needless",
        "Fact",
        "Becomes",
        "Verdicts raised",
        *(["Verdicts of rules raised"] if with_rules else []),
        "Key",
    )
    titles_by_fact = {
        view.key: view.title for profile in assessment.profiles for view in profile.facts
    }
    rows = [
        _remedy_row(planned, titles_by_fact, links, with_rules) for planned in assessment.remedies
    ]
    rules_width = (10, 11) if with_rules else ()
    printed = (42, 16, 14, 12, 9, 9, 12, *rules_width, 21, 11, 26, 26, 56)
    widths = (*printed, 11, 34, 20, 70, *((70,) if with_rules else ()), 30)
    remark = f"{gain_meaning(assessment.remedies)} {_ENTRIES_REMARK}"
    return Sheet(
        REMEDIES,
        "What does each change alone gain and cost, and who does it until when?",
        widths,
        (Table("Remedies", titles, rows, remark=remark),),
        heading="Every change, alone",
        printed=len(printed),
    )


def _remedy_row(
    planned: PlannedRemedy,
    titles: Mapping[FactKey[object], str],
    links: RowLinks,
    with_rules: bool,
) -> tuple[Cell, ...]:
    remedy = planned.remedy
    return (
        marked(remedy_title(remedy), planned),
        None,
        STATUSES[0],
        None,
        planned.hosts,
        planned.gain,
        len(planned.raised),
        *([rules_raised(planned), planned.rule_gain] if with_rules else []),
        remedy.kind,
        remedy.volume.value,
        remedy.cost,
        links.names(planned.profiles),
        remedy.text,
        NEEDLESS if planned.needless else None,
        fact_name(remedy.key, titles.get(remedy.key, "")),
        value_text(remedy.value),
        _raised_text(planned.raised),
        *([_lines_by_size(planned.rules_raised)] if with_rules else []),
        str(remedy.key),
    )


def _raised_text(raised: Mapping[str, str]) -> str:
    """Techniques under the change of their verdict: a remedy may raise hundreds, in a dozen
    ways."""
    by_change: dict[str, list[str]] = {}
    for technique, changes in raised.items():
        for change in changes.split("; "):
            by_change.setdefault(change, []).append(technique)
    return _lines_by_size(by_change)


def _lines_by_size(by_change: Mapping[str, Sequence[str]]) -> str:
    most_first = sorted(by_change.items(), key=lambda entry: -len(entry[1]))
    return "\n".join(f"{change}: {', '.join(ids)}" for change, ids in most_first)


def missing(assessment: Assessment, links: RowLinks) -> Sheet:
    """Facts missing from the inventory, those on which most verdicts depend first."""
    with_rules = any(fact.rules for fact in assessment.missing)
    hosts = {profile.profile_id: profile.count for profile in assessment.profiles}
    titles = columns(
        "Fact",
        "How to find out",
        "Why it is unknown",
        "Hosts :number",
        "Verdicts that depend on it :number",
        *(["Verdicts of rules :number"] if with_rules else []),
        "Profiles",
        "Key",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            fact_name(fact.key, fact.title),
            str(telling_command(fact.key) or ""),
            fact.reason,
            sum(hosts.get(profile_id, 0) for profile_id in fact.profiles),
            fact.verdicts,
            *([fact.rules] if with_rules else []),
            links.names(fact.profiles),
            str(fact.key),
        )
        for fact in assessment.missing
    ]
    widths = (60, 54, 46, 9, 13, *((13,) if with_rules else ()), 44, 34)
    remark = (
        "How to find out: a command to run on a host that lacks the fact, or on the host that it "
        "names; put its output into the inventory and assess again. Verdicts: pairs of a host and "
        "a technique."
    )
    return Sheet(
        MISSING,
        "Which facts does the inventory not tell, how many verdicts hang on each, and which "
        "command tells it?",
        widths,
        (Table("Missing", titles, rows, remark=remark),),
        heading="Facts missing from the inventory",
        printed=len(widths) - 1,
    )
