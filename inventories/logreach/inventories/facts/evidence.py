"""Which source is believed where two disagree."""

from __future__ import annotations

from enum import IntEnum


class Strength(IntEnum):
    """How directly a source shows what is in force on the host; the more direct source wins.

    ASSUMED: a default of the operating system. POLICY: what a GPO asks for. DECLARED: what the
    inventory's own YAML says. OBSERVED: what a command printed on the host.
    """

    ASSUMED = 0
    POLICY = 1
    DECLARED = 2
    OBSERVED = 3
