"""The lints for Sysmon configurations: `knowledge/lints.yaml`, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine.tables import FOLDER
from logreach.inventories.files.tables import yaml_table


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # unintentionally, events are lost or all are logged
    WARNING = "warning"  # probably a mistake
    INFO = "info"  # worth knowing

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Lint:
    """A lint; its texts hold names in braces, which the check fills in."""

    id: str
    severity: Severity
    message: str
    consequence: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A lint that applies at a line, with the words that fill in its texts."""

    lint: str
    line: int
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A lint that applies to a configuration: its line, severity, consequence and fix."""

    line: int
    severity: Severity
    lint: str
    message: str
    consequence: str
    fix: str


@lru_cache(maxsize=1)
def lints() -> Mapping[str, Lint]:
    """Every lint by its id."""
    texts = ("severity", "message", "consequence", "fix", "source")
    entries = yaml_table(FOLDER / "lints.yaml", {...: dict.fromkeys(texts, str)})
    return {
        name: Lint(**{**entry, "id": name, "severity": Severity(entry["severity"])})
        for name, entry in entries.items()
    }


def finding(hit: Hit) -> Finding:
    """The lint of a hit with its texts filled in."""
    lint = lints()[hit.lint]
    return Finding(
        hit.line,
        lint.severity,
        lint.id,
        lint.message.format_map(dict(hit.words)),
        lint.consequence.format_map(dict(hit.words)),
        lint.fix.format_map(dict(hit.words)),
    )
