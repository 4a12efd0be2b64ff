"""What must hold, before it is put into a graph: prerequisites and combinations of them.

Who knows what a host needs says it in these terms; `require` makes nodes of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.construction import cover, inner, leaf, link_all
from logreach.coverage.engine.graph import Combine, Edge, Graph, Prerequisite
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import Verdict

_KIND = "policy"


@dataclass(frozen=True, slots=True)
class Need:
    """One prerequisite; those with the same key are the same."""

    key: NodeKey
    prerequisite: Prerequisite
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several requirements, which counts for no more than `limit`; `why` says why."""

    requirement: Requirement
    limit: Verdict | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The best of several requirements."""

    key: NodeKey
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """All of several requirements, each of which alone is worth PARTIAL: see `cover`.

    Each part comes with its title; `partly` says what it means that only one of them holds.
    """

    key: NodeKey
    label: str
    parts: tuple[tuple[Requirement, str], ...]
    partly: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of several requirements, of which a part is worth nothing."""

    key: NodeKey
    label: str
    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several requirements, and nobody knows which."""

    key: NodeKey
    label: str
    parts: tuple[Requirement, ...]


Requirement = Need | AnyOf | Together | AllOf | OneOf


def require(graph: Graph, requirement: Requirement) -> NodeKey:
    """The node of a requirement; one that the graph has already is not made again."""
    match requirement:
        case Need():
            return leaf(graph, requirement.key, requirement.label, requirement.prerequisite)
        case Together():
            titled = [(require(graph, part), title) for part, title in requirement.parts]
            label, partly = requirement.label, requirement.partly
            return cover(graph, requirement.key, _KIND, label, titled, partly)
        case AllOf() | OneOf():
            combine = Combine.ALL if isinstance(requirement, AllOf) else Combine.EITHER
            if requirement.key not in graph:
                inner(graph, requirement.key, combine, _KIND, requirement.label)
                children = [require(graph, part) for part in requirement.parts]
                link_all(graph, requirement.key, children)
            return requirement.key
        case AnyOf():
            if requirement.key in graph:
                return requirement.key
            key = inner(graph, requirement.key, Combine.ANY, _KIND, requirement.label)
            for choice in requirement.choices:
                child = require(graph, choice.requirement)
                graph.link(key, Edge(child, choice.limit, choice.why))
            return key
