"""A configuration as the engine holds it after loading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.manifest import Schema


class Condition(StrEnum):
    """How a filter looks at a field; names as a configuration writes them."""

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
    """A condition on one field. `name` is the rule name that a match reports ('' for none)."""

    field: str
    condition: Condition
    value: str
    name: str
    line: int

    def __str__(self) -> str:
        return f'{self.field} {self.condition} "{self.value}"'


@dataclass(frozen=True, slots=True)
class Rule:
    """A `<Rule>`: counts as one filter of its element; AND is a true AND, same field or not.

    `relation` is its groupRelation as written, None where it has none.
    """

    filters: tuple[Filter, ...]
    match_all: bool
    name: str
    line: int
    relation: str | None = None

    def __str__(self) -> str:
        return (" and " if self.match_all else " or ").join(map(str, self.filters))


@dataclass(frozen=True, slots=True)
class Element:
    """An event tag with its filters, such as `<ProcessCreate onmatch="include">`.

    `event_id` is the id that it was compiled for, `match_all` whether different fields are
    ANDed (`groupRelation="and"`), `group` the name of its RuleGroup, `grouped` whether it has one.
    """

    tag: str
    event_id: int
    include: bool
    match_all: bool
    items: tuple[Filter | Rule, ...]
    group: str
    line: int
    grouped: bool = False

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Every filter, also those inside rules, in document order."""
        return tuple(
            one
            for item in self.items
            for one in (item.filters if isinstance(item, Rule) else (item,))
        )

    def __str__(self) -> str:
        return f'<{self.tag} onmatch="{"include" if self.include else "exclude"}">'


class Cause(StrEnum):
    """Why an element is not in force."""

    INCORRECT_FIELD = "incorrect field"
    AFTER_INCORRECT_FIELD = "after an element with an incorrect field"
    NO_ONMATCH = "no onmatch"
    ONMATCH_AND_DEFAULT = "both onmatch and default"


@dataclass(frozen=True, slots=True)
class Dropped:
    """An element that Sysmon leaves out without failing; `field` is the one it stumbled on."""

    tag: str
    line: int
    cause: Cause
    field: str = ""

    @property
    def message(self) -> str:
        """What Sysmon prints, or would."""
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
    """A setting beside EventFiltering, such as HashAlgorithms; `value` is '' where empty."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Config:
    """A loaded configuration.

    `declared` is the schemaversion it names, `grammar` the schema it was checked against,
    `binary` the schema of the Sysmon that loads it, `defaults` the events that this Sysmon logs
    where there is no element. `elements` holds those in force by tag, in document order.
    """

    declared: Schema
    grammar: Schema
    binary: Schema
    defaults: tuple[int, ...]
    elements: Mapping[str, tuple[Element, ...]]
    options: tuple[Option, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    compiled: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def schema_version(self) -> str:
        """The declared version, two decimals: '4.90'."""
        return str(self.declared)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What Sysmon prints while it loads, in the order of the file."""
        return tuple(one.message for one in self.dropped if one.message)

    def elements_of(self, event_id: int) -> tuple[Element, ...]:
        """The elements in force for an event, in document order."""
        event = manifest.event(event_id)
        return self.elements.get(event.tag, ()) if event and event.tag else ()

    def option(self, name: str) -> Option | None:
        """The last setting of that name."""
        found = [option for option in self.options if option.name == name]
        return found[-1] if found else None

    def logged_unasked(self, event_id: int) -> bool:
        """Whether the event is logged where there is no element for it."""
        return event_id in self.defaults

    def enabled(self, event_id: int) -> bool:
        """Whether the event is switched on.

        Only NetworkConnect, ImageLoad, ProcessAccess and DnsQuery have a switch. The last
        element in the document sets it: off for an empty include, on for any other. Without
        elements it is off, but `<ProcessAccessConfig>` turns its own on.
        """
        event = manifest.event(event_id)
        if event is None or not event.option:
            return True
        elements = self.elements_of(event_id)
        if elements:
            return not elements[-1].include or bool(elements[-1].filters)
        return self.option(f"{event.option}Config") is not None
