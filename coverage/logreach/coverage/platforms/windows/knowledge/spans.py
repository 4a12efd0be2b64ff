"""Spans of builds as the tables write them.

6000            from build 6000 on
6000?7600       proven from 7600 on, possible from 6000 on
6000?           possible from 6000 on, proven nowhere
6000..9200      the same starts, and no longer on 9200
6000..7600?9600 no longer on 9600, and perhaps no longer from 7600 on
6000..7600?     perhaps no longer from 7600 on
-               never
"""

from __future__ import annotations

import re

from logreach.coverage.platforms.windows.knowledge.model import Span

NEVER = "-"
_SPAN = re.compile(
    r"(?P<possible>\d+)(?:(?P<unsure>\?)(?P<proven>\d+)?)?"
    r"(?:\.\.(?P<end>\d+)(?:(?P<fading>\?)(?P<until>\d+)?)?)?"
)


def parse_span(text: str) -> Span | None:
    """A span from its text; None for '-'. Raises ValueError for anything else."""
    if text == NEVER:
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a span of builds")
    possible = int(match["possible"])
    proven = _number(match["proven"]) if match["unsure"] else possible
    end, until = _number(match["end"]), _number(match["until"])
    span = (
        Span(possible, proven, end, until) if match["fading"] else Span(possible, proven, None, end)
    )
    _check_order(span, text)
    return span


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _check_order(span: Span, text: str) -> None:
    builds = [
        build
        for build in (span.possible_from, span.proven_from, span.doubtful_from, span.until)
        if build is not None
    ]
    if builds != sorted(builds) or span.possible_from == span.until:
        raise ValueError(f"the builds of {text!r} are out of order")
