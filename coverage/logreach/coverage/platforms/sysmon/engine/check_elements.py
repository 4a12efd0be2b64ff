"""Checks of elements: how several for one event combine, and what each is left with."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import Cause, Config, Element, Filter, Rule
from logreach.coverage.platforms.sysmon.engine.document import Node
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.literals import ANYTHING, Case, shape

_CAUSES = {
    Cause.INCORRECT_FIELD: "incorrect-field",
    Cause.AFTER_INCORRECT_FIELD: "after-incorrect-field",
    Cause.NO_ONMATCH: "no-onmatch",
    Cause.ONMATCH_AND_DEFAULT: "onmatch-and-default",
}


def check_elements(config: Config, root: Node) -> Iterator[Hit]:
    """Everything about elements and their rules."""
    yield from _dropped(config)
    yield from _absent(config, root)
    for elements in config.elements.values():
        yield from _combination(elements)
        yield from _switch(config, elements)
        for element in elements:
            yield from _relation(config, element)
            yield from _cover(element)


def effect(element: Element, item: Filter | Rule, always: bool) -> str:
    """What it means for the element that one of its filters always, or never, matches."""
    inside = next(
        (one for one in element.items if isinstance(one, Rule) and item in one.filters), None
    )
    if inside is not None and inside.match_all:
        return "It adds nothing to its Rule." if always else "Its Rule never matches."
    if inside is not None and not always:
        return "Its Rule goes by the other filters."
    if not always:
        return "The element never matches." if _needs(element) else "It has no effect."
    if _needs(element):
        return "It adds nothing to its element."
    word = "logged" if element.include else "dropped"
    return f"Every {element.tag} event that gets this far is {word}."


def _needs(element: Element) -> bool:
    return element.match_all and len(element.items) > 1


def _dropped(config: Config) -> Iterator[Hit]:
    for one in config.dropped:
        yield Hit(_CAUSES[one.cause], one.line, {"tag": one.tag, "field": one.field})


def _absent(config: Config, root: Node) -> Iterator[Hit]:
    """Events without any element that is in force."""
    tags = manifest.tags(config.binary)
    for logged, lint in ((False, "no-element"), (True, "logged-by-default")):
        absent = [
            tag
            for tag, ids in tags.items()
            if tag not in config.elements and config.logged_unasked(ids[0]) is logged
        ]
        if absent:
            yield Hit(lint, root.line, {"tags": ", ".join(absent)})


def _combination(elements: tuple[Element, ...]) -> Iterator[Hit]:
    includes = [one for one in elements if one.include]
    excludes = [one for one in elements if not one.include]
    words = {"tag": elements[0].tag, "count": len(elements)}
    if len(elements) == 1:
        if not elements[0].filters:
            lint = "logs-nothing" if includes else "logs-everything"
            yield Hit(lint, elements[0].line, words)
    elif not includes:
        yield Hit("only-excludes", elements[1].line, words)
    elif not any(one.filters for one in includes):
        yield Hit(
            "empty-include-overrides", includes[0].line, {**words, "count": len(elements) - 1}
        )
    elif excludes:
        empty = [one for one in excludes if not one.filters]
        for one in empty:
            yield Hit("empty-exclude-without-effect", one.line, words)
        if len(empty) < len(excludes):
            yield Hit("include-narrows-exclude", elements[0].line, words)


def _switch(config: Config, elements: tuple[Element, ...]) -> Iterator[Hit]:
    last = elements[-1]
    if not config.enabled(last.event_id) and any(one.filters for one in elements):
        yield Hit("switched-off", last.line, {"tag": last.tag})


def _relation(config: Config, element: Element) -> Iterator[Hit]:
    """Different fields that are ANDed though nobody wrote so, and rules without a relation."""
    fields = dict.fromkeys(item.field for item in element.items if isinstance(item, Filter))
    if len(fields) > 1 and not element.grouped:
        words = {"tag": element.tag, "fields": ", ".join(fields), "declared": config.declared}
        lint = "fields-are-anded" if element.match_all else "fields-are-ored"
        yield Hit(lint, element.line, words)
    for item in element.items:
        if not isinstance(item, Rule):
            continue
        if item.relation is None and len(item.filters) > 1:
            yield Hit("rule-without-relation", item.line)
        elif item.relation is not None and item.relation.lower() not in ("and", "or"):
            yield Hit("rule-relation-not-or", item.line, {"value": item.relation})


def _cover(element: Element) -> Iterator[Hit]:
    """Filters on one field that are alternatives of each other and leave no value out."""
    by_field: dict[str, list[Filter]] = {}
    for item in element.items:
        if isinstance(item, Filter):
            by_field.setdefault(item.field, []).append(item)
    for field, filters in by_field.items():
        if len(filters) > 1 and not _leaves_some(filters):
            others = _needs(element) and len(by_field) > 1
            word = "logged" if element.include else "dropped"
            told = (
                "They add nothing to the element."
                if others
                else f"Every {element.tag} event that gets this far is {word}."
            )
            yield Hit("alternatives-cover-all", filters[0].line, {"field": field, "effect": told})


def _leaves_some(filters: list[Filter]) -> bool:
    """Whether some value meets none of the filters; also True where it cannot be told."""
    cases: list[Case] = [ANYTHING]
    for one in filters:
        wanted = shape(one.condition, one.value)
        if wanted is None:
            return True
        if wanted.truth(ANYTHING) is True:
            return True  # told on its own
        cases = [narrow for case in cases for narrow in wanted.narrowed(case, wanted=False)]
        if len(cases) > 200:
            return True
    return bool(cases)


def check_schema(config: Config, root: Node) -> Iterator[Hit]:
    """The schema that the configuration names, against the ones that there are."""
    words = {"declared": config.declared, "binary": config.binary, "grammar": config.grammar}
    if config.declared > config.binary:
        yield Hit("newer-than-binary", root.line, words)
    elif config.declared not in manifest.schemas():
        yield Hit("unknown-schema", root.line, words)
