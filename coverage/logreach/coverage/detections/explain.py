"""Why a rule can fire on a host or cannot: its branches as a tree, with what carries or breaks
each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.coverage.detections.branch_results import Seen
from logreach.coverage.detections.describe import exclusion_text
from logreach.coverage.detections.host_answers import HostView, Link
from logreach.coverage.detections.model import Branch as RuleBranch
from logreach.coverage.detections.model import Rule, Sight
from logreach.coverage.detections.results import RuleResult, SightResult, WayResult
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.tree import Branch
from logreach.inventories.files.faults import Fault, InputError


def explain_rule(rule: Rule, result: RuleResult, view: HostView, host: str = "") -> Branch:
    """A rule's result on a host as a tree; `host` names it in the label."""
    seen = Seen(view)
    label = f"{rule.title} ({rule.id})"
    state = ", ".join(str(one) for one in result.state)
    happenings = ((branch, one) for branch in rule.branches for one in branch.happenings)
    # What is not judged has branches, and no ways.
    ways = tuple(_way(*told, way, seen) for told, way in zip(happenings, result.ways, strict=False))
    note = f"{state}; any of {len(ways)} branches" if len(ways) > 1 else state
    if rule.truncated:
        note = f"{note}; more branches than are looked at"
    reasons = () if ways else result.judged.reasons
    on = f" on {host}" if host else ""
    return Branch(f"{label}{on}", result.judged, result.verdict, reasons, ways, note)


def _way(branch: RuleBranch, happening: Iterable[Sight], way: WayResult, seen: Seen) -> Branch:
    sights = tuple(
        _sight(seen.links(sight), one) for sight, one in zip(happening, way.sights, strict=True)
    )
    note = "any of" if len(sights) > 1 else ""
    label = " and ".join((branch.text, *map(exclusion_text, branch.exclusions)))
    return Branch(label, Judged(way.verdict), way.verdict, (), sights, note)


def _sight(travelled: Iterable[Link], one: SightResult) -> Branch:
    notes = []
    if one.noise:
        notes.append(f"noisier: {', '.join(one.noise)} not filled, what it excludes is found too")
    if one.lost:
        notes.append(f"an empty {', '.join(one.lost)} excludes too much")
    links = tuple(_links(travelled))
    reasons = () if links else one.judged.reasons
    verdict = one.judged.verdict
    return Branch(one.event, one.judged, verdict, reasons, links, "; ".join(notes))


_NAMES = {"event": "written", "limit": "as Sigma's log source", "filter": "kept and forwarded"}


def _links(links: Iterable[Link]) -> Iterator[Branch]:
    for one in links:
        label = f"field {one.name}" if one.kind == "field" else _NAMES[one.kind]
        yield Branch(label, one.judged, one.judged.verdict, one.judged.reasons)


def chosen(rules: Iterable[Rule], what: str) -> list[Rule]:
    """The rules that an id, a title or a file's name or path means; raises InputError for none."""
    wanted = what.casefold()
    found = [
        rule
        for rule in rules
        if wanted in (rule.id.casefold(), rule.title.casefold(), rule.name.casefold())
        or rule.file.casefold() == wanted
        or rule.file.casefold().endswith(f"/{wanted}")
    ]
    if not found:
        hint = "Say a rule's id, its title or its file."
        raise InputError(Fault(f"no rule that was given is called {what!r}", hint=hint))
    return found
