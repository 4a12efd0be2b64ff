"""A condition as branches: the ways in which it can come true.

Negations are pushed down. A negation with nothing negated inside stays whole, as exclusions of
its branch: written out it would multiply the branches without saying more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from logreach.coverage.detections.model import And, Lit, Literal, Node, Not, Or

MOST_BRANCHES = 512  # more are cut off, and the rule says so

T = TypeVar("T")
Conj = tuple[tuple[Literal, ...], tuple[tuple[Literal, ...], ...]]
"""A branch before its events are looked up: the tests that must hold, and the exclusions, each of
which is a group of tests that must not all hold."""
_TRUE: Conj = ((), ())


@dataclass(slots=True)
class _Expansion:
    limit: int
    truncated: bool = field(default=False)

    def holds(self, node: Node) -> list[Conj]:
        match node:
            case Lit():
                return [((node.literal,), ())]
            case Not():
                return self.fails(node.child)
            case Or():
                return self._cut([conj for child in node.children for conj in self.holds(child)])
            case And():
                return self._product([self.holds(child) for child in node.children])

    def fails(self, node: Node) -> list[Conj]:
        if _is_plain(node):
            return [((), tuple(needs for needs, _ in self.holds(node)))]
        match node:
            case Not():
                return self.holds(node.child)
            case And():
                return self._cut([conj for child in node.children for conj in self.fails(child)])
            case Or():
                return self._product([self.fails(child) for child in node.children])
            case Lit():  # plain, so never here
                return [((), ((node.literal,),))]

    def _product(self, factors: Sequence[list[Conj]]) -> list[Conj]:
        product = [_TRUE]
        for factor in factors:
            product = self._cut(
                [
                    (_joined(left[0], right[0]), _joined(left[1], right[1]))
                    for left in product
                    for right in factor
                ]
            )
        return product

    def _cut(self, branches: list[Conj]) -> list[Conj]:
        unique = list(dict.fromkeys(branches))
        if len(unique) > self.limit:
            self.truncated = True
            del unique[self.limit :]
        return unique


def _joined(left: tuple[T, ...], right: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(left + right))


def _is_plain(node: Node) -> bool:
    match node:
        case Lit():
            return True
        case Not():
            return False
        case And() | Or():
            return all(_is_plain(child) for child in node.children)


def expand(tree: Node, limit: int = MOST_BRANCHES) -> tuple[list[Conj], bool]:
    """The branches of a condition, (needs, exclusions) each, and whether some were cut off."""
    expansion = _Expansion(limit)
    branches = expansion.holds(tree)
    return branches, expansion.truncated
