"""The ways to detect a technique, as reports tell them: what each rests on, by the nodes it has.

The nodes are made by `detection`; here is what to ask an evaluation for.
"""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.attack import Analytic
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.evidence import DirectEvidence
from logreach.coverage.events.sensor import Recorder

OWN_ACTS = "what is none of them"
"""The acts of a technique that are none of its sub-techniques, beside these."""


@dataclass(frozen=True, slots=True)
class EvidenceNode:
    """A line of direct evidence: its node on the host itself, and, where hosts of a role record it
    for all others, what these show."""

    line: DirectEvidence
    here: NodeKey
    elsewhere: NodeKey | None = None
    recorder: Recorder | None = None


@dataclass(frozen=True, slots=True)
class EvidenceWay:
    """Direct evidence that is a way of its own: one line, or a line for each procedure.

    `procedures` are titles with the places of their lines; of a single line it is empty.
    """

    lines: tuple[EvidenceNode, ...]
    procedures: tuple[tuple[str, tuple[EvidenceNode, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownBy:
    """An event that shows a part of what an analytic refers to."""

    event: EventId
    node: NodeKey


@dataclass(frozen=True, slots=True)
class Reference:
    """A data component that an analytic refers to: its node, and the events that show it: `own` as
    the technique's direct evidence does, `general` as the component in general. `telling` is the
    attribute without which it cannot be told from everyday use ('': none such)."""

    component: str
    node: NodeKey
    own: tuple[ShownBy, ...]
    general: tuple[ShownBy, ...]
    telling: str = ""

    @property
    def told(self) -> NodeKey:
        """The data component with that attribute, or by itself where it needs none."""
        return self.node.helper("told") if self.telling else self.node


@dataclass(frozen=True, slots=True)
class AnalyticWay:
    """An analytic of ATT&CK, whole or in part."""

    analytic: Analytic
    node: NodeKey
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class RuleWay:
    """A detection rule of the user's, or a few published ones that read the same.

    `node` says whether it can fire, `count` how many rules it stands for, `name` what a rule of the
    user's is called ('': published ones). `reads` are the events that it may fire on, each with the
    number of the node that says whether it can. It is `direct` where it reads direct evidence of
    the technique only.
    """

    name: str
    node: NodeKey
    reads: tuple[tuple[EventId, NodeKey | int], ...]
    count: int = 1
    direct: bool = False


@dataclass(frozen=True, slots=True)
class TechniqueWays:
    """Every way to detect a technique. `none` says why nothing records the act itself; `own_acts`:
    it has acts that are none of its sub-techniques."""

    evidence: tuple[EvidenceWay, ...] = ()
    analytics: tuple[AnalyticWay, ...] = ()
    rules: tuple[RuleWay, ...] = ()
    subtechniques: tuple[str, ...] = ()
    none: str = ""
    own_acts: bool = False
