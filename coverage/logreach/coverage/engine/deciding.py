"""Which children of a node made its verdict what it is, at either end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from logreach.coverage.engine.folding import CODED, NEVER
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.verdict import YES, Level, Verdict


class _Over(NamedTuple):
    """What matters of an edge here."""

    limit: Verdict | None
    gate: bool
    elsewhere: bool


_OVER: list[_Over] = []
_SIZE = len(CODED)


@cache
def edge_code(limit: Verdict | None = None, *, gate: bool = False, elsewhere: bool = False) -> int:
    """What matters of an edge, as a number; with the code of the child added, it stands for both.

    Tuples of numbers are hashed in C.
    """
    _OVER.append(_Over(limit, gate, elsewhere))
    return (len(_OVER) - 1) * _SIZE


class _Child(NamedTuple):
    place: int
    verdict: Verdict
    through: Verdict
    """What it counts for over its edge."""
    over: _Over
    doubtful: bool


# Nodes of few shapes come by the thousand: six profiles with 2,407 rules ask for 34,000 nodes, of
# which all but 2,000 are as another one.
@lru_cache(maxsize=1 << 14)
def deciding(combine: Combine, code: int, children: tuple[int, ...]) -> tuple[int, ...]:
    """The places of the children that decided, the most telling first.

    `code` is the node's own; each of the children is its code and that of the edge to it, added.
    """
    chosen = _deciding(combine, CODED[code], [_child(*child) for child in enumerate(children)])
    return tuple([child.place for child in chosen])


def _child(place: int, edge_and_code: int) -> _Child:
    over, code = divmod(edge_and_code, _SIZE)
    verdict = CODED[code]
    return _Child(place, verdict, _through(verdict, _OVER[over]), _OVER[over], code > NEVER)


def _through(verdict: Verdict, over: _Over) -> Verdict:
    return verdict if over.limit is None else verdict.limited(over.limit)


def _deciding(combine: Combine, verdict: Verdict, children: list[_Child]) -> list[_Child]:
    if len(children) == 1:
        return children
    if not verdict.applicable:
        gates = [child for child in children if child.over.gate and not child.verdict.applicable]
        return gates[:1] or children[:1]
    applying = [child for child in children if child.verdict.applicable]
    if combine is Combine.EITHER:
        return sorted(applying, key=lambda child: (child.through.possible, child.through.proven))
    if combine is Combine.ANY:
        chosen = _best(applying)
    else:
        chosen = _worst(applying, verdict)
        if verdict.possible > Level.NO:
            chosen = _elsewhere(children, verdict) + chosen
    return chosen + [
        child for child in children if child.over.gate and child.doubtful and child not in chosen
    ]


def _elsewhere(needs: list[_Child], verdict: Verdict) -> list[_Child]:
    """Needs that other hosts meet, or may meet, where these hold the verdict down."""
    return [
        need
        for need in needs
        if need.over.elsewhere
        and (not need.verdict.applicable or (need.doubtful and verdict != YES))
    ]


def _best(alternatives: list[_Child]) -> list[_Child]:
    """The one that proves most, and the one that could give most."""
    proving = max(alternatives, key=lambda child: (child.through.proven, child.through.possible))
    hoping = max(alternatives, key=lambda child: (child.through.possible, child.through.proven))
    return [proving] if proving is hoping else [proving, hoping]


def _worst(needs: Sequence[_Child], verdict: Verdict) -> list[_Child]:
    """Those that hold the verdict down at either end, the lowest first; all where it is YES."""
    lowest, unproven = [], []
    for need in needs:
        if need.through.possible is verdict.possible is not Level.YES:
            lowest.append(need)
        elif need.through.proven is verdict.proven:
            unproven.append(need)
    return lowest + unproven
