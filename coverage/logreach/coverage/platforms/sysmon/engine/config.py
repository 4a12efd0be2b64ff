"""A configuration after loading, as the engine holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.manifest import Schema


class Condition(StrEnum):
    """How a filter compares a field with its value; spelled as in a configuration."""

    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains any"
    IS_ANY = "is any"
    CONTAINS_ALL = "contains all"
    EXCLUDES = "excludes"
    EXCLUDES_ANY = "excludes any"
    EXCLUDES_ALL = "excludes all"
    BEGIN_WITH = "begin with"
    END_WITH = "end with"
    LESS_THAN = "less than"
    MORE_THAN = "more than"
    IMAGE = "image"
    NOT_BEGIN_WITH = "not begin with"
    NOT_END_WITH = "not end with"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one field. `name` becomes the RuleName of an event that matches ('': none)."""

    field: str
    condition: Condition
    value: str
    name: str
    line: int

    def __str__(self) -> str:
        return f'{self.field} {self.condition} "{self.value}"'


@dataclass(frozen=True, slots=True)
class RuleElement:
    """A `<Rule>`: it counts as one filter of its event element.

    With `match_all` every filter must match, even several on the same field. `relation` is the
    groupRelation as written, None if absent.
    """

    filters: tuple[Filter, ...]
    match_all: bool
    name: str
    line: int
    relation: str | None = None

    def __str__(self) -> str:
        return (" and " if self.match_all else " or ").join(map(str, self.filters))


@dataclass(frozen=True, slots=True)
class EventElement:
    """An event tag with its filters, such as `<ProcessCreate onmatch="include">`.

    `event_id` is the event whose field list it was compiled with. `match_all`: filters on
    different fields are ANDed (`groupRelation="and"`). `group` is the name of its RuleGroup,
    `grouped` says whether it stands in one.
    """

    tag: str
    event_id: int
    include: bool
    match_all: bool
    items: tuple[Filter | RuleElement, ...]
    group: str
    line: int
    grouped: bool = False

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Every filter, including those inside rules, in document order."""
        return tuple(
            filter_
            for item in self.items
            for filter_ in (item.filters if isinstance(item, RuleElement) else (item,))
        )

    def __str__(self) -> str:
        return f'<{self.tag} onmatch="{"include" if self.include else "exclude"}">'


class Cause(StrEnum):
    """Why Sysmon drops an event element."""

    INCORRECT_FIELD = "incorrect field"
    AFTER_INCORRECT_FIELD = "after an element with an incorrect field"
    NO_ONMATCH = "no onmatch"
    ONMATCH_AND_DEFAULT = "both onmatch and default"


@dataclass(frozen=True, slots=True)
class DroppedElement:
    """An event element that Sysmon leaves out without failing; `field` is the incorrect field."""

    tag: str
    line: int
    cause: Cause
    field: str = ""

    @property
    def message(self) -> str:
        """The message that Sysmon prints; '' if it prints none."""
        return {
            Cause.INCORRECT_FIELD: f"Incorrect field {self.field}",
            Cause.AFTER_INCORRECT_FIELD: "",
            Cause.NO_ONMATCH: f"Error: You need to specifiy the onmatch attribute on {self.tag}.",
            Cause.ONMATCH_AND_DEFAULT: (
                f"Error: Can't specify onmatch and default on {self.tag} (pick only one)"
            ),
        }[self.cause]


@dataclass(frozen=True, slots=True)
class Option:
    """An option beside EventFiltering, such as HashAlgorithms; `value` is '' for an empty one."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Config:
    """A loaded configuration.

    `declared` is its schemaversion, `grammar` the schema whose grammar validated it,
    `sysmon_schema` the schema of the Sysmon that loads it, `defaults` the events that this Sysmon
    logs if they have no element. `elements` are the event elements in force, by tag and in
    document order.
    `compiled` caches the filters of each event for `decision`.
    """

    declared: Schema
    grammar: Schema
    sysmon_schema: Schema
    defaults: tuple[int, ...]
    elements: Mapping[str, tuple[EventElement, ...]]
    options: tuple[Option, ...] = ()
    dropped: tuple[DroppedElement, ...] = ()
    compiled: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def schema_version(self) -> str:
        """The declared schema with two decimals: '4.90'."""
        return str(self.declared)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The messages that Sysmon prints while it loads, in the order of the file."""
        return tuple(element.message for element in self.dropped if element.message)

    def elements_of(self, event_id: int) -> tuple[EventElement, ...]:
        """The elements in force for an event, in document order."""
        event = manifest.event(event_id)
        return self.elements.get(event.tag, ()) if event and event.tag else ()

    def option(self, name: str) -> Option | None:
        """The last option of that name."""
        matching = [option for option in self.options if option.name == name]
        return matching[-1] if matching else None

    def logged_by_default(self, event_id: int) -> bool:
        """Whether this Sysmon logs the event if it has no element."""
        return event_id in self.defaults

    def enabled(self, event_id: int) -> bool:
        """Whether the event is switched on.

        Only NetworkConnect, ImageLoad, ProcessAccess and DnsQuery have a switch. The last
        element in the document sets it: off for an empty include, on for any other. Without
        elements it is off, unless an option such as `<ProcessAccessConfig>` turns it on.
        """
        event = manifest.event(event_id)
        if event is None or not event.option:
            return True
        elements = self.elements_of(event_id)
        if elements:
            return not elements[-1].include or bool(elements[-1].filters)
        return self.option(f"{event.option}Config") is not None
