"""One rule out of several documents that share what it says of itself (`action: global`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from logreach.coverage.detections.model import Rule


def united(parts: Sequence[Rule]) -> list[Rule]:
    """The rule that fires where any of its parts does; an unreadable part stays apart, and what is
    no plain rule (a filter, a correlation) is a rule of its own.

    Parts that do not apply to Windows add nothing to those that do. Of a part that cannot be
    judged the rule says why.
    """
    unreadable = [part for part in parts if part.kind == "unreadable"]
    readable = [part for part in parts if part.kind != "unreadable"]
    if any(part.kind != "rule" for part in readable):
        return list(parts)
    applicable = [part for part in readable if part.applicable] or readable[:1]
    judged = [part for part in applicable if not part.unjudged] or applicable[:1]
    if len(judged) == 1 and len(applicable) == 1:
        return [*judged, *unreadable]
    beside = next((part.unjudged for part in applicable if part not in judged), "")
    able = [part for part in judged if part.branches]
    return [
        *(
            replace(
                part,
                branches=tuple(branch for other in judged for branch in other.branches),
                truncated=any(other.truncated for other in judged),
                tree=None if len(able) > 1 else part.tree,
                impossible=part.impossible if all(x.impossible for x in judged) else "",
                beside=f"a part of it cannot be judged: {beside}" if beside else "",
            )
            for part in judged[:1]
        ),
        *unreadable,
    ]
