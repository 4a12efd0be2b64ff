"""A set of rules as the table of what published rules read, without the rules themselves."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import yaml

from logreach.coverage.assessment.rules import RuleWork
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.published import COLUMNS, LEVELS, NO_LEVEL, RulesOrigin
from logreach.coverage.detections.rule_reads import able_candidates, reads_of
from logreach.coverage.detections.tags import most_specific
from logreach.inventories.files.tables import TEXTS

Row = tuple[str, str]
"""A technique, and what a rule reads as the table writes it."""


@dataclass(frozen=True, slots=True)
class RulesTable:
    """The numbers of rules by row and level, and where the rules are from."""

    counts: Mapping[Row, Mapping[str, int]]
    origin: RulesOrigin

    def csv_text(self) -> str:
        """The table as `detections.published` reads it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row, by_level in sorted(self.counts.items()):
            writer.writerow((*row, *(by_level.get(level, "") for level in LEVELS)))
        return out.getvalue()

    def origin_text(self) -> str:
        """The file beside the table that names the source."""
        return yaml.safe_dump(asdict(self.origin), sort_keys=False, allow_unicode=True)


def rules_table(work: RuleWork, source: str, commit: str) -> RulesTable:
    """What the rules read, by technique of this ATT&CK, reads and level."""
    counts: dict[Row, Counter[str]] = {}
    left_out: Counter[str] = Counter()
    for rule in work.rules.rules:
        techniques = most_specific(work.placed[rule.id])
        reads = TEXTS.join(map(str, reads_of(rule)))
        reason = _left_out(rule, techniques, reads)
        if reason:
            left_out[reason] += 1
            continue
        level = rule.level if rule.level in LEVELS else NO_LEVEL
        for technique in techniques:
            counts.setdefault((technique, reads), Counter())[level] += 1
    taken = len(work.rules.rules) - left_out.total()
    origin = RulesOrigin(source, commit, work.attack.version, taken, dict(sorted(left_out.items())))
    return RulesTable(counts, origin)


def _left_out(rule: Rule, techniques: tuple[str, ...], reads: str) -> str:
    """Why a rule is not in the table; '': it is."""
    if not rule.applicable:
        return "for other systems than Windows"
    if rule.unjudged:
        return "cannot be judged"
    if rule.correlation is not None:
        return "correlates other rules"
    if rule.truncated:
        return "more branches than are kept"
    if not techniques:
        return "no technique"
    if not able_candidates(rule):
        return "can never fire"
    return "" if reads else "no event that a sensor is known to write"
