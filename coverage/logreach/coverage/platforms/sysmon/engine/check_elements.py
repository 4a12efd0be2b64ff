"""Lints on event elements: how the elements of an event combine, and how their filters relate."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import (
    Cause,
    Config,
    EventElement,
    Filter,
    RuleElement,
)
from logreach.coverage.platforms.sysmon.engine.document import XmlNode
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.value_sets import ANY_VALUE, ValueSet, formula

_MAX_SETS = 200
_LINT_OF_CAUSE = {
    Cause.INCORRECT_FIELD: "incorrect-field",
    Cause.AFTER_INCORRECT_FIELD: "after-incorrect-field",
    Cause.NO_ONMATCH: "no-onmatch",
    Cause.ONMATCH_AND_DEFAULT: "onmatch-and-default",
}


def check_elements(config: Config, root: XmlNode) -> Iterator[Hit]:
    """Lints on event elements and their rules."""
    for dropped in config.dropped:
        words = {"tag": dropped.tag, "field": dropped.field}
        yield Hit(_LINT_OF_CAUSE[dropped.cause], dropped.line, words)
    yield from _absent(config, root)
    for elements in config.elements.values():
        yield from _combination(elements)
        yield from _switch(config, elements)
        for element in elements:
            yield from _relation(element, config)
            yield from _exhaustive_alternatives(element)


def effect(element: EventElement, item: Filter | RuleElement, always: bool) -> str:
    """The consequence for an element if one of its filters always, or never, matches."""
    rule = next(
        (
            candidate
            for candidate in element.items
            if isinstance(candidate, RuleElement) and item in candidate.filters
        ),
        None,
    )
    if rule is not None and rule.match_all:
        if always:
            return "Its Rule depends on the other filters alone."
        return "Its Rule never matches."
    if not always:
        if rule is not None:
            return "Its Rule depends on the other filters alone."
        return "The element never matches." if _needs_all(element) else "It has no effect."
    if _needs_all(element):
        return "The element depends on its other filters alone."
    return _every_event(element)


def _every_event(element: EventElement) -> str:
    """The consequence of an element that always matches, given those evaluated before it."""
    verb = "logs" if element.include else "drops"
    return f"The element {verb} every {element.tag} event that no earlier element decides."


def _needs_all(element: EventElement) -> bool:
    return element.match_all and len(element.items) > 1


def _absent(config: Config, root: XmlNode) -> Iterator[Hit]:
    """Events without any element in force."""
    tags = manifest.tags(config.sysmon_schema)
    for logged, lint in ((False, "no-element"), (True, "logged-by-default")):
        absent = [
            tag
            for tag, ids in tags.items()
            if tag not in config.elements and config.logged_by_default(ids[0]) is logged
        ]
        if absent:
            yield Hit(lint, root.line, {"tags": ", ".join(absent)})


def _combination(elements: tuple[EventElement, ...]) -> Iterator[Hit]:
    """Elements of one event that together have an effect which none of them shows."""
    includes = [element for element in elements if element.include]
    excludes = [element for element in elements if not element.include]
    words = {"tag": elements[0].tag, "count": len(elements)}
    if len(elements) == 1:
        if not elements[0].filters:
            lint = "logs-nothing" if includes else "logs-everything"
            yield Hit(lint, elements[0].line, words)
    elif not includes:
        yield Hit("only-excludes", elements[1].line, words)
    elif not any(element.filters for element in includes):
        yield Hit(
            "empty-include-overrides", includes[0].line, {**words, "count": len(elements) - 1}
        )
    elif excludes:
        empty = [element for element in excludes if not element.filters]
        for element in empty:
            yield Hit("empty-exclude-without-effect", element.line, words)
        if len(empty) < len(excludes):
            yield Hit("include-narrows-exclude", elements[0].line, words)


def _switch(config: Config, elements: tuple[EventElement, ...]) -> Iterator[Hit]:
    last = elements[-1]
    if not config.enabled(last.event_id) and any(element.filters for element in elements):
        yield Hit("switched-off", last.line, {"tag": last.tag})


def _relation(element: EventElement, config: Config) -> Iterator[Hit]:
    """Fields that the schema ANDs or ORs without a groupRelation, and rules without a clear one."""
    fields = dict.fromkeys(item.field for item in element.items if isinstance(item, Filter))
    if len(fields) > 1 and not element.grouped:
        words = {"tag": element.tag, "fields": ", ".join(fields), "declared": config.declared}
        lint = "fields-are-anded" if element.match_all else "fields-are-ored"
        yield Hit(lint, element.line, words)
    for item in element.items:
        if not isinstance(item, RuleElement):
            continue
        if item.relation is None and len(item.filters) > 1:
            yield Hit("rule-without-relation", item.line)
        elif item.relation is not None and item.relation.lower() not in ("and", "or"):
            yield Hit("rule-relation-not-or", item.line, {"value": item.relation})


def _exhaustive_alternatives(element: EventElement) -> Iterator[Hit]:
    """Filters on one field that are alternatives of each other and together match every value."""
    by_field: dict[str, list[Filter]] = {}
    for item in element.items:
        if isinstance(item, Filter):
            by_field.setdefault(item.field, []).append(item)
    for field, filters in by_field.items():
        if len(filters) > 1 and not _leave_some_value(filters):
            consequence = (
                "The element depends on its other filters alone."
                if _needs_all(element) and len(by_field) > 1
                else _every_event(element)
            )
            words = {"field": field, "effect": consequence}
            yield Hit("alternatives-cover-all", filters[0].line, words)


def _leave_some_value(filters: list[Filter]) -> bool:
    """Whether some value matches none of the filters; True also if that is too costly to decide."""
    unmatched: list[ValueSet] = [ANY_VALUE]
    for filter_ in filters:
        condition = formula(filter_.condition, filter_.value)
        if condition is None:
            return True
        if condition.truth(ANY_VALUE) is True:
            return True  # check_filters reports this filter alone
        unmatched = [
            narrow for values in unmatched for narrow in condition.narrowed(values, satisfied=False)
        ]
        if len(unmatched) > _MAX_SETS:
            return True
    return bool(unmatched)


def check_schema(config: Config, root: XmlNode) -> Iterator[Hit]:
    """Lints on the declared schema version."""
    words = {"declared": config.declared, "binary": config.sysmon_schema, "grammar": config.grammar}
    if config.declared > config.sysmon_schema:
        yield Hit("newer-than-binary", root.line, words)
    elif config.declared not in manifest.schemas():
        yield Hit("unknown-schema", root.line, words)
