"""How far a source is believed."""

from __future__ import annotations

from enum import IntEnum


class Strength(IntEnum):
    """How near a source stands to what the host really does; the nearer wins.

    ASSUMED: a default of the operating system. POLICY: what a GPO asks for. DECLARED: what the
    inventory's own YAML says. OBSERVED: what the host itself printed.
    """

    ASSUMED = 0
    POLICY = 1
    DECLARED = 2
    OBSERVED = 3
