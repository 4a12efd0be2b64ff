"""Direct evidence: which events record the act of a technique itself, and in which part.

Where an event only records something that the act involves (a process was started), the evidence is
indirect: ATT&CK's analytics and detection rules speak of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.events.operations import SHOWN, Shown, shown_from
from logreach.inventories.files.tables import Shape, yaml_table

_FOLDER = Path(__file__).parent / "knowledge" / "evidence"
_LINE: Shape = {"act": str, "source": str, **SHOWN}
_FILE: Shape = {
    "source": str,
    "techniques": {
        ...: {
            "evidence?": [_LINE],
            "procedures?": {...: {"title": str, "evidence": [_LINE]}},
            "none?": str,
        }
    },
}


@dataclass(frozen=True, slots=True)
class DirectEvidence:
    """An event that records the act, as `shown` describes it; `act` says what it records.

    With a limit, it records the act in part. `source` says who tells so.
    """

    act: str
    shown: Shown
    source: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One of several ways of carrying out a technique, and what records it."""

    title: str
    evidence: tuple[DirectEvidence, ...]


@dataclass(frozen=True, slots=True)
class TechniqueEvidence:
    """What records a technique: `evidence` that does so whatever the procedure, and `procedures`
    that are only together the whole of it. `none` says why nothing does. `own_acts`: these are none
    of its sub-techniques, so that all sub-techniques together are not the whole."""

    evidence: tuple[DirectEvidence, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    none: str = ""
    own_acts: bool = False

    @property
    def every(self) -> tuple[DirectEvidence, ...]:
        """All of it, whichever procedure it records."""
        return (*self.evidence, *(line for each in self.procedures for line in each.evidence))

    def as_part(self, title: str) -> TechniqueEvidence:
        """What records a technique that is one procedure, `title`, of another one."""
        alone = (Procedure(title, self.evidence),) if self.evidence else ()
        return TechniqueEvidence((), (*alone, *self.procedures), self.none)

    def beside(self, other: TechniqueEvidence) -> TechniqueEvidence:
        """This evidence and another's, both of parts of one technique."""
        procedures = (*self.procedures, *other.procedures)
        none = "" if procedures else "; ".join((self.none, other.none))
        return TechniqueEvidence((), procedures, none)


NO_EVIDENCE = TechniqueEvidence()


@cache
def load_evidence() -> Mapping[str, TechniqueEvidence]:
    """Direct evidence by technique id of ATT&CK 18.1, or of 19.1 for techniques that are new there.

    A mistake in the data is an error that names its place.
    """
    techniques: dict[str, TechniqueEvidence] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for technique, entry in yaml_table(path, _FILE)["techniques"].items():
            if technique in techniques:
                raise ValueError(f"{path.name}: {technique} stands in another file as well")
            techniques[technique] = _technique(entry, f"{path.name}: {technique}")
    return techniques


def _technique(data: Mapping[str, Any], place: str) -> TechniqueEvidence:
    evidence = TechniqueEvidence(
        _lines(data.get("evidence", ()), place),
        tuple(
            Procedure(procedure["title"], _lines(procedure["evidence"], f"{place}: {name}"))
            for name, procedure in data.get("procedures", {}).items()
        ),
        data.get("none", ""),
    )
    if bool(evidence.every) == bool(evidence.none):
        raise ValueError(f"{place}: either something records it, or 'none' says why nothing does")
    return evidence


def _lines(data: Iterable[Mapping[str, Any]], place: str) -> tuple[DirectEvidence, ...]:
    return tuple(
        DirectEvidence(line["act"], shown_from(line, place), line["source"]) for line in data
    )
