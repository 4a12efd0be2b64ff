"""How a technique is detected, in words: each way, how many hold whole, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.assessment.result import Detection, Way, WayKind
from logreach.coverage.engine.verdict import Level
from logreach.inventories.files.wording import counted
from logreach.reports.profile_names import host_list

_ORDER = (WayKind.DIRECT, WayKind.ANALYTIC, WayKind.RULES, WayKind.SUBTECHNIQUES)
# A technique has up to a dozen events that record the act, and several analytics.
_MOST = {WayKind.DIRECT: 3, WayKind.ANALYTIC: 2}
_MORE = {
    WayKind.DIRECT: ("more line of direct evidence", "more lines of direct evidence"),
    WayKind.ANALYTIC: ("more analytic", "more analytics"),
}


def best_first(detection: Detection) -> list[Way]:
    """The ways by their verdicts, and of equal ones direct evidence first."""
    return sorted(
        detection.ways,
        key=lambda way: (-way.verdict.proven, -way.verdict.possible, _ORDER.index(way.kind)),
    )


def why_detected(detection: Detection, reason: str, separator: str = "\n") -> str:
    """How it is detected, the ways of which something holds, the best first, and the reason."""
    return separator.join(filter(None, (strength(detection), *way_lines(detection), reason)))


def strength(detection: Detection) -> str:
    """'one way alone, direct evidence (Windows)': how many ways hold whole, whether one of them
    records the act itself, and over which sensors; of what holds, where none is whole."""
    words = filter(None, (depth_text(detection), directness(detection)))
    over = f" ({', '.join(detection.sensors)})" if detection.sensors else ""
    return ", ".join(words) + over


def depth_text(detection: Detection) -> str:
    """'one way alone', '3 ways' that share no event; 'only in part' where none holds whole, ''
    where nothing holds."""
    whole_ways = [way for way in detection.ways if way.whole]
    if not whole_ways:
        return "only in part" if _holding(detection) else ""
    if detection.depth > 1:
        return counted(detection.depth, "way")
    return (
        f"by its {whole_ways[0].kind} alone"
        if all(map(_is_parent, whole_ways))
        else "one way alone"
    )


def recorded_on(detection: Detection) -> tuple[str, ...]:
    """The other hosts that record what holds, where these hosts record nothing of it."""
    if detection.where or detection.here.proven > Level.NO:
        return detection.where
    return tuple(dict.fromkeys(host for way in _holding(detection) for host in way.hosts))


def directness(detection: Detection) -> str:
    """Whether a whole way records the act itself, or, where none is whole, something that holds."""
    holding = _holding(detection)
    whole_ways = [way for way in holding if way.whole]
    if any(way.direct for way in whole_ways or holding):
        return "direct evidence"
    return "indirect evidence only" if holding else ""


def way_lines(detection: Detection) -> Iterator[str]:
    """The ways of which something holds, the best first; of many of a kind the others by number."""
    holding = _holding(detection)
    for kind in dict.fromkeys(way.kind for way in holding):
        of_kind = [way for way in holding if way.kind is kind]
        most = _MOST.get(kind, 1)
        yield from map(way_line, of_kind[:most])
        if len(of_kind) > most:
            yield counted(len(of_kind) - most, *_MORE[kind])


def way_line(way: Way) -> str:
    """'direct evidence Security:4698: task registered', 'analytic AN1221: 3 of 5 data components;
    lacking …', 'rules 25 of 31 can fire'."""
    description = way.text
    if way.kind is WayKind.RULES:
        description = f"{description} can fire{', some on direct evidence' if way.direct else ''}"
    hosts = f" on {host_list(way.hosts)}" if way.hosts else ""
    title = _title(way, way.name)
    part = ", in part" if way.kind is WayKind.DIRECT and not (way.whole or _counts(way)) else ""
    return f"{title}{hosts}{part}: {description}" if title else f"{description}{hosts}"


def _holding(detection: Detection) -> list[Way]:
    return [way for way in best_first(detection) if way.present]


def _title(way: Way, name: str) -> str:
    """What a way is called before its text, which speaks for itself where it counts."""
    if way.kind is WayKind.ANALYTIC:
        return f"analytic {name}".strip()
    if way.kind is WayKind.DIRECT:
        return "direct evidence" if _counts(way) else f"direct evidence {name}".strip()
    return ""


def _counts(way: Way) -> bool:
    """Whether it is direct evidence by procedure, whose text says how many are there."""
    return way.kind is WayKind.DIRECT and ":" not in way.name


def _is_parent(way: Way) -> bool:
    return way.kind is WayKind.SUBTECHNIQUES
