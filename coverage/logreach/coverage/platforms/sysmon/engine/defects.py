"""Known defects of Sysmon releases, and which events of a configuration they reach.

Data: `knowledge/defects.yaml`, each entry with its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import Config, EventElement, RuleElement
from logreach.coverage.platforms.sysmon.engine.document import XmlNode
from logreach.coverage.platforms.sysmon.engine.releases import (
    Numbers,
    numbers,
    version_numbers,
    windows_build,
)
from logreach.coverage.platforms.sysmon.engine.tables import FOLDER
from logreach.inventories.files.tables import Shape, yaml_table

AND_AS_OR = "and"
"""The filter defect whose effect can be worked out: see `taking_and_for_or`."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What some releases do wrong.

    `first` and `last` are the releases that a source says to have it, `fixed` the first one that
    surely lacks it. `events` are not all written, `fields` ('12/TargetObject') not rightly filled.
    `filter` names the elements of a configuration that do not do what they say ('': none), of
    `tags` alone where these are given. `settled`: the source says what it touches, so that
    verdicts which rest on it are unknown.
    """

    id: str
    first: Numbers
    last: Numbers
    fixed: Numbers
    last_name: str
    fixed_name: str
    what: str
    events: tuple[int, ...]
    fields: frozenset[str]
    filter: str
    tags: frozenset[str]
    settled: bool
    source: str

    def surely_in(self, version: str) -> bool:
        """Whether a source says that this version has it, or it lies between such releases."""
        return self.first <= (version_numbers(version) or (0, 0)) <= self.last

    def of(self, version: str) -> str:
        """The defect in words, for a version that has or may have it."""
        if self.surely_in(version):
            return f"Sysmon {version} {self.what}"
        return f"Sysmon {version} may have a defect of {self.last_name}, which {self.what}"


@lru_cache(maxsize=1)
def defects() -> tuple[Defect, ...]:
    """Every known defect, by the release that has it first."""
    shape: Shape = {
        **dict.fromkeys(("first", "last", "fixed", "what", "effect", "source"), str),
        "events?": [int],
        "fields?": [str],
        "filter?": str,
        "tags?": [str],
    }
    entries = yaml_table(FOLDER / "defects.yaml", {...: shape})
    unsorted = (
        Defect(
            name,
            numbers(entry["first"]),
            numbers(entry["last"]),
            numbers(entry["fixed"]),
            entry["last"],
            entry["fixed"],
            entry["what"],
            tuple(entry.get("events", ())),
            frozenset(entry.get("fields", ())),
            entry.get("filter", ""),
            frozenset(entry.get("tags", ())),
            {"unknown": True, "remark": False}[entry["effect"]],
            entry["source"],
        )
        for name, entry in entries.items()
    )
    return tuple(sorted(unsorted, key=lambda defect: (defect.first, defect.id)))


@lru_cache(maxsize=256)
def defects_of(version: str | None) -> tuple[Defect, ...]:
    """The defects that a standalone Sysmon of this version has or may have; none if not told."""
    parsed = version_numbers(version or "")
    if parsed is None or (version and windows_build(version) is not None):
        return ()
    return tuple(defect for defect in defects() if defect.first <= parsed < defect.fixed)


def reached(defect: Defect, config: Config, root: XmlNode) -> Mapping[str, int]:
    """The tags whose filters the defect reaches in a configuration, each with its first line."""
    if not defect.filter:
        return {}
    lines: dict[str, int] = {}
    for tag, line in _REACH[defect.filter](config, root):
        if not defect.tags or tag in defect.tags:
            lines[tag] = min(line, lines.get(tag, line))
    return lines


def taking_and_for_or(config: Config) -> Config:
    """The configuration as a release loads it that takes groupRelation="and" for "or"."""
    elements = {tag: tuple(map(_with_or, each)) for tag, each in config.elements.items()}
    return replace(config, elements=elements, compiled={})


def _with_or(element: EventElement) -> EventElement:
    items = tuple(
        replace(item, match_all=False) if isinstance(item, RuleElement) else item
        for item in element.items
    )
    return replace(element, items=items, match_all=element.match_all and not element.grouped)


_Reach = Iterator[tuple[str, int]]


def _elements(config: Config) -> Iterator[EventElement]:
    for elements in config.elements.values():
        yield from elements


def _with_and(config: Config, root: XmlNode) -> _Reach:  # noqa: ARG001
    for element in _elements(config):
        rules = [item for item in element.items if isinstance(item, RuleElement)]
        for rule in rules:
            if rule.match_all and len(rule.filters) > 1:
                yield element.tag, rule.line
        if element.match_all and element.grouped and len(element.items) > 1:
            yield element.tag, element.line


def _whole(config: Config, root: XmlNode) -> _Reach:
    for tag in manifest.tags(config.sysmon_schema):
        yield tag, root.line


def _with_filters(config: Config, root: XmlNode) -> _Reach:  # noqa: ARG001
    for element in _elements(config):
        if element.items:
            yield element.tag, element.line


def _excluding(config: Config, root: XmlNode) -> _Reach:  # noqa: ARG001
    for element in _elements(config):
        if element.items and not element.include:
            yield element.tag, element.line


def _both_kinds(config: Config, root: XmlNode) -> _Reach:  # noqa: ARG001
    for tag, elements in config.elements.items():
        if len({element.include for element in elements}) > 1:
            yield tag, elements[0].line


def _groups(root: XmlNode) -> Iterator[XmlNode]:
    for filtering in root.children:
        if filtering.name == "EventFiltering":
            yield from (child for child in filtering.children if child.name == "RuleGroup")


def _members(group: XmlNode) -> _Reach:
    for node in group.children:
        yield node.name, node.line


def _both_kinds_in_a_group(config: Config, root: XmlNode) -> _Reach:
    lines = {element.line: element.include for element in _elements(config)}
    for group in _groups(root):
        kinds: dict[str, set[bool]] = {}
        for tag, line in _members(group):
            if line in lines:
                kinds.setdefault(tag, set()).add(lines[line])
        for tag, line in _members(group):
            if len(kinds.get(tag, ())) > 1:
                yield tag, line


def _commented(config: Config, root: XmlNode) -> _Reach:  # noqa: ARG001
    for group in _groups(root):
        if group.commented:
            yield from _members(group)


def _out_of_order(config: Config, root: XmlNode) -> _Reach:
    ids = {tag: events[0] for tag, events in manifest.tags(config.sysmon_schema).items()}
    for group in _groups(root):
        order = [ids.get(node.name, 0) for node in group.children]
        if any(later < earlier for earlier, later in pairwise(order)):
            yield from _members(group)


def _several_tags(config: Config, root: XmlNode) -> _Reach:
    for group in _groups(root):
        if len({node.name for node in group.children}) > 1:
            yield from ((tag, group.line) for tag in manifest.tags(config.sysmon_schema))


_REACH: Mapping[str, Callable[[Config, XmlNode], Iterable[tuple[str, int]]]] = {
    AND_AS_OR: _with_and,
    "whole": _whole,
    "filters": _with_filters,
    "exclude filters": _excluding,
    "include beside exclude": _both_kinds,
    "include beside exclude in a group": _both_kinds_in_a_group,
    "comment in a group": _commented,
    "group out of order": _out_of_order,
    "several tags in a group": _several_tags,
}
