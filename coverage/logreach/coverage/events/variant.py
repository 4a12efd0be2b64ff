"""What narrows an event down beyond its id: its outcome, and the role of the host."""

from __future__ import annotations

from typing import Final, NamedTuple

ANY_HOST: Final = "*"
"""In place of a role: also hosts that do not write the event in its main sense."""


class Sense(NamedTuple):
    """What all events of a branch have in common, so that less is asked of a host.

    `outcome` is 'success' or 'failure' where the event may have both ('': either); `role` is the
    one kind of host that writes such events ('': those that write the event at all, ANY_HOST:
    also those that do not write it in its main sense), which `what` tells in words.
    """

    outcome: str = ""
    role: str = ""
    what: str = ""


ANY_SENSE = Sense()
