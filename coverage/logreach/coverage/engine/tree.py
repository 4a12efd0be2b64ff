"""The chain behind one verdict as a tree, for people who ask why."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Judged, Reason, Remedy
from logreach.coverage.engine.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Branch:
    """One link of a chain and the links below it.

    `label` names it ('Security:4688', 'Process Creation'), `judged` is what the engine found for
    it where it judged it as a whole (None for a bare prerequisite), `reasons` what speaks for or
    against this link itself. `note` says how the children combine ('any of', 'all of') or which
    limit the edge carries. `changes` are those that the verdict waits for.
    """

    label: str
    judged: Judged | None
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    children: tuple[Branch, ...] = ()
    note: str = ""
    changes: tuple[Remedy, ...] = ()
