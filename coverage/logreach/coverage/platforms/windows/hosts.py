"""Windows hosts, as one kind of host among others."""

from __future__ import annotations

from logreach.coverage.events.host_kinds import HostKind
from logreach.inventories.windows.facts import OS

WINDOWS = HostKind("Windows", marks=(OS,), assumed=True)
"""Assumed where nothing tells: exports of a Windows host need not name its system."""
