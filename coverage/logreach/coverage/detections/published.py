"""What published rules read, by technique: a table that ships with the program.

`logreach attack published-rules` makes it out of a folder of Sigma rules; `published_rules.yaml`
beside it names the source. It tells events, fields and numbers of rules, and holds no rule. Every
assessment reads it, so this module imports neither pySigma nor the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from logreach.coverage.detections.mapping import LIMITS
from logreach.coverage.engine.verdict import YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.tables import (
    LIST,
    TEXTS,
    Faults,
    Shape,
    TableRow,
    csv_table,
    yaml_table,
)

NO_LEVEL = "none"
LEVELS = ("critical", "high", "medium", "low", "informational", NO_LEVEL)
"""The levels of Sigma, and what stands for a rule that has none of them."""
COLUMNS = ("technique", "reads", *LEVELS)
ORIGIN_SHAPE: Shape = {
    "source": str,
    "commit": str,
    "attack": str,
    "rules": int,
    "left_out": {...: int},
}
_TABLE = Path(__file__).parent / "knowledge" / "published_rules.csv"
_LIMIT_NAMES = {limit: name for name, limit in LIMITS.items()}
_EVENT_FIELDS = re.compile(r"(?P<event>\S+)(?: \((?P<limit>[a-z-]+)\))?(?: (?P<fields>.+))?")


@dataclass(frozen=True, slots=True)
class EventFields:
    """An event, and its fields (as the event names them) that all must be filled.

    'Hashes:SHA256' is one hash of a field. `limit` is the best that a rule gets out of the event
    even where they are.
    """

    event: EventId
    fields: tuple[str, ...] = ()
    limit: Verdict = YES

    def __str__(self) -> str:
        """As the table writes it: 'Security:4657 (at-best-partial) NewValue;ObjectName'."""
        limit = "" if self.limit == YES else f"({_LIMIT_NAMES[self.limit]})"
        return " ".join(filter(None, (self.event, limit, LIST.join(self.fields))))

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> EventFields:
        """The same out of the table; ValueError for what is none."""
        match = _EVENT_FIELDS.fullmatch(text)
        limit = (match["limit"] or "yes") if match else ""
        if match is None or limit not in LIMITS:
            raise ValueError(f"{text!r} is no event with fields such as 'Sysmon:1 CommandLine'")
        fields = tuple(match["fields"].split(LIST)) if match["fields"] else ()
        return EventFields(EventId.parse(match["event"]), fields, LIMITS[limit])


@dataclass(frozen=True, slots=True)
class PublishedRules:
    """Rules that read the same: any of `reads` is enough for each of them.

    `counts` has their number by level, without the levels of which there is none.
    """

    reads: tuple[EventFields, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RulesOrigin:
    """Where the rules are from, and the version of ATT&CK whose technique ids the table has.

    `rules` is the number of rules in the table; a rule of several techniques stands in several of
    its rows. `left_out` has the number of the others by reason.
    """

    source: str
    commit: str
    attack: str
    rules: int
    left_out: Mapping[str, int]


@cache
def published_rules() -> Mapping[str, tuple[PublishedRules, ...]]:
    """Technique -> what rules for it read; a sub-technique's rules are not its technique's.

    A fault in the table is a programming error.
    """
    by_technique: dict[str, list[PublishedRules]] = {}
    faults = Faults()
    for row in csv_table(_TABLE, COLUMNS):
        try:
            rules = _rules_of(row)
        except ValueError as error:
            faults.add(row, str(error))
        else:
            by_technique.setdefault(row["technique"], []).append(rules)
    faults.settle()
    return {technique: tuple(rules) for technique, rules in by_technique.items()}


def _rules_of(row: TableRow) -> PublishedRules:
    reads = tuple([EventFields.parse(entry) for entry in row["reads"].split(TEXTS)])
    return PublishedRules(reads, {level: int(row[level]) for level in LEVELS if row[level]})


@cache
def published_origin() -> RulesOrigin:
    """Where the rules of `published_rules` are from."""
    return RulesOrigin(**yaml_table(origin_path(_TABLE), ORIGIN_SHAPE))


def origin_path(table: Path) -> Path:
    """The file that names the source of such a table: beside it, of the same name."""
    return table.with_suffix(".yaml")
