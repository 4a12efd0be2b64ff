"""How long a channel keeps its events at a volume that the user gives: a figure, no verdict."""

from __future__ import annotations

from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.windows.facts import CHANNEL, ChannelState

_DAY = 24.0  # hours
_FULL = {
    "overwrite": "then the oldest are overwritten",
    "retain": "then nothing more is written",
    "archive": "then the log is archived, and a new one begun",
}


def hours_kept(state: ChannelState, mib_a_day: float) -> float | None:
    """The hours of events that fit into a channel; None where its size is not told."""
    if state.max_bytes is None:
        return None
    return state.max_bytes / 2**20 / mib_a_day * _DAY


def kept(facts: Facts, channel: str, mib_a_day: float) -> str:
    """'1.2 hours at 400 MiB a day, then the oldest are overwritten; warning: less than a day'."""
    channels = {name.casefold(): fact for name, fact in facts.of_family(CHANNEL)}
    fact = channels.get(channel.casefold()) or facts.get(CHANNEL(channel))
    if isinstance(fact, Missing):
        return f"unknown: {fact.reason}"
    hours = hours_kept(fact.value, mib_a_day)
    if hours is None:
        return "unknown: the inventory does not say how large it may grow"
    full = _FULL.get(fact.value.retention or "", "what happens then is not told")
    warning = "; warning: less than a day" if hours < _DAY else ""
    return f"{hours:,.1f} hours at {mib_a_day:g} MiB a day, {full}{warning}"
