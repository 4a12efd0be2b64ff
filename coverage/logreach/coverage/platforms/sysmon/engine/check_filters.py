"""Lints on single filters: those that match nothing, everything, or other values than intended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.check_elements import effect
from logreach.coverage.platforms.sysmon.engine.config import (
    Condition,
    Config,
    EventElement,
    Filter,
)
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.tables import table_rows
from logreach.coverage.platforms.sysmon.engine.value_sets import (
    ANY_VALUE,
    Comparison,
    Formula,
    Kind,
    formula,
)

# The engine doubles every percent sign in these fields before it filters (SEMANTICS.md section 3).
_DOUBLED_PERCENT_FIELDS = frozenset(("CommandLine", "Details"))
_PATH_FIELDS = frozenset(
    ("Image", "ParentImage", "SourceImage", "TargetImage", "ImageLoaded", "TargetFilename")
)
_REGISTRY_FIELDS = frozenset(("TargetObject", "NewName"))
_LIST_CONDITIONS = frozenset(
    (
        Condition.CONTAINS_ANY,
        Condition.CONTAINS_ALL,
        Condition.EXCLUDES_ANY,
        Condition.EXCLUDES_ALL,
    )
)
_PROCESSES_WITHOUT_FILE = frozenset(("system", "registry"))
_FULL_PATH = re.compile(r"[a-z]:\\|\\|%|<", re.IGNORECASE)
_PERCENT_RUN = re.compile("%+")


@dataclass(frozen=True, slots=True)
class CheckedFilter:
    """A filter with its configuration, element and formula, which the lints need."""

    config: Config
    element: EventElement
    filter: Filter
    formula: Formula | None

    def hit(self, lint: str, **words: object) -> Hit:
        """A hit at the filter's line; `filter`, `field`, `tag` and `value` are filled in."""
        value = self.filter.value
        shown = value if len(value) <= 60 else value[:57] + "..."
        common = {
            "filter": f'{self.filter.field} {self.filter.condition} "{shown}"',
            "field": self.filter.field,
            "tag": self.element.tag,
            "value": value,
        }
        return Hit(lint, self.filter.line, {**common, **words})

    def effect(self, always: bool) -> str:
        """The consequence if the filter always, or never, matches."""
        return effect(self.element, self.filter, always)

    @property
    def negated(self) -> bool:
        """Whether the filter matches if its value is not found."""
        return self.formula is not None and self.formula.negated


def check_filters(config: Config) -> Iterator[Hit]:
    """Lints on filters, element by element."""
    for elements in config.elements.values():
        for element in elements:
            checked_fields: set[str] = set()
            for filter_ in element.filters:
                condition = formula(filter_.condition, filter_.value)
                checked = CheckedFilter(config, element, filter_, condition)
                yield from _extent(checked)
                yield from _spelling(checked)
                yield from _image(checked)
                yield from _registry(checked)
                yield from _percent(checked)
                if filter_.field not in checked_fields:
                    checked_fields.add(filter_.field)
                    yield from _events(checked)


def _extent(checked: CheckedFilter) -> Iterator[Hit]:
    """Filters that match every value, or none."""
    filter_ = checked.filter
    if checked.formula is None:
        yield checked.hit("user-variable")
        return
    truth = checked.formula.truth(ANY_VALUE)
    semicolon = filter_.condition in _LIST_CONDITIONS and filter_.value.endswith(";")
    if semicolon and truth is not None:
        yield checked.hit("trailing-semicolon", effect=checked.effect(truth))
    elif conditions.expand(conditions.fold(filter_.value)) is None:
        yield checked.hit("too-long")
    elif truth is not None:
        lint = "always-matches" if truth else "never-matches"
        yield checked.hit(lint, effect=checked.effect(truth))
    elif filter_.condition in _LIST_CONDITIONS and "" in filter_.value.split(";"):
        yield checked.hit("empty-part")


