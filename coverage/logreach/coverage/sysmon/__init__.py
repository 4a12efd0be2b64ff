"""What a Sysmon configuration really logs, for single events and for sets of them."""

from logreach.coverage.sysmon.config import Config
from logreach.coverage.sysmon.decide import Decision, decide
from logreach.coverage.sysmon.load import load
from logreach.coverage.sysmon.patterns import SysmonFilter

__all__ = ["Config", "Decision", "SysmonFilter", "decide", "load"]
