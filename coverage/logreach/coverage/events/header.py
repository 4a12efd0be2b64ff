"""What is known of every event of one id, apart from its fields' values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventMetadata:
    """What is known of every event of one key, apart from its fields' values.

    `level` is 0 (as audits are) to 5, `keywords` the 64-bit mask (0x8020000000000000 audit
    success, 0x8010000000000000 audit failure). None: differs from event to event, or not known;
    where it differs between known levels, `levels` are these.
    `fields` are the event's own data fields in their order, None where not known: an event always
    carries them, and, unless `more_fields`, none besides. `user_data` names the element under
    UserData that holds them, '*' where that name is not known; '' says that they lie in EventData,
    and None that they do as far as is known. `versions` are the versions in which it may be
    written, () where not known; `names` the fields that hold names and never a SID. `ever` are
    the fields that some version of the event has on any system, None where not known.
    """

    channel: str
    provider: str
    event_id: int
    level: int | None = None
    keywords: int | None = None
    fields: tuple[str, ...] | None = None
    task: int | None = None
    user_data: str | None = None
    more_fields: bool = False
    versions: tuple[int, ...] = ()
    names: frozenset[str] = frozenset()
    ever: frozenset[str] | None = None
    levels: tuple[int, ...] = ()

    def lacks(self, field: str) -> bool:
        """Whether no version of the event has such a field."""
        return self.ever is not None and field not in self.ever


def common_fields(layouts: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """What several layouts of one event agree on: `fields` and `more_fields`.

    The fields with which all of them begin, and whether any layout goes on from there.
    """
    several = tuple(layouts)
    shortest = min(several, key=len, default=())
    same = 0
    while same < len(shortest) and all(layout[same] == shortest[same] for layout in several):
        same += 1
    return shortest[:same], any(len(layout) > same for layout in several)
