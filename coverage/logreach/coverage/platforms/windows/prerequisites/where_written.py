"""No advice for what the host's Windows does not have: an event, or a field of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO
from logreach.coverage.platforms.windows.knowledge.model import Event
from logreach.coverage.platforms.windows.prerequisites.os import has_field, written
from logreach.coverage.platforms.windows.prerequisites.sacl import ObjectAudited
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import OS, OperatingSystem


@dataclass(frozen=True, slots=True)
class WhereWritten:
    """A prerequisite of an event, or of a field of it, that offers no remedy in vain.

    What it answers is the same; where the host's Windows surely writes no such event, or no such
    field, nothing that is changed here brings it.
    """

    prerequisite: Prerequisite
    event: Event
    field: str = ""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (*self.prerequisite.reads, OS)

    def hangs_on(self, key: FactKey[object]) -> bool:
        """As the prerequisite itself does, of those that read a whole family of facts."""
        inner = self.prerequisite
        return not isinstance(inner, ObjectAudited) or inner.hangs_on(key)

    def check(self, facts: Facts) -> Reason:
        reason, os = self.prerequisite.check(facts), facts.get(OS)
        if reason.remedy is None or isinstance(os, Missing):
            return reason
        there = _there(self.event, self.field, os.value)
        return reason if there else reason._replace(remedy=None)


@lru_cache(maxsize=8192)
def _there(event: Event, field: str, os: OperatingSystem) -> bool:
    """Whether this Windows may write the event with that field ('': at all)."""
    return written(event, os) != NO and not (field and has_field(event, field, os) == NO)
