"""What prerequisites of Sysmon have in common that do not ask what its configuration keeps."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, cast

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.coverage.platforms.sysmon.programs import state_of
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.windows.facts import OS


class OfProgram:
    """A prerequisite that asks which Sysmon runs on which Windows, and not what its configuration
    keeps besides: changes of that leave it alone."""

    __slots__ = ()

    @property
    def topic(self) -> Hashable:
        return None

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Any], Reason]:
        """The check of many on one host."""
        return lambda leaf: cast("Prerequisite", leaf).check(facts)

    def state(self, facts: Facts) -> Hashable:
        """What is said of Sysmon and of Windows."""
        state = state_of(facts)
        if not isinstance(state, Missing):
            state = replace(state, value=replace(state.value, keeps_also=()))
        return state, facts.get(OS)
