"""Whether an object carries the audit entry without which an event is not written."""

from logreach.coverage.sacls.covers import covers
from logreach.coverage.sacls.known import Covered
from logreach.coverage.sacls.needs import WITH_GLOBAL, AccessNeed, Scope

__all__ = ["WITH_GLOBAL", "AccessNeed", "Covered", "Scope", "covers"]
