"""What a profile says to the rules: a view on its facts through the same graph nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from logreach.coverage.detections.event_variants import sense_of
from logreach.coverage.engine.evaluation import Compiled, evaluate
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons, each_once, holding_down
from logreach.coverage.engine.verdict import (
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    Level,
    Verdict,
    all_of,
    any_of,
    hull,
)
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.coverage.forwarding.prerequisite import Arriving
from logreach.coverage.network.events import Events
from logreach.coverage.platforms.sysmon.prerequisites import Keeping
from logreach.coverage.platforms.windows.knowledge.model import (
    ANY_HOST,
    Event,
    EventKnowledge,
    Policy,
)
from logreach.coverage.platforms.windows.sacls.pattern_objects import (
    AuditedObject,
    objects_of_pattern,
)
from logreach.inventories.facts.facts import Facts

_REMOVABLE_STORAGE = "Removable Storage"
_WORD = re.compile(r"[\w:.*-]+")
_Add = Callable[[Events], NodeKey]
Graphs = dict[tuple[str, str], tuple[Compiled, NodeKey]]
"""Questions that are put to every profile -> a graph, and the node that answers."""


def foreseen(knowledge: EventKnowledge, asked: Mapping[EventId, Iterable[str]]) -> Graphs:
    """One graph for what will be asked of every profile: events, and fields of theirs.

    Rules may name anything: names that are no words are left out, lest they be taken for another
    node of the same graph.
    """
    graph = Graph()
    part = Events(graph, knowledge, {})
    found: dict[tuple[str, str], NodeKey] = {}
    for event in filter(_WORD.fullmatch, asked):
        found["event", event] = part.able(event)
        for name in filter(_WORD.fullmatch, asked[event]):
            found["field", f"{event}/{name}"] = part.filled(event, name)
    compiled = Compiled(graph)
    return {question: (compiled, node) for question, node in found.items()}


class GraphView:
    """Answers the questions of `rules.asked.HostView` for one profile, each once.

    Rules may ask for any event and field there is, so a question that was not `foreseen` is a
    small graph of its own, built of the same parts as the large one. `graphs` keeps those that
    hang on no pattern, for other profiles with the same knowledge.
    """

    def __init__(
        self, knowledge: EventKnowledge, facts: Facts, graphs: Graphs | None = None
    ) -> None:
        self._knowledge = knowledge
        self._facts = facts
        self._graphs: Graphs = {} if graphs is None else graphs
        self._known: dict[tuple[str, str], Judged] = {}
        self._evaluated: dict[int, Reasons] = {}
        self._fields: dict[tuple[str, str], Judged] = {}
        self._passed: dict[int, tuple[EventPattern, Judged]] = {}
        self._keeping = Keeping(facts)
        self._arriving = Arriving(facts)
        self._alone: dict[int, Judged] = {}

    def event(self, key: EventId, sense: Sense = ANY_SENSE) -> Judged:
        """Whether the event, in this sense, can be there at all: role, system, audit policy,
        sensor, channel.

        Of events on objects, the policy and the audit entries of which depend on the object, only
        the rest: the pattern says which object is meant.
        """
        told = self._knowledge.events.get(key)
        if told is None or told.sacl is None:
            return self._able(key, sense)
        # Of objects that the event tells of besides its main sense, another subcategory decides.
        if sense.role != ANY_HOST:
            whole = self._able(key, sense)
            if whole.verdict.possible is Level.NO:
                return whole
        return self._kept(("core", _named(key, sense)), lambda part: part.able(key, *sense), told)

    def _able(self, key: EventId, sense: Sense = ANY_SENSE) -> Judged:
        return self._kept(("event", _named(key, sense)), lambda part: part.able(key, *sense))

    def attribute(self, key: EventId, field: str) -> Judged:
        """Whether a field of that event is filled."""
        asked = (key, field)
        if asked not in self._fields:
            self._fields[asked] = self._field(key, field)
        return self._fields[asked]

    def passes(self, pattern: EventPattern) -> Judged:
        """Whether such events are written and the sensor's filter and the forwarding let them
        through; of all but events on objects, `event` tells the first."""
        # By identity: to say a pattern costs more than to answer for it once more.
        known = self._passed.get(id(pattern))
        if known is None:
            known = self._passed[id(pattern)] = (pattern, self._through(pattern))
        return known[1]

    def _kept(self, asked: tuple[str, str], add: _Add, bare: Event | None = None) -> Judged:
        """The answer of a graph that is kept: nothing in it hangs on the profile."""
        if asked in self._known:
            return self._known[asked]
        if asked not in self._graphs:
            self._graphs[asked] = self._compiled(add, bare)
        compiled, key = self._graphs[asked]
        reasons = self._evaluated.get(id(compiled))  # which `graphs` keeps alive
        if reasons is None:
            reasons = self._evaluated[id(compiled)] = Reasons(evaluate(compiled, self._facts))
        found = self._known[asked] = reasons.judged(key)
        return found

    def _compiled(self, add: _Add, bare: Event | None = None) -> tuple[Compiled, NodeKey]:
        """A graph and what to ask of it; of the event `bare`, policy and SACL are left out."""
        graph, knowledge = Graph(), self._knowledge
        if bare is not None:
            event = replace(bare, sacl=None, policy=Policy.NONE, also_subcategories=())
            knowledge = replace(knowledge, events={**knowledge.events, bare.key: event})
        key = add(Events(graph, knowledge, {}))
        return Compiled(graph), key

    def _field(self, key: EventId, field: str) -> Judged:
        found = self._kept(("field", f"{key}/{field}"), lambda part: part.filled(key, field))
        if found.verdict.applicable:
            return found
        subject = f"{key}/{field}"
        text = f"no source at hand tells the fields of {key}"
        return Judged(UNKNOWN, (Reason("knowledge", subject, UNKNOWN, text),))

    def _through(self, pattern: EventPattern) -> Judged:
        """Filters, and before them the audit policy and SACL of the object that is meant."""
        event = self._knowledge.events.get(pattern.event)
        if event is None or event.sacl is None:
            return self._filtered(pattern)
        groups = objects_of_pattern(event, pattern)
        if not groups:
            return self._as_such(pattern)
        return _either([_some([self._on(one, pattern) for one in group]) for group in groups])

    def _on(self, target: AuditedObject, pattern: EventPattern) -> Judged:
        """Events on one object, or on any of a kind: written, kept and forwarded."""
        event = self._knowledge.events[pattern.event]
        named = {one.guid: one.name for one in self._knowledge.subcategories.values()}
        governs = {named[guid] for guid in event.subcategories}
        shown = Shown(
            pattern.event,
            subcategory=target.subcategory if target.subcategory in governs else "",
            object_kind=target.kind,
            object_path=target.path,
            object_scope=target.scope,
            rights=target.rights,
            outcome=_outcome(pattern),
        )
        found = self._seen(shown, pattern)
        if target.kind != "file" or target.path or _REMOVABLE_STORAGE not in governs:
            return found
        # Files on removable storage need no entry, whatever right; they are a part of all files.
        removable = replace(
            shown, subcategory=_REMOVABLE_STORAGE, object_kind="removable", rights=()
        )
        other = self._seen(removable, pattern).verdict
        return Judged(any_of((found.verdict, all_of((other, PARTIAL)))), found.reasons)

    def _seen(self, shown: Shown, pattern: EventPattern) -> Judged:
        written = self._kept(("audited", str(shown)), lambda part: part.audited(shown))
        return _both(written, self._filtered(pattern))

    def _as_such(self, pattern: EventPattern) -> Judged:
        """The event whatever object it tells of, and its filters."""
        return _both(self._able(pattern.event, Sense(_outcome(pattern))), self._filtered(pattern))

    def _filtered(self, pattern: EventPattern) -> Judged:
        """What Sysmon and the forwarding say: nothing else looks at what an event holds."""
        found = [self._arriving.check(pattern)]
        if _by_sysmon(pattern.event):
            found.insert(0, self._keeping.check(pattern))
        applying = tuple([reason for reason in found if reason.verdict.applicable])
        if len(applying) > 1:
            return Judged(all_of(reason.verdict for reason in applying), applying)
        # Most patterns on an event come to the same reason, and so to one object; each of these
        # reasons is kept alive by it, or by what gave it.
        one = applying[0] if applying else found[0]
        known = self._alone.get(id(one))
        if known is None:
            known = self._alone[id(one)] = Judged(one.verdict, applying or (_nothing(pattern),))
        return known


def _nothing(pattern: EventPattern) -> Reason:
    return Reason("filter", pattern.event, NOT_APPLICABLE, "nothing filters such events")


def _named(key: EventId, sense: Sense) -> str:
    """A question's name; the plain event's is the event's own."""
    return "|".join((key, *sense)) if sense != ANY_SENSE else key


