"""Documents as rules, read with pySigma."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.branches import Conj, expand
from logreach.coverage.detections.candidate_events import alternatives_of, branch_of, channels_named
from logreach.coverage.detections.condition import fields_of, rule_tree
from logreach.coverage.detections.constant_fields import retired
from logreach.coverage.detections.conversion import NO_CONVERSION, Conversion, convert
from logreach.coverage.detections.correlation import correlation_of
from logreach.coverage.detections.describe import needs_text
from logreach.coverage.detections.documents import NO_RULE, Document
from logreach.coverage.detections.impossible import IMPOSSIBLE, why_impossible
from logreach.coverage.detections.mapping import NO_CHANNEL, Knowledge, Placement
from logreach.coverage.detections.metadata import MetadataError, read_with
from logreach.coverage.detections.model import (
    Branch,
    Demand,
    LogSource,
    Need,
    Node,
    Rule,
)
from logreach.coverage.detections.narrowing import Filters, narrow
from logreach.coverage.detections.parts import united
from logreach.coverage.detections.quiet_engine import quieten
from logreach.coverage.detections.rule_faults import (
    OLD_COUNT,
    fault_of,
    is_of_metadata,
    misspelt,
    said,
)
from logreach.coverage.detections.suggestions import MEANT
from logreach.coverage.detections.tags import tactics_of, techniques_of
from logreach.inventories.files.faults import Fault

if TYPE_CHECKING:
    from sigma.processing.pipeline import ProcessingPipeline
    from sigma.rule.logsource import SigmaLogSource

_MOST_FIELDS = 3
_CUT_OFF = "more branches than are kept, and none of those kept can hold"
Draft = dict[str, Any]
"""The fields of a `Rule` that is being made, by name; also `conjunctions`, its branches before they
are mapped to events, and `pipeline_names`, the field names that a pipeline gave to it."""


@dataclass(frozen=True)
class Compiler:
    """What documents become rules with: the tables, filter documents, and what the site does."""

    known: Knowledge
    filters: Filters = ()
    conversion: Conversion = NO_CONVERSION
    pipeline: ProcessingPipeline | None = None

    def naming(self, pipeline_names: Mapping[str, tuple[str, ...]]) -> Knowledge:
        """The tables with the site's own names, and those that a pipeline gave to a rule."""
        names = {**pipeline_names, **self.conversion.names}
        return replace(self.known, synonyms=names) if names else self.known


def rules_of(documents: Sequence[Document], compiler: Compiler) -> tuple[list[Rule], list[Fault]]:
    """Every rule of a file, also those that cannot be judged, narrowed by filter documents."""
    quieten()
    rules: list[Rule] = []
    faults: list[Fault] = []
    shared: dict[str, Any] = {}
    last: dict[str, Any] = {}
    parts_of_one: list[Rule] = []  # documents that have one id and title in common
    for document in documents:
        data = document.data
        action = data.pop("action", None)
        is_part = action != "global" and bool(shared) and not {"id", "title"} & data.keys()
        if not (is_part or action == "repeat"):
            rules += united(parts_of_one)
            parts_of_one = []
        if document.unreadable:
            parts_of_one.append(_unreadable(document))
        elif action == "global":
            shared = data
        elif action == "reset":
            shared = {}
        else:
            last = _merged(last if action == "repeat" else shared, data)
            rule, new_faults = _compiled(document, last, compiler)
            parts_of_one.append(rule)
            faults.extend(new_faults)
    rules += united(parts_of_one)
    if documents and not rules:
        first = replace(documents[0], unreadable=NO_RULE)
        hint = "It only tells what rules have in common."
        return [_unreadable(first)], [Fault(NO_RULE, first.file.name, hint=hint)]
    return rules, faults


def _compiled(
    document: Document, data: dict[str, Any], compiler: Compiler
) -> tuple[Rule, list[Fault]]:
    draft, faults = _draft_of(document, data, compiler)
    rule = _placed(draft, compiler.naming(draft.pop("pipeline_names", {})))
    misspellings = {
        field: reason for branch in rule.branches for field, reason in _misspelt(branch)
    }
    faults += [misspelt(document, field, reason) for field, reason in misspellings.items()]
    return rule, faults


