"""What a Sysmon configuration really logs, for single events and for sets of them."""

from logreach.coverage.sysmon.checking import check
from logreach.coverage.sysmon.config import Config
from logreach.coverage.sysmon.decision import Decision, decide
from logreach.coverage.sysmon.lints import Finding, Severity
from logreach.coverage.sysmon.loading import load
from logreach.coverage.sysmon.patterns import SysmonFilter

__all__ = [
    "Config",
    "Decision",
    "Finding",
    "Severity",
    "SysmonFilter",
    "check",
    "decide",
    "load",
]
