"""Filter documents: what they take out of other rules, wherever those are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.condition import rule_tree
from logreach.coverage.detections.documents import Document

if TYPE_CHECKING:
    from sigma.filters import SigmaFilter
    from sigma.rule import SigmaRule

_BROKEN = "a filter document narrows it that cannot be read: {title}"
Filters = tuple["SigmaFilter", ...]


def filters_of(documents: Iterable[Document]) -> Filters:
    """Every filter document; what is wrong with one is in its `errors`."""
    return tuple(_filter(document.data) for document in documents if "filter" in document.data)


def _filter(data: dict[str, Any]) -> SigmaFilter:
    from sigma.filters import SigmaFilter

    try:
        return SigmaFilter.from_dict(data, collect_errors=True)
    except Exception:  # whatever pySigma makes of a hostile document: one that says nothing
        return SigmaFilter.from_dict({"title": "without a title"}, collect_errors=True)


def narrow(rule: SigmaRule, data: dict[str, Any], filters: Filters) -> str:
    """Add to a rule what filters say of it; returns why it cannot be judged then ('': it can).

    `data` is the rule's document. Raises what `rule_tree` does for the rule's own condition.
    """
    if filters:
        rule_tree(rule)
    for narrowing in filters:
        if _may_name(narrowing, data) if narrowing.errors else not _applied(narrowing, rule):
            return _BROKEN.format(title=narrowing.title or narrowing.id or "without a title")
    return ""


def _applied(narrowing: SigmaFilter, rule: SigmaRule) -> bool:
    """Whether a rule can be read with the filter; pySigma's errors quote names that it generates at
    random, so they are not passed on."""
    try:
        narrowing.apply_on_rule(rule)
        rule_tree(rule)
    except Exception:
        return False
    return True


def _may_name(broken: SigmaFilter, data: dict[str, Any]) -> bool:
    """Whether a filter that cannot be read whole may mean a rule: it names it, or names none."""
    rules = broken.filter.rules
    if isinstance(rules, str) or not rules:
        return True
    identities = {str(data.get(key)) for key in ("id", "name", "title")}
    return any(rule.reference in identities for rule in rules)