def _misspelt(branch: Branch) -> Iterator[tuple[str, str]]:
    """Fields that no event of a branch has and that resemble ones it has, with the suggestion."""
    for candidates in branch.alternatives:
        lost_needs = [
            {need.sigma: need.why for need in _every_need(candidate.demand) if need.lost}
            for candidate in candidates
        ]
        for field in set.intersection(*map(set, lost_needs)):
            if MEANT in lost_needs[0][field]:
                yield field, lost_needs[0][field]


def _every_need(demand: Demand) -> Iterator[Need]:
    yield from demand.needs
    for needs in demand.suppressors:
        yield from needs


def _unreadable(document: Document) -> Rule:
    """What stands for a document that holds no rule, so that none is silently dropped."""
    draft = _heading(document, document.data)
    number = f"#{document.index + 1}" if document.index else ""
    if not document.data.get("id"):
        draft["id"] = f"{document.file.name}{number}"  # several files may have one stem
    reason = document.unreadable.removeprefix("cannot be read: ")
    draft.update(kind="unreadable", unjudged=f"cannot be read: {reason}")
    return Rule(**draft)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Two documents as one: the later wins, mappings are merged (rule collections)."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(dict(old or {}), value) if both else value
    return merged


def _placed(draft: Draft, knowledge: Knowledge) -> Rule:
    """A rule with the events that show its branches."""
    conjunctions = draft.pop("conjunctions", ())
    placement = knowledge.place(draft["logsource"])
    if placement.unmapped == NO_CHANNEL:
        placement = channels_named(conjunctions, knowledge) or placement
    if not draft["unjudged"] and draft["kind"] == "rule":
        draft["unjudged"] = placement.unmapped
    branches = tuple(
        branch_of(conj, placement, knowledge, needs_text(conj[0])) for conj in conjunctions
    )
    branches = _of_today(branches)
    if draft.get("truncated") and not any(branch.alternatives for branch in branches):
        draft["unjudged"] = draft["unjudged"] or _CUT_OFF
    is_rule = draft["kind"] == "rule" and not draft["unjudged"]
    if is_rule and not any(branch.alternatives for branch in branches):
        draft["impossible"] = _impossible(conjunctions, placement, knowledge)
    return Rule(**draft, branches=branches, applicable=placement.applicable)


def _impossible(conjunctions: Sequence[Conj], placement: Placement, knowledge: Knowledge) -> str:
    if placement.impossible:
        return placement.impossible
    alternatives = [alternatives_of(needs, placement, knowledge) for needs, _ in conjunctions]
    reasons = map(why_impossible, conjunctions, alternatives, repeat(knowledge))
    return next((reason for reason in reasons if reason != IMPOSSIBLE), IMPOSSIBLE)