def _spelling(checked: CheckedFilter) -> Iterator[Hit]:
    """White space, wildcards, numbers compared as text."""
    filter_ = checked.filter
    alternatives = filter_.value.split(";") if filter_.condition is Condition.IS_ANY else []
    if filter_.value.strip() and _is_untrimmed(filter_):
        yield checked.hit("untrimmed")
    elif any(part != part.strip() for part in alternatives):
        yield checked.hit("untrimmed-part")
    if "*" in filter_.value and filter_.field in _PATH_FIELDS:
        yield checked.hit("wildcard")
    if (
        filter_.condition in (Condition.LESS_THAN, Condition.MORE_THAN)
        and filter_.value.strip().isdigit()
    ):
        yield checked.hit("text-order")


def _is_untrimmed(filter_: Filter) -> bool:
    """Whether white space stands at an end where it is hardly intended."""
    value = filter_.value
    if value.strip("\t\r\n") != value:
        return True
    leading, trailing = value != value.lstrip(), value != value.rstrip()
    match filter_.condition:
        case Condition.IS | Condition.IS_NOT | Condition.IMAGE | Condition.IS_ANY:
            return leading or trailing
        case Condition.BEGIN_WITH | Condition.NOT_BEGIN_WITH:
            return leading
        case Condition.END_WITH | Condition.NOT_END_WITH:
            return trailing
        case _:
            return False


def _image(checked: CheckedFilter) -> Iterator[Hit]:
    value = checked.filter.value
    if checked.filter.condition is not Condition.IMAGE or not value:
        return
    if "\\" in value and not _FULL_PATH.match(value):
        yield checked.hit("image-part-of-path")
    elif "\\" not in value and "." not in value and value.lower() not in _PROCESSES_WITHOUT_FILE:
        yield checked.hit("image-without-extension")


@lru_cache(maxsize=1)
def _registry_roots() -> tuple[tuple[str, str], ...]:
    return tuple((row["text"], row["instead"]) for row in table_rows("registry_roots.csv"))


def _registry(checked: CheckedFilter) -> Iterator[Hit]:
    if checked.filter.field not in _REGISTRY_FIELDS:
        return
    value = conditions.fold(checked.filter.value)
    for root, instead in _registry_roots():
        if conditions.fold(root) in value:
            consequence = checked.effect(always=checked.negated)
            yield checked.hit("registry-root", root=root, instead=instead, effect=consequence)
            return


def _percent(checked: CheckedFilter) -> Iterator[Hit]:
    if checked.filter.field not in _DOUBLED_PERCENT_FIELDS or checked.formula is None:
        return
    folded = conditions.fold(checked.filter.value)
    if conditions.expand(folded) != folded:
        yield checked.hit("variable-expanded")
        return
    comparisons = checked.formula.comparisons
    impossible = [each for each in comparisons if not _survives_doubling(each)]
    if impossible and (checked.formula.need_all or len(impossible) == len(comparisons)):
        yield checked.hit("doubled-percent", effect=checked.effect(always=checked.negated))


def _survives_doubling(comparison: Comparison) -> bool:
    """Whether a value in which every percent sign stands twice can meet the comparison."""
    for run in _PERCENT_RUN.finditer(comparison.operand):
        at_start, at_end = run.start() == 0, run.end() == len(comparison.operand)
        cut = (at_start and comparison.kind in (Kind.CONTAINS, Kind.ENDS)) or (
            at_end and comparison.kind in (Kind.CONTAINS, Kind.BEGINS)
        )
        if len(run.group()) % 2 and not cut:
            return False
    return True


def _events(checked: CheckedFilter) -> Iterator[Hit]:
    """Events of the tag in which the engine never compares the field, though they may have it."""
    schema = checked.config.sysmon_schema
    ids = manifest.tags(schema)[checked.element.tag]
    compiled = manifest.fields_of(checked.element.event_id, schema)
    field = checked.filter.field
    index = compiled.index(field)
    layouts = {event_id: manifest.fields_of(event_id, schema) for event_id in ids}
    works = [
        event_id for event_id, fields in layouts.items() if fields[index : index + 1] == (field,)
    ]
    words = {"works": _listed(works), "compiled": checked.element.event_id}
    elsewhere = [
        event_id
        for event_id, fields in layouts.items()
        if field in fields and event_id not in works
    ]
    without = [event_id for event_id, fields in layouts.items() if field not in fields]
    if elsewhere:
        yield checked.hit("foreign-field", ids=_listed(elsewhere), **words)
    if without:
        yield checked.hit("field-of-some-events", ids=_listed(without), **words)


def _listed(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
