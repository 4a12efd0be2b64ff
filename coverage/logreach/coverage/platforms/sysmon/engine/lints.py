"""What can be said of a configuration: `knowledge/lints.yaml`, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from logreach.inventories.files.yaml_text import parse_yaml


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # events are lost, or all are logged, and nobody meant it
    WARNING = "warning"  # very likely not what was meant
    INFO = "info"  # worth knowing

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Lint:
    """One entry; the texts hold names in braces for what a check fills in."""

    id: str
    severity: Severity
    message: str
    consequence: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A lint that a check found at a line, with what fills its texts in."""

    lint: str
    line: int
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a configuration: where, how bad, what follows, what to do."""

    line: int
    severity: Severity
    lint: str
    message: str
    consequence: str
    fix: str


@lru_cache(maxsize=1)
def lints() -> Mapping[str, Lint]:
    """Every lint by its id."""
    source = files("logreach.coverage.platforms.sysmon").joinpath("knowledge", "lints.yaml")
    entries = parse_yaml(source.read_text(encoding="utf-8"))
    return {
        name: Lint(id=name, severity=Severity(entry.pop("severity")), **entry)
        for name, entry in entries.items()
    }


def finding(hit: Hit) -> Finding:
    """A hit in words."""
    lint = lints()[hit.lint]
    return Finding(
        hit.line,
        lint.severity,
        lint.id,
        lint.message.format_map(dict(hit.words)),
        lint.consequence.format_map(dict(hit.words)),
        lint.fix.format_map(dict(hit.words)),
    )
