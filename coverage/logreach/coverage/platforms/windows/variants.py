"""What the fields of a pattern tell of all its events: their outcome, and who writes such.

Data: `knowledge/event_senses.yaml`, and the keywords of audits (`headers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.expression_parts import with_parts
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.events.variant import ANY_HOST, ANY_SENSE, Sense
from logreach.coverage.platforms.sysmon.engine.domains import may_meet
from logreach.coverage.platforms.windows import knowledge
from logreach.coverage.platforms.windows.headers import audit_keywords
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.sacls.pattern_objects import of_other_servers
from logreach.inventories.files.tables import Shape, yaml_table

_FILE = Path(knowledge.__file__).with_name("event_senses.yaml")
_SHAPE: Shape = {
    "outcomes": [
        {"events": [str], "field": str, "success?": [str], "failure?": [str], "source": str}
    ],
    "elsewhere": [
        {
            "events": [str],
            "role": str,
            "field": str,
            "holds?": [str],
            "lacks?": [str],
            "what": str,
            "source": str,
        }
    ],
    "everywhere": [
        {
            "events": [str],
            "field": str,
            "begins?": [str],
            "lacks?": [str],
            "of?": {...: str},
            "source": str,
        }
    ],
}
_OTHER = {"success": "failure", "failure": "success"}  # an event has no third outcome


@dataclass(frozen=True, slots=True)
class _Clue:
    """What a field holds in every event that is `of` an outcome, or of hosts `without` a role, or
    in every event whatever (neither of both).

    `spelled`: the values are spellings of one value, the event's own first. `among`: it is so only
    in events of which these fields have these values.
    """

    field: str
    holds: Constraint
    of: str = ""
    without: str = ""
    what: str = ""
    spelled: bool = False
    among: tuple[tuple[str, str], ...] = ()

    def concerns(self, pattern: EventPattern) -> bool:
        """Whether it tells anything of a pattern: its field is asked for, and the rest may hold."""
        return self.field in pattern.fields and all(
            constraint.admits(value) is not False
            for name, value in self.among
            for constraint in pattern.fields.get(name, ())
        )

    def allows(self, constraints: tuple[Constraint, ...]) -> bool:
        """Whether some such event may meet the constraints; False is certain."""
        if self.holds.test is not Test.EQUALS or self.holds.negated:
            return may_meet((*constraints, self.holds))
        values = self.holds.values
        if self.spelled and all(constraint.negated for constraint in constraints):
            # Who excludes a value spells it as the event does, and leaves no other spelling.
            values = values[:1]
        return any(
            all(constraint.admits(value) is not False for constraint in constraints)
            for value in values
        )


def variant_of(pattern: EventPattern) -> Sense | None:
    """What all events of a pattern have in common; None: no event can be in it."""
    clues = [clue for clue in _clues(pattern.event) if clue.concerns(pattern)]
    anywhere = ANY_HOST if of_other_servers(pattern) else ""
    if not clues:
        return Sense("", anywhere) if anywhere else ANY_SENSE
    barred = [clue for clue in clues if not clue.allows(with_parts(pattern.fields[clue.field]))]
    if any(not clue.of and not clue.without for clue in barred):
        return None
    outcomes = load_events().events[pattern.event].outcomes
    left = outcomes - {clue.of for clue in barred}
    if outcomes and not left:
        return None
    outcome = next(iter(left)) if len(left) < len(outcomes) else ""
    role, what = next(((clue.without, clue.what) for clue in barred if clue.without), ("", ""))
    return Sense(outcome, role or anywhere, what)


@lru_cache(maxsize=4096)
def _clues(event: EventId) -> tuple[_Clue, ...]:
    entry = load_events().events.get(event)
    if entry is None:
        return ()
    keywords = (
        _Clue("Keywords", Constraint(Test.EQUALS, texts), of=outcome, spelled=True)
        for outcome, texts in audit_keywords(entry)
        if len(entry.outcomes) > 1
    )
    return (*keywords, *_of_fields().get(event, ()))


@cache
def _of_fields() -> dict[str, tuple[_Clue, ...]]:
    """The table, by event. A fault in it is a programming error."""
    table: dict[str, Any] = yaml_table(_FILE, _SHAPE)
    by_event: dict[str, list[_Clue]] = {}
    for entry in table["outcomes"]:
        _add(by_event, entry["events"], _of_outcome(entry))
    for entry in table["elsewhere"]:
        _add(by_event, entry["events"], _elsewhere(entry))
    for entry in table["everywhere"]:
        _add(by_event, entry["events"], _everywhere(entry))
    return {event: tuple(clues) for event, clues in by_event.items()}


def _add(table: dict[str, list[_Clue]], events: Iterable[EventId], clues: Iterable[_Clue]) -> None:
    clues = tuple(clues)
    for event in events:
        table.setdefault(event, []).extend(clues)


def _of_outcome(entry: dict[str, Any]) -> Iterator[_Clue]:
    outcome = "success" if "success" in entry else "failure"
    values = tuple(entry[outcome])
    yield _Clue(entry["field"], Constraint(Test.EQUALS, values), of=outcome, spelled=True)
    yield _Clue(entry["field"], Constraint(Test.EQUALS, values, negated=True), of=_OTHER[outcome])


def _elsewhere(entry: dict[str, Any]) -> Iterator[_Clue]:
    holds = Constraint(Test.EQUALS, tuple(entry.get("holds", ())))
    if "lacks" in entry:
        holds = Constraint(Test.CONTAINS, tuple(entry["lacks"]), negated=True)
    yield _Clue(entry["field"], holds, without=entry["role"], what=entry["what"])


def _everywhere(entry: dict[str, Any]) -> Iterator[_Clue]:
    field, among = entry["field"], tuple(entry.get("of", {}).items())
    if "begins" in entry:
        yield _Clue(field, Constraint(Test.BEGINS, tuple(entry["begins"])), among=among)
    if "lacks" in entry:
        lacks = Constraint(Test.CONTAINS, tuple(entry["lacks"]), negated=True)
        yield _Clue(field, lacks, among=among)