def _of_today(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """Without events that no Windows of today writes, where a rule means others besides.

    Rules name the numbers of old and new Windows together: that the old ones are gone loses
    nothing.
    """
    alternatives = [candidates for branch in branches for candidates in branch.alternatives]
    gone = {
        id(candidates)
        for candidates in alternatives
        if all(retired(candidate.event) for candidate in candidates)
    }
    if not gone or len(gone) == len(alternatives):
        return branches
    return tuple(
        replace(
            branch,
            alternatives=tuple(
                candidates for candidates in branch.alternatives if id(candidates) not in gone
            ),
        )
        for branch in branches
    )


def _draft_of(
    document: Document, data: dict[str, Any], compiler: Compiler
) -> tuple[Draft, list[Fault]]:
    draft = _heading(document, data)
    try:
        if "correlation" in data and not _is_remark(data):
            errors = _correlation(draft, data, compiler)
        elif "filter" in data:
            draft.update(kind="filter", unjudged="a filter: it narrows other rules, see those")
            errors = _filter_errors(data)
        else:
            errors = _rule(draft, data, compiler)
            if _is_remark(data):
                errors.append(MetadataError("correlation", data["correlation"]))
    except Exception as error:  # whatever pySigma makes of a hostile document
        errors = [error]
        draft.update(kind="unreadable", unjudged=f"cannot be read: {said(error)}")
    return draft, [fault_of(document, error) for error in errors]


def _is_remark(data: dict[str, Any]) -> bool:
    """Whether `correlation` is a mere note, as a text or list, in a rule with its own detection."""
    return "detection" in data and isinstance(data.get("correlation"), str | list)


def _heading(document: Document, data: dict[str, Any]) -> Draft:
    """The metadata of a rule, as far as they can be read, whatever else is wrong with it."""
    stem = document.file.name.rpartition("/")[2].rpartition(".")[0]
    tags = data.get("tags")
    tags = [tags] if isinstance(tags, str) else tags
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


def _rule(draft: Draft, data: dict[str, Any], compiler: Compiler) -> list[Exception]:
    """Add a rule's condition; its errors that do not keep it from being judged are returned."""
    from sigma.rule import SigmaRule
    from sigma.rule.detection import EmptySigmaDetections
    from sigma.rule.logsource import EmptyLogSource

    rule, errors = read_with(partial(SigmaRule.from_dict, collect_errors=True), data)
    errors = [*rule.errors, *errors]
    broken = isinstance(rule.detection, EmptySigmaDetections)
    if broken or isinstance(rule.logsource, EmptyLogSource):
        blamed = [error for error in errors if broken or "Logsource" in type(error).__name__]
        message = said((blamed or errors)[-1])
        draft.update(kind="unreadable", unjudged=f"cannot be read: {message}")
        return errors
    if any("|" in str(condition) for condition in rule.detection.condition):
        draft.update(kind="aggregation", unjudged=OLD_COUNT)
        return [*errors, _condition_error(OLD_COUNT)]
    draft["unjudged"] = narrow(rule, data, compiler.filters)
    if not draft["unjudged"] and compiler.pipeline is not None:
        draft["unjudged"], draft["pipeline_names"] = convert(compiler.pipeline, rule)
        draft["logsource"] = _logsource(rule.logsource)
    if draft["unjudged"]:
        return errors
    tree = rule_tree(rule, compiler.conversion.placeholders)
    draft["unjudged"] = _foreign(data, tree, compiler.naming(draft.get("pipeline_names", {})))
    conjunctions, truncated = expand(tree)
    # The tree is kept where the branches are not all there is.
    draft.update(conjunctions=conjunctions, truncated=truncated, tree=tree if truncated else None)
    return errors


def _logsource(source: SigmaLogSource) -> LogSource:
    names = (source.product, source.category, source.service)
    return LogSource(*((part or "").lower() for part in names))


def _foreign(data: dict[str, Any], tree: Node, knowledge: Knowledge) -> str:
    """Why a rule cannot be judged that names fields by another taxonomy; '': it can."""
    taxonomy = data.get("taxonomy") or "sigma"
    if taxonomy == "sigma":
        return ""
    unmapped = [
        name
        for name in fields_of(tree)
        if not (name in knowledge.synonyms or knowledge.header_name(name))
    ]
    if not unmapped:
        return ""
    fields = ", ".join(sorted(unmapped)[:_MOST_FIELDS])
    return f"its taxonomy is {taxonomy}, not sigma, and nothing maps its {fields}"


def _filter_errors(data: dict[str, Any]) -> list[Exception]:
    from sigma.filters import SigmaFilter

    return list(SigmaFilter.from_dict(data, collect_errors=True).errors)


def _condition_error(message: str) -> Exception:
    from sigma.exceptions import SigmaConditionError

    return SigmaConditionError(message)


def _correlation(draft: Draft, data: dict[str, Any], compiler: Compiler) -> list[Exception]:
    from sigma.correlations import SigmaCorrelationRule

    rule, errors = read_with(partial(SigmaCorrelationRule.from_dict, collect_errors=True), data)
    draft["kind"] = "correlation"
    errors = [*rule.errors, *errors]
    blocking = [error for error in rule.errors if not is_of_metadata(error)]
    if blocking:
        draft["unjudged"] = f"cannot be read: {said(blocking[0])}"
        return errors
    correlation = correlation_of(rule, compiler.conversion.names)
    if isinstance(correlation, str):
        draft["unjudged"] = correlation
    else:
        draft["correlation"] = correlation
    return errors
