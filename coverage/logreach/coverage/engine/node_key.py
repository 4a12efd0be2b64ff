"""What tells one node of the graph from all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, eq=False)
class NodeKey:
    """A node's name: what `kind` of node it is, and the `parts` that tell it apart among these.

    Made by `of` only, which hands out the same object for the same parts, so that keys are hashed
    and compared by identity: a graph looks up each of its 15,000 keys some twenty times, and
    hashing tuples of texts for that took as long as all the rest of building it.
    """

    kind: str
    parts: tuple[str | NodeKey, ...]

    @staticmethod
    def of(kind: str, *parts: str | NodeKey) -> NodeKey:
        """The key of these parts."""
        return _node_key(kind, parts)

    def helper(self, kind: str, *parts: str | NodeKey) -> NodeKey:
        """The key of a node that only this one needs."""
        return _node_key(kind, (self, *parts))

    def __str__(self) -> str:
        return f"{self.kind}:{'|'.join(map(str, self.parts))}"

    def __reduce__(self) -> tuple[object, tuple[str | NodeKey, ...]]:
        return NodeKey.of, (self.kind, *self.parts)


@cache
def _node_key(kind: str, parts: tuple[str | NodeKey, ...]) -> NodeKey:
    return NodeKey(kind, parts)
