"""Checks of single filters: those that match nothing, everything, or not what they seem to."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.check_elements import effect
from logreach.coverage.platforms.sysmon.engine.config import Condition, Config, Element, Filter
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.literals import ANYTHING, Kind, Literal, Shape, shape

# In these the engine doubles every percent sign before it filters (SEMANTICS.md section 3).
_DOUBLED = frozenset(("CommandLine", "Details"))
_PATHS = frozenset(
    ("Image", "ParentImage", "SourceImage", "TargetImage", "ImageLoaded", "TargetFilename")
)
_REGISTRY = frozenset(("TargetObject", "NewName"))
_LISTS = frozenset(
    (
        Condition.CONTAINS_ANY,
        Condition.CONTAINS_ALL,
        Condition.EXCLUDES_ANY,
        Condition.EXCLUDES_ALL,
    )
)
_NO_FILES = frozenset(("system", "registry"))  # processes without a file of their own
_WHOLE = re.compile(r"[a-z]:\\|\\|%|<", re.IGNORECASE)
_PERCENTS = re.compile("%+")


@dataclass(frozen=True, slots=True)
class Case:
    """A filter where it stands, with what every check needs of it."""

    config: Config
    element: Element
    filter: Filter
    shape: Shape | None

    def hit(self, lint: str, **words: object) -> Hit:
        """A hit at the filter's line; `filter`, `field`, `tag` and `value` are filled in."""
        known = {
            "filter": _shortened(self.filter),
            "field": self.filter.field,
            "tag": self.element.tag,
            "value": self.filter.value,
        }
        return Hit(lint, self.filter.line, {**known, **words})

    def effect(self, always: bool) -> str:
        """What follows where the filter always, or never, matches."""
        return effect(self.element, self.filter, always)

    @property
    def negated(self) -> bool:
        """Whether not finding the value makes the filter match."""
        return self.shape is not None and self.shape.negated


def check_filters(config: Config) -> Iterator[Hit]:
    """Everything about filters, element by element."""
    for elements in config.elements.values():
        for element in elements:
            told: set[str] = set()
            for one in element.filters:
                case = Case(config, element, one, shape(one.condition, one.value))
                yield from _extent(case)
                yield from _spelling(case)
                yield from _image(case)
                yield from _registry(case)
                yield from _percent(case)
                if one.field not in told:
                    told.add(one.field)
                    yield from _events(case)


def _shortened(one: Filter) -> str:
    value = one.value if len(one.value) <= 60 else one.value[:57] + "..."
    return f'{one.field} {one.condition} "{value}"'


def _extent(case: Case) -> Iterator[Hit]:
    """Filters that match every value, or none."""
    one = case.filter
    if case.shape is None:
        yield case.hit("user-variable")
        return
    truth = case.shape.truth(ANYTHING)
    semicolon = one.condition in _LISTS and one.value.endswith(";")
    if semicolon and truth is not None:
        yield case.hit("trailing-semicolon", effect=case.effect(truth))
    elif conditions.expand(conditions.fold(one.value)) is None:
        yield case.hit("too-long")
    elif truth is not None:
        lint = "always-matches" if truth else "never-matches"
        yield case.hit(lint, effect=case.effect(truth))
    elif one.condition in _LISTS and "" in one.value.split(";"):
        yield case.hit("empty-part")


def _spelling(case: Case) -> Iterator[Hit]:
    """White space, wildcards, numbers compared as text."""
    one = case.filter
    parts = one.value.split(";") if one.condition is Condition.IS_ANY else []
    if one.value.strip() and _is_untrimmed(one):
        yield case.hit("untrimmed")
    elif any(part != part.strip() for part in parts):
        yield case.hit("untrimmed-part")
    if "*" in one.value and one.field in _PATHS:
        yield case.hit("wildcard")
    if one.condition in (Condition.LESS_THAN, Condition.MORE_THAN) and one.value.strip().isdigit():
        yield case.hit("text-order")


def _is_untrimmed(one: Filter) -> bool:
    """Whether white space stands at an end where it can hardly be meant."""
    value = one.value
    if value.strip("\t\r\n") != value:
        return True
    head, tail = value != value.lstrip(), value != value.rstrip()
    match one.condition:
        case Condition.IS | Condition.IS_NOT | Condition.IMAGE | Condition.IS_ANY:
            return head or tail
        case Condition.BEGIN_WITH | Condition.NOT_BEGIN_WITH:
            return head
        case Condition.END_WITH | Condition.NOT_END_WITH:
            return tail
        case _:
            return False


def _image(case: Case) -> Iterator[Hit]:
    value = case.filter.value
    if case.filter.condition is not Condition.IMAGE or not value:
        return
    if "\\" in value and not _WHOLE.match(value):
        yield case.hit("image-part-of-path")
    elif "\\" not in value and "." not in value and value.lower() not in _NO_FILES:
        yield case.hit("image-without-extension")


@lru_cache(maxsize=1)
def _roots() -> tuple[tuple[str, str], ...]:
    source = files("logreach.coverage.platforms.sysmon").joinpath("knowledge", "registry_roots.csv")
    with source.open(encoding="utf-8") as file:
        return tuple((row["text"], row["instead"]) for row in csv.DictReader(file))


def _registry(case: Case) -> Iterator[Hit]:
    if case.filter.field not in _REGISTRY:
        return
    value = conditions.fold(case.filter.value)
    for text, instead in _roots():
        if conditions.fold(text) in value:
            told = case.effect(always=case.negated)
            yield case.hit("registry-root", text=text, instead=instead, effect=told)
            return


def _percent(case: Case) -> Iterator[Hit]:
    if case.filter.field not in _DOUBLED or case.shape is None:
        return
    folded = conditions.fold(case.filter.value)
    if conditions.expand(folded) != folded:
        yield case.hit("variable-expanded")
        return
    literals = case.shape.literals
    lost = [literal for literal in literals if not _survives_doubling(literal)]
    if lost and (case.shape.need_all or len(lost) == len(literals)):
        yield case.hit("doubled-percent", effect=case.effect(always=case.negated))


def _survives_doubling(literal: Literal) -> bool:
    """Whether text in which every percent sign stands twice can have the property."""
    for run in _PERCENTS.finditer(literal.text):
        at_start, at_end = run.start() == 0, run.end() == len(literal.text)
        cut = (at_start and literal.kind in (Kind.CONTAINS, Kind.ENDS)) or (
            at_end and literal.kind in (Kind.CONTAINS, Kind.BEGINS)
        )
        if len(run.group()) % 2 and not cut:
            return False
    return True


def _events(case: Case) -> Iterator[Hit]:
    """Events of the tag in which the field is not looked at, though they may have it."""
    binary = case.config.binary
    ids = manifest.tags(binary)[case.element.tag]
    compiled = manifest.fields_of(case.element.event_id, binary)
    field = case.filter.field
    index = compiled.index(field)
    layouts = {number: manifest.fields_of(number, binary) for number in ids}
    works = [n for n, fields in layouts.items() if fields[index : index + 1] == (field,)]
    words = {"works": _listed(works), "compiled": case.element.event_id}
    elsewhere = [n for n, fields in layouts.items() if field in fields and n not in works]
    without = [n for n, fields in layouts.items() if field not in fields]
    if elsewhere:
        yield case.hit("foreign-field", ids=_listed(elsewhere), **words)
    if without:
        yield case.hit("field-of-some-events", ids=_listed(without), **words)


def _listed(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
