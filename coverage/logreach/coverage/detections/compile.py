"""Documents as rules, read with pySigma."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.branches import Conj, expand
from logreach.coverage.detections.candidate_events import alternatives_of, branch_of
from logreach.coverage.detections.condition import EmptyCondition, rule_tree
from logreach.coverage.detections.constant_fields import retired
from logreach.coverage.detections.describe import needs_text
from logreach.coverage.detections.documents import NO_RULE, Document
from logreach.coverage.detections.impossible import IMPOSSIBLE, why_impossible
from logreach.coverage.detections.mapping import Knowledge, Placement
from logreach.coverage.detections.model import Branch, Correlation, LogSource, Rule
from logreach.coverage.detections.narrowing import Filters, narrow
from logreach.coverage.detections.source_lines import line_of
from logreach.coverage.detections.tags import tactics_of, techniques_of
from logreach.inventories.files.faults import Fault

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationRule

_MODIFIER = re.compile(r"Unknown modifier '([^']*)'")
# What pySigma's errors are about: the end of a class's name, and the key to point at.
_PLACES = (
    ("LogsourceError", ("logsource",)),
    ("CorrelationConditionError", ("correlation", "condition")),
    ("CorrelationRuleError", ("correlation",)),
    ("CorrelationTypeError", ("correlation", "type")),
    ("TimespanError", ("correlation", "timespan")),
    ("ConditionError", ("detection", "condition")),
    ("TagError", ("tags",)),
    ("LevelError", ("level",)),
    ("StatusError", ("status",)),
    ("TitleError", ("title",)),
    ("IdentifierError", ("id",)),
    ("DateError", ("date",)),
    ("ModifiedError", ("modified",)),
)
_OLD_COUNT = "its condition counts events with '|', which pySigma no longer reads"
_CUT_OFF = "more branches than are kept, and none of those kept can hold"
Parts = dict[str, Any]
"""The parts of a rule by the names of `Rule`, and its branches before they are placed."""


def rules_of(
    documents: Sequence[Document], known: Knowledge, filters: Filters = ()
) -> tuple[list[Rule], list[Fault]]:
    """Every rule of a file, also those that cannot be judged, narrowed by filter documents."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    shared: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for document in documents:
        if document.unreadable:
            rules.append(_unreadable(document))
            continue
        data = document.data
        action = data.pop("action", None)
        if action == "global":
            shared = data
            continue
        if action == "reset":
            shared = {}
            continue
        merged = _merged(last, data) if action == "repeat" else _merged(shared, data)
        last = merged
        parts, found = _parts(document, merged, filters)
        rules.append(_placed(parts, known))
        faults.extend(found)
    if documents and not rules:
        first = replace(documents[0], unreadable=NO_RULE)
        hint = "It only tells what rules have in common."
        return [_unreadable(first)], [Fault(NO_RULE, first.file.name, hint=hint)]
    return rules, faults


def _unreadable(document: Document) -> Rule:
    """What stands for a document without a rule, so that none is passed over."""
    parts = _heading(document, {})
    number = f"#{document.index + 1}" if document.index else ""
    parts["id"] = f"{document.file.name}{number}"  # several files may have one stem
    why = document.unreadable.removeprefix("cannot be read: ")
    parts.update(kind="unreadable", unjudged=f"cannot be read: {why}")
    return Rule(**parts)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Two documents as one: the later wins, mappings are merged (rule collections)."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(dict(old or {}), value) if both else value
    return merged


def _placed(parts: Parts, known: Knowledge) -> Rule:
    """A rule with the events that show its branches."""
    placement = known.place(parts["logsource"])
    if not parts["unjudged"] and parts["kind"] == "rule":
        parts["unjudged"] = placement.unmapped
    found = parts.pop("found", ())
    branches = tuple(branch_of(conj, placement, known, needs_text(conj[0])) for conj in found)
    branches = _of_today(branches)
    if parts.get("truncated") and not any(branch.alternatives for branch in branches):
        parts["unjudged"] = parts["unjudged"] or _CUT_OFF
    if not parts["unjudged"] and not any(branch.alternatives for branch in branches):
        parts["impossible"] = _impossible(found, placement, known)
    return Rule(**parts, branches=branches, applicable=placement.applicable)


def _impossible(found: Sequence[Conj], placement: Placement, known: Knowledge) -> str:
    if placement.impossible:
        return placement.impossible
    alternatives = [alternatives_of(needs, placement, known) for needs, _ in found]
    reasons = map(why_impossible, found, alternatives, repeat(known))
    return next((reason for reason in reasons if reason != IMPOSSIBLE), IMPOSSIBLE)


