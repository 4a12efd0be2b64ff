"""What is found of a node: its verdict, the reasons for it, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of one fact that would satisfy a prerequisite.

    `key` and `value` say which fact has to become what (None: no single value says it, and the
    prerequisites that offer the remedy are taken to hold); `text` tells a person how, `cost` what
    it brings with it (event volume, a restart), '' where no source says. `title` says in a few
    words what is changed; '': as the text.
    """

    key: FactKey[object]
    value: object | None
    text: str
    cost: str = ""
    title: str = ""


class Reason(NamedTuple):
    """One link of the chain that decided a verdict.

    `link` is the kind of link ('os', 'audit policy', 'object SACL', 'setting', 'sensor',
    'filter', 'channel', 'forwarding', 'role', 'platform', 'knowledge'), `subject` what it is about
    ('Security:4688'), `verdict` what this link alone allows.
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
