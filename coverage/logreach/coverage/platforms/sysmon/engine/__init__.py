"""What a Sysmon configuration really logs, for single events and for sets of them.

`checking.check` finds its faults; an assessment does without, so it is not loaded here.
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