def _of_today(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """Without events that no Windows of today writes, where a rule means others besides.

    Rules name the numbers of old and new Windows together: that the old ones are gone loses
    nothing.
    """
    meant = [one for branch in branches for one in branch.alternatives]
    gone = {id(one) for one in meant if all(retired(candidate.event) for candidate in one)}
    if not gone or len(gone) == len(meant):
        return branches
    return tuple(
        replace(
            branch, alternatives=tuple(one for one in branch.alternatives if id(one) not in gone)
        )
        for branch in branches
    )


def _parts(document: Document, data: dict[str, Any], filters: Filters) -> tuple[Parts, list[Fault]]:
    parts = _heading(document, data)
    try:
        if "correlation" in data:
            errors = _correlation(parts, data)
        elif "filter" in data:
            parts.update(kind="filter", unjudged="a filter: it narrows other rules, see those")
            errors = _filter_errors(data)
        else:
            errors = _rule(parts, data, filters)
    except Exception as error:  # whatever pySigma makes of a hostile document
        errors = [error]
        parts.update(kind="unreadable", unjudged=f"cannot be read: {_said(error)}")
    return parts, [_fault(document, error) for error in errors]


def _heading(document: Document, data: dict[str, Any]) -> Parts:
    """What a rule says of itself, whatever else is wrong with it."""
    stem = document.file.name.rpartition("/")[2].rpartition(".")[0]
    tags = data.get("tags")
    tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
    source = data.get("logsource")
    source = source if isinstance(source, dict) else {}
    return {
        "id": _text(data, "id") or (f"{stem}#{document.index + 1}" if document.index else stem),
        "title": _text(data, "title") or stem,
        "level": _text(data, "level").lower(),
        "status": _text(data, "status").lower(),
        "file": document.file.name,
        "line": document.line,
        "techniques": tuple(techniques_of(tags)),
        "tactics": tuple(tactics_of(tags)),
        "logsource": LogSource(
            *(_text(source, key).lower() for key in ("product", "category", "service"))
        ),
        "kind": "rule",
        "name": _text(data, "name"),
        "unjudged": "",
    }


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _rule(parts: Parts, data: dict[str, Any], filters: Filters) -> list[Exception]:
    """Add a rule's condition; its errors that do not keep it from being judged are returned."""
    from sigma.rule import SigmaRule
    from sigma.rule.detection import EmptySigmaDetections
    from sigma.rule.logsource import EmptyLogSource

    rule = SigmaRule.from_dict(data, collect_errors=True)
    errors: list[Exception] = list(rule.errors)
    broken = isinstance(rule.detection, EmptySigmaDetections)
    if broken or isinstance(rule.logsource, EmptyLogSource):
        blamed = [one for one in errors if broken or "Logsource" in type(one).__name__]
        said = _said((blamed or errors)[-1])
        parts.update(kind="unreadable", unjudged=f"cannot be read: {said}")
        return errors
    if any("|" in str(condition) for condition in rule.detection.condition):
        parts.update(kind="aggregation", unjudged=_OLD_COUNT)
        return [*errors, _condition_error(_OLD_COUNT)]
    parts["unjudged"] = narrow(rule, data, filters)
    if parts["unjudged"]:
        return errors
    tree = rule_tree(rule)
    found, truncated = expand(tree)
    # The tree is kept where the branches are not all there is.
    parts.update(found=found, truncated=truncated, tree=tree if truncated else None)
    return errors


def _filter_errors(data: dict[str, Any]) -> list[Exception]:
    from sigma.filters import SigmaFilter

    return list(SigmaFilter.from_dict(data, collect_errors=True).errors)


def _condition_error(text: str) -> Exception:
    from sigma.exceptions import SigmaConditionError

    return SigmaConditionError(text)


def _correlation(parts: Parts, data: dict[str, Any]) -> list[Exception]:
    from sigma.correlations import SigmaCorrelationRule

    rule = SigmaCorrelationRule.from_dict(data, collect_errors=True)
    parts["kind"] = "correlation"
    if rule.errors:
        parts["unjudged"] = f"cannot be read: {_said(rule.errors[0])}"
        return list(rule.errors)
    every = rule.type.name.startswith("TEMPORAL")
    parts["correlation"] = Correlation(_referenced(rule), every, _counted(rule))
    if isinstance(getattr(rule.condition, "expression", None), str):
        parts["unjudged"] = "its condition joins other rules by and, or and not"
    return []


def _referenced(rule: SigmaCorrelationRule) -> tuple[str, ...]:
    return tuple(reference.reference for reference in rule.rules or ())


def _counted(rule: SigmaCorrelationRule) -> tuple[str, ...]:
    """The fields that must be filled to group or to count; aliases stand for several."""
    counted = getattr(rule.condition, "fieldref", None) or []
    counted = [counted] if isinstance(counted, str) else list(counted)
    aliases = {alias.alias for alias in rule.aliases}
    return tuple(name for name in (*(rule.group_by or ()), *counted) if name not in aliases)


def _said(error: Exception) -> str:
    if isinstance(error, EmptyCondition):
        return str(error)
    text = str(error).strip().splitlines()
    return text[0] if text and text[0] else type(error).__name__


def _fault(document: Document, error: Exception) -> Fault:
    unknown = _MODIFIER.search(str(error))
    name = type(error).__name__
    path = next((path for end, path in _PLACES if name.endswith(end)), ("detection",))
    if unknown:
        path = ("detection", f"{unknown[1]}|")
    if isinstance(error, EmptyCondition):
        path = ("detection", "condition")
    if "Sigma tag" in str(error):
        path = ("tags",)
    line = line_of(document.file.content, document.index, *path)
    hint = "Write it as a correlation rule." if _OLD_COUNT in str(error) else ""
    return Fault(f"Sigma rule: {_said(error)}", document.file.name, f"line {line}", hint)
