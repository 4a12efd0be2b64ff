"""Which events a Sysmon configuration logs: single events, and all events of a pattern.

`checking.check` lints a configuration. It is not imported here, since assessments do not need it.
"""

from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.decision import Decision, decide
from logreach.coverage.platforms.sysmon.engine.loading import load
from logreach.coverage.platforms.sysmon.engine.patterns import SysmonFilter

__all__ = [
    "Config",
    "Decision",
    "SysmonFilter",
    "decide",
    "load",
]
