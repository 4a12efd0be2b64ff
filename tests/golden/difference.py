"""Tell how the statements of an assessment differ from the frozen ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from golden.answers import Statement
from golden.storage import Scopes, spell

_EXAMPLES_OF_A_KIND = 8


def difference(frozen: Scopes, now: Scopes, variants: Iterable[str]) -> list[str]:
    """What changed in these variants: counts by kind, then examples of each; empty if nothing."""
    chosen = set(variants)
    changes: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for sign, statements in (
        ("-", _minus(frozen, now, chosen)),
        ("+", _minus(now, frozen, chosen)),
    ):
        for statement, pairs in statements.items():
            change = (statement.subject, sign, f"{spell(pairs)} | {statement.value}")
            changes[statement.kind].append(change)
    return [line for kind in sorted(changes) for line in _group(kind, changes[kind])]


def _minus(left: Scopes, right: Scopes, variants: set[str]) -> Scopes:
    rest: dict[Statement, set[tuple[str, str]]] = {}
    for statement, pairs in left.items():
        gone = {pair for pair in pairs - right.get(statement, set()) if pair[0] in variants}
        if gone:
            rest[statement] = gone
    return rest


def _group(kind: str, changes: list[tuple[str, str, str]]) -> Iterator[str]:
    signs = Counter(sign for _, sign, _ in changes)
    yield f"{kind}: {signs['-']} gone, {signs['+']} new"
    # '-' before '+' within a subject, as in a unified diff.
    in_order = sorted(changes, key=lambda change: (change[0], change[1] == "+", change[2]))
    for subject, sign, told in in_order[:_EXAMPLES_OF_A_KIND]:
        yield f"  {sign} {subject} | {told}"
    if len(in_order) > _EXAMPLES_OF_A_KIND:
        yield f"    ... and {len(in_order) - _EXAMPLES_OF_A_KIND} more"
