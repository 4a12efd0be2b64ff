"""Whether an object carries the audit entry without which an event is not written."""

from logreach.coverage.platforms.windows.sacls.covers import covers
from logreach.coverage.platforms.windows.sacls.known import Covered
from logreach.coverage.platforms.windows.sacls.needs import WITH_GLOBAL, AccessNeed, Scope

__all__ = ["WITH_GLOBAL", "AccessNeed", "Covered", "Scope", "covers"]
