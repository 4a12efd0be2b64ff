"""How a node folds the verdicts of its children into its own, as tables of small numbers.

Nodes are evaluated by the million: an assessment of six profiles with 2,407 rules folds 532,000 of
them, which took 0.35 s as functions of verdicts and takes 0.1 s as look-ups. The tables are made
from the functions of `verdict`, so that each rule stands in one place.

A verdict is a code, its place in `CODED`. A node is folded edge by edge: from the state that it is
in, the code of the next child leads to the next state, by the table of the edge. `RESULT` has the
code that the last state stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    YES,
    Level,
    Verdict,
    all_of,
    any_of,
    hull,
)

APPLYING = tuple(verdict for verdict in Verdict if verdict.applicable)
NEVER = len(APPLYING)
DOUBT = NEVER + 1
CODED = (*APPLYING, NOT_APPLICABLE, *APPLYING)
"""A verdict's code is its place here. Those from DOUBT on may turn out not to apply: the host's
role is unknown. Of these, a need must not settle what it would then leave alone."""
CODE = {verdict: number for number, verdict in enumerate(CODED[:DOUBT])}

# A state below _BEHIND_DOUBT is the code of the children so far. From there on it is the same
# behind a gate that may turn out not to apply, so that the node may turn out not to, either.
_BEHIND_DOUBT = len(CODED)
_SHUT = 2 * len(CODED)
"""A gate does not apply, and so the node does not."""
BEGIN = NEVER
"""Nothing is folded yet."""
BEGIN_GATED = _SHUT + 1
"""The same where the first child is a gate, over an edge like the others."""

Table = Sequence[Sequence[int]]
"""State -> code of a child -> next state."""
_Rule = Callable[[Sequence[Verdict]], Verdict]


def _bracketed(verdicts: Sequence[Verdict]) -> Verdict:
    """What holds for a set of events, by the answers for a set around it and for one inside it.

    That all or none of the outer set passes is true of the set itself; that some of it does is
    not. Then the inner set tells, whose members are all in the set.
    """
    outer, inner = verdicts
    if outer in (YES, NO):
        return outer
    return Verdict.of(
        Level.PARTIAL if inner.proven > Level.NO else Level.NO,
        Level.YES if inner.possible is Level.YES else Level.PARTIAL,
    )


_RULES: dict[Combine, _Rule] = {
    Combine.ANY: any_of,
    Combine.ALL: all_of,
    Combine.EITHER: hull,
    Combine.BRACKET: _bracketed,
    Combine.LEAF: all_of,  # never looked at: a leaf has no children
}


def _combined(rule: _Rule, left: int, right: int) -> int:
    """The code of two together; what may not apply is counted both as there and as not."""
    if NEVER in (left, right):
        return left if right == NEVER else right
    first, second = CODED[left], CODED[right]
    cases = [rule((first, second))]
    cases += [second] if left > NEVER else []
    cases += [first] if right > NEVER else []
    return CODE[hull(cases)] + (DOUBT if min(left, right) > NEVER else 0)


@cache
def _pairs(combine: Combine) -> list[list[int]]:
    codes, rule = range(len(CODED)), _RULES[combine]
    return [[_combined(rule, left, right) for right in codes] for left in codes]


@cache
def table_of(combine: Combine, limit: Verdict | None = None, *, gate: bool = False) -> Table:
    """The table of an edge."""
    codes = range(len(CODED))
    limited = [_limited(code, limit) for code in codes]
    pairs = _pairs(combine)

    def after(state: int, code: int, *, gate: bool) -> int:
        if state == _SHUT or (gate and code == NEVER):
            return _SHUT
        doubt, so_far = divmod(state, _BEHIND_DOUBT)
        if gate and code > NEVER:
            doubt, code = 1, code - DOUBT
        return doubt * _BEHIND_DOUBT + pairs[so_far][limited[code]]

    table = [[after(state, code, gate=gate) for code in codes] for state in range(_SHUT + 1)]
    return (*table, [after(BEGIN, code, gate=True) for code in codes])


def _limited(code: int, limit: Verdict | None) -> int:
    """The code of a child that counts for no more than the limit."""
    if limit is None:
        return code
    return CODE[CODED[code].limited(limit)] + (DOUBT if code > NEVER else 0)


def _result(state: int) -> int:
    doubt, code = divmod(state, _BEHIND_DOUBT)
    return code + DOUBT if doubt and code < NEVER else code


RESULT = (*map(_result, range(_SHUT)), NEVER)
"""State -> code of the node."""


def _shared(code: int, *, certain: bool) -> int:
    """Cap at PARTIAL because another host must supply the rest; if that is uncertain, cap only
    what is proven."""
    if code == NEVER:
        return code
    verdict = CODED[code]
    limited = verdict.limited(PARTIAL)
    capped = limited if certain else Verdict.of(limited.proven, verdict.possible)
    return CODE[capped] + (DOUBT if code > NEVER else 0)


SHARED = [_shared(code, certain=True) for code in range(len(CODED))]
"""Code of a node -> the same where another host must supply a need."""
PERHAPS_SHARED = [_shared(code, certain=False) for code in range(len(CODED))]
"""The same where another host may have to."""
