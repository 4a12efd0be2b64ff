"""Why a rule can fire on a host or cannot: its branches as a tree, with what carries or breaks
each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.coverage.detections.describe import exclusion_text
from logreach.coverage.detections.explanations import exclusion_notes
from logreach.coverage.detections.judge import RuleJudge
from logreach.coverage.detections.model import Branch as RuleBranch
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.node_types import CandidateNode, RuleNode, WayNode
from logreach.coverage.detections.results import Link, LinkKind, WayResult
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.tree import Branch
from logreach.inventories.files.faults import Fault, InputError

_NAMES = {
    LinkKind.EVENT: "written",
    LinkKind.LIMIT: "as Sigma's log source",
    LinkKind.FILTER: "kept and forwarded",
}


def explain_rule(
    rule: RuleNode, judge: RuleJudge, host: str = "", beside: Iterable[Branch] = ()
) -> Branch:
    """A rule's result on a host as a tree; `host` names it in the label, `beside` stands last."""
    result = judge.result(rule)
    label = f"{rule.rule.title} ({rule.rule.id})"
    state = ", ".join(map(str, result.state))
    ways = tuple(
        _way(rule.rule.branches[way.branch], way, way_result, judge)
        for way, way_result in zip(rule.ways, result.ways, strict=True)
    )
    note = f"{state}; any of {len(ways)} branches" if len(ways) > 1 else state
    if rule.rule.truncated:
        note = f"{note}; more branches than are looked at"
    reasons = () if ways else result.judged.reasons
    label = f"{label} on {host}" if host else label
    return Branch(label, result.judged, result.verdict, reasons, (*ways, *beside), note)


def _way(branch: RuleBranch, way: WayNode, result: WayResult, judge: RuleJudge) -> Branch:
    candidates = tuple(_candidate(candidate, judge) for candidate in way.candidates)
    note = "any of" if len(candidates) > 1 else ""
    label = " and ".join((branch.text, *map(exclusion_text, branch.exclusions)))
    return Branch(label, Judged(result.verdict), result.verdict, (), candidates, note)


def _candidate(candidate: CandidateNode, judge: RuleJudge) -> Branch:
    result = judge.candidate(candidate)
    links = tuple(_links(judge.links(candidate)))
    reasons = () if links else result.judged.reasons
    note = "; ".join(exclusion_notes(result))
    return Branch(result.event, result.judged, result.judged.verdict, reasons, links, note)


def _links(links: Iterable[Link]) -> Iterator[Branch]:
    for link in links:
        label = f"field {link.name}" if link.kind is LinkKind.FIELD else _NAMES[link.kind]
        yield Branch(label, link.judged, link.judged.verdict, link.judged.reasons)


def chosen(rules: Iterable[Rule], what: str) -> list[Rule]:
    """The rules that an id, a title or a file's name or path means; raises InputError for none."""
    name = what.casefold()
    matching = [
        rule
        for rule in rules
        if name in (rule.id.casefold(), rule.title.casefold(), rule.name.casefold())
        or rule.file.casefold() == name
        or rule.file.casefold().endswith(f"/{name}")
    ]
    if not matching:
        hint = "Say a rule's id, its title or its file."
        raise InputError(Fault(f"no rule that was given is called {what!r}", hint=hint))
    return matching
