"""What a Sysmon configuration really logs, for single events and for sets of them.

`checking.check` finds its faults; an assessment does without, so it is not loaded here.
"""

from logreach.coverage.sysmon.config import Config
from logreach.coverage.sysmon.decision import Decision, decide
from logreach.coverage.sysmon.loading import load
from logreach.coverage.sysmon.patterns import SysmonFilter

__all__ = [
    "Config",
    "Decision",
    "SysmonFilter",
    "decide",
    "load",
]
