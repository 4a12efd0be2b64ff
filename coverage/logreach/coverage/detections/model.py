"""What a detection rule is, once read: its condition as branches, and the events that show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from logreach.coverage.engine.three_valued import all_true, negated
from logreach.coverage.engine.verdict import YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.inventories.files.faults import Fault

KEYWORD = ""  # the field of a literal that looks for text anywhere in the event


@dataclass(frozen=True, slots=True)
class Literal:
    """One test of a rule on a field, by Sigma's name for it; its constraint is never negated.

    The field `KEYWORD` stands for text anywhere in the event.
    """

    field: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Lit:
    """A leaf of a condition."""

    literal: Literal


@dataclass(frozen=True, slots=True)
class And:
    """A condition that holds where every child does."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """A condition that holds where any child does."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that holds where its child does not."""

    child: Node


Node = Lit | And | Or | Not


@dataclass(frozen=True, slots=True)
class LogSource:
    """Where a rule says that its events come from; '' for what it does not say."""

    product: str = ""
    category: str = ""
    service: str = ""

    def __str__(self) -> str:
        parts_named = (
            ("product", self.product),
            ("category", self.category),
            ("service", self.service),
        )
        return ", ".join(f"{key} {value}" for key, value in parts_named if value) or "none"


@dataclass(frozen=True, slots=True)
class Need:
    """A field that must be filled: any of `fields` (as the event names them) will do.

    `sigma` is the rule's name for it. `limit` is the best that it allows even when filled, `why`
    says so. `doubt` says why the rule may be answered where none is filled. Without `fields` and
    `doubt` the event cannot answer, and `why` says so.
    """

    sigma: str
    fields: tuple[str, ...]
    limit: Verdict = YES
    why: str = ""
    doubt: str = ""

    @property
    def lost(self) -> bool:
        """Whether the event can never answer."""
        return not self.fields and not self.doubt

    def __hash__(self) -> int:
        # The rest hangs on these two, and verdicts are slow to hash.
        return hash((self.sigma, self.fields))


@dataclass(frozen=True, slots=True)
class Demand:
    """What a branch asks of an event whatever the event holds; many candidates share one.

    All of `needs` must be filled. Each entry of `suppressors` is something that keeps the rule
    from firing, mostly an exclusion: it does so only where all its fields are filled. Each entry
    of `overbroad_exclusions` is a field and other fields: an exclusion that asks the first to be
    empty takes out too much where it is missing and the others are filled. `limit` is the best
    that this event allows, `why` says so. `sense` narrows which of such events are meant.
    """

    event: EventId
    needs: tuple[Need, ...]
    suppressors: tuple[tuple[Need, ...], ...] = ()
    overbroad_exclusions: tuple[tuple[Need, tuple[Need, ...]], ...] = ()
    limit: Verdict = YES
    why: str = ""
    sense: Sense = ANY_SENSE

    @property
    def fields(self) -> tuple[Need, ...]:
        """Every field that it asks for."""
        overbroad_exclusions = (
            need for first, further in self.overbroad_exclusions for need in (first, *further)
        )
        return (*self.needs, *chain.from_iterable(self.suppressors), *overbroad_exclusions)


@dataclass(frozen=True, slots=True)
class CandidateEvent:
    """A branch as one event would show it.

    `pattern` holds every such event; `exact` if it holds no others. `narrowed` holds some of
    them and no others (None: none could be told). `words` are tests on the event's whole text,
    `excluded` what the exclusions take out again; neither is part of `pattern`.
    """

    demand: Demand
    pattern: EventPattern
    exact: bool
    narrowed: EventPattern | None
    words: tuple[Constraint, ...] = ()
    excluded: tuple[EventPattern, ...] = ()

    @property
    def event(self) -> EventId:
        return self.demand.event

    @property
    def lost(self) -> bool:
        """Whether no such event ever has all the fields that the branch needs."""
        return any(need.lost for need in self.demand.needs)

    def admits(self, event: EventId, fields: Mapping[str, str], text: str = "") -> bool | None:
        """Whether a single event would make the rule fire; None: no telling.

        `text` is the whole event as text, for tests that name no field.
        """
        everything = {**fields, KEYWORD: text}
        return all_true(
            (
                self.pattern.admits(event, fields),
                *(word.admits(text) for word in self.words),
                *(negated(pattern.admits(event, everything)) for pattern in self.excluded),
            )
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """One way for a rule to fire: all of `needs` hold, and none of `exclusions` holds whole.

    `alternatives` are the different events that it may fire on; for each, the candidates that
    show it, any of which is enough. `text` tells its needs in words.
    """

    needs: tuple[Literal, ...]
    exclusions: tuple[tuple[Literal, ...], ...]
    alternatives: tuple[tuple[CandidateEvent, ...], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CountedField:
    """A field by which a correlation groups or counts: its names, any of which an event may have,
    and, by the rule's id or name, what an alias stands for in the events of that rule."""

    names: tuple[str, ...]
    by_rule: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def names_in(self, rule: Iterable[str]) -> tuple[str, ...]:
        """The field's names in the events of a rule, which may be called by several names."""
        by_name = dict(self.by_rule)
        return next((by_name[name] for name in rule if name in by_name), self.names)


@dataclass(frozen=True, slots=True)
class Correlation:
    """What a correlation rule asks of other rules, named by id or name.

    `condition` says which of them must fire together; the field of each of its literals names a
    rule. `fields` must be filled in their events.
    """

    rules: tuple[str, ...]
    condition: Node
    fields: tuple[CountedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A detection rule as read.

    `unjudged` says why it cannot be judged ('' where it can), `impossible` why no event can meet
    its condition ('' where one may), `beside` why a part of it cannot be judged. `kind` is 'rule',
    'correlation', 'aggregation', 'filter' or 'unreadable'. `truncated`: it has more branches than
    are kept; `tree` is then its whole condition. `file` is relative to the folder that was given.
    """

    id: str
    title: str
    level: str
    status: str
    file: str
    line: int
    techniques: tuple[str, ...]
    tactics: tuple[str, ...]
    logsource: LogSource
    branches: tuple[Branch, ...] = ()
    truncated: bool = False
    tree: Node | None = None
    unjudged: str = ""
    applicable: bool = True
    kind: str = "rule"
    name: str = ""
    correlation: Correlation | None = None
    impossible: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in the order of their files, and what was wrong with those files."""

    rules: tuple[Rule, ...]
    faults: tuple[Fault, ...] = field(default=())
