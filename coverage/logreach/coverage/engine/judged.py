"""What is found of a node: its verdict, the reasons for it, and what would change it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence


class Volume(StrEnum):
    """How many events a change brings, in classes; UNKNOWN where no source says."""

    UNKNOWN = "unknown"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @staticmethod
    def of(words: str) -> Volume:
        """The highest class that a source's words name: 'Low; High on DCs' is HIGH."""
        return _highest(Volume(word) for word in re.findall("low|medium|high", words.casefold()))

    @staticmethod
    def together(volumes: Iterable[Volume]) -> Volume:
        """That of changes made together: the highest, but unknown where that may be higher."""
        every = tuple(volumes)
        highest = _highest(every)
        return highest if highest is Volume.HIGH or Volume.UNKNOWN not in every else Volume.UNKNOWN


def _highest(volumes: Iterable[Volume]) -> Volume:
    return max(volumes, key=tuple(Volume).index, default=Volume.UNKNOWN)


RemedyName = tuple[FactKey[object], str]
"""The fact that a remedy changes, and how it is told to people: what makes two of them the same."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of one fact that would satisfy a prerequisite.

    `key` and `value` say which fact has to become what (None: no single value says it, and the
    prerequisites that offer the remedy are taken to hold); `text` tells a person how, `cost` what
    it brings with it (event volume, a restart), '' where no source says. `title` says in a few
    words what is changed; '': as the text. `kind` is the kind of change ('audit policy',
    'setting'), `volume` the class of the events that it brings.
    """

    key: FactKey[object]
    value: object | None
    text: str
    cost: str = ""
    title: str = ""
    kind: str = ""
    volume: Volume = Volume.UNKNOWN

    @property
    def name(self) -> RemedyName:
        """What tells it from other remedies; those of several hosts may be the same."""
        return self.key, self.text


class Reason(NamedTuple):
    """One link of the chain that decided a verdict.

    `link` is the kind of link ('os', 'audit policy', 'object SACL', 'setting', 'sensor',
    'filter', 'channel', 'channel access', 'forwarding', 'role', 'platform', 'knowledge'),
    `subject` what it is about ('Security:4688'), `verdict` what this link alone allows.
    """

    link: str
    subject: str
    verdict: Verdict
    text: str
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy | None = None
    reference: str = ""
    missing: FactKey[object] | None = None


class Judged(NamedTuple):
    """A verdict and the links that decided it, most telling first."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()

    @property
    def reason(self) -> str:
        """The most telling reason in one line; '' where there is none."""
        return self.reasons[0].text if self.reasons else ""