def _outcome(pattern: EventPattern) -> str:
    """The one outcome that all events of a pattern have; '': either."""
    return (sense_of(pattern) or ANY_SENSE).outcome


def _by_sysmon(event: EventId) -> bool:
    return event.channel == "Sysmon" and not event.any_number


def _both(written: Judged, filtered: Judged) -> Judged:
    """What is written and passes the filters; the reasons of what holds the verdict down."""
    if not written.verdict.applicable or not filtered.verdict.applicable:
        return written
    verdict = all_of((written.verdict, filtered.verdict))
    deciding = holding_down([(one, one.verdict) for one in (written, filtered)], verdict)
    return Judged(verdict, each_once([one.reasons for one in deciding]))


def _some(found: Sequence[Judged]) -> Judged:
    """Some events are of each sort: all of them pass, none does, or some do."""
    applying = [one.verdict for one in found if one.verdict.applicable]
    if not applying:
        return found[0]
    lows = {one.proven for one in applying}
    highs = {one.possible for one in applying}
    low = lows.pop() if len(lows) == 1 else Level.PARTIAL if max(lows) > Level.NO else Level.NO
    high = highs.pop() if len(highs) == 1 else Level.PARTIAL
    return _together(found, Verdict.of(low, max(low, high)))


def _either(found: Sequence[Judged]) -> Judged:
    """It is not told which sort the events are of: no better than the worst is proven."""
    verdicts = [one.verdict for one in found if one.verdict.applicable]
    if not verdicts:
        return found[0]
    return _together(found, hull(verdicts))


def _together(found: Sequence[Judged], verdict: Verdict) -> Judged:
    applying = [one for one in found if one.verdict.applicable]
    worst = sorted(applying, key=lambda one: (one.verdict.possible, one.verdict.proven))
    return Judged(verdict, each_once([one.reasons for one in worst]))
