"""Whether an object carries the audit entry without which Windows does not write an event."""

from logreach.coverage.platforms.windows.sacls.known_sacls import AccessCoverage, may_matter
from logreach.coverage.platforms.windows.sacls.needs import WITH_GLOBAL, AccessNeed, ObjectScope
from logreach.coverage.platforms.windows.sacls.sacl_coverage import access_coverage

__all__ = [
    "WITH_GLOBAL",
    "AccessCoverage",
    "AccessNeed",
    "ObjectScope",
    "access_coverage",
    "may_matter",
]
