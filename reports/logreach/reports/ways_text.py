"""How a technique is detected, in words."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.assessment.result import Detection, Way, WayKind
from logreach.coverage.engine.verdict import Level


def why_detected(detection: Detection, reason: str) -> str:
    """The ways that hold, the best first; where none does, the reason for that."""
    lines = list(way_lines(detection))
    return "; ".join(lines) if lines else reason


def way_lines(detection: Detection) -> Iterator[str]:
    """Each way of which something holds, in a line: 'Security:4698: a task was registered'."""
    holding = [way for way in detection.ways if way.verdict.proven > Level.NO]
    for way in sorted(holding, key=lambda way: (-way.verdict.proven, _ORDER.index(way.kind))):
        yield _line(way)


_ORDER = (WayKind.DIRECT, WayKind.ANALYTIC, WayKind.RULES, WayKind.SUBTECHNIQUES)


def _line(way: Way) -> str:
    where = f" (on {', '.join(way.hosts)})" if way.hosts else ""
    if way.kind in (WayKind.RULES, WayKind.SUBTECHNIQUES):
        return f"{way.text}{where}"
    part = "" if way.whole else "in part, "
    name = f"analytic {way.name}" if way.kind is WayKind.ANALYTIC else way.name
    return f"{part}{name}{where}: {way.text}"
