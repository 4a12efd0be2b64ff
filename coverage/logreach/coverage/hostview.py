"""What a profile says to the rules: a view on its facts through the same graph nodes."""

from __future__ import annotations

from collections.abc import Callable

from logreach.coverage.assessment import Judged, Reason
from logreach.coverage.build.events import ANY_EVENT, Events
from logreach.coverage.evaluation import Compiled, evaluate
from logreach.coverage.graph import Graph
from logreach.coverage.knowledge.model import EventKnowledge
from logreach.coverage.patterns import EventPattern
from logreach.coverage.prerequisites.forwarding import Forwarded
from logreach.coverage.prerequisites.sysmon import SysmonKeeps
from logreach.coverage.reasons import Reasons
from logreach.coverage.verdict import NOT_APPLICABLE, UNKNOWN, all_of
from logreach.inventories.facts import Facts


class GraphView:
    """Answers the questions of `rules.judge.HostView` for one profile, each once.

    Rules may ask for any event and field there is, so each question is a small graph of its own,
    built of the same parts as the large one.
    """

    def __init__(self, knowledge: EventKnowledge, facts: Facts) -> None:
        self._knowledge = knowledge
        self._facts = facts
        self._known: dict[tuple[str, str], Judged] = {}

    def event(self, key: str) -> Judged:
        """Whether the event can be there at all: system, audit policy, sensor, channel."""
        return self._once(("event", key), lambda: self._alone(lambda part: part.able(key)))

    def attribute(self, key: str, field: str) -> Judged:
        """Whether a field of that event is filled."""
        return self._once((key, field), lambda: self._field(key, field))

    def passes(self, pattern: EventPattern) -> Judged:
        """Whether the sensor's filter and the forwarding let such events through."""
        asked = (f"passes {pattern.event}", str(pattern.fields))
        return self._once(asked, lambda: self._through(pattern))

    def _once(self, asked: tuple[str, str], answer: Callable[[], Judged]) -> Judged:
        if asked not in self._known:
            self._known[asked] = answer()
        return self._known[asked]

    def _alone(self, add: Callable[[Events], str]) -> Judged:
        graph = Graph()
        key = add(Events(graph, self._knowledge, {}))
        return Reasons(evaluate(Compiled(graph), self._facts)).judged(key)

    def _field(self, key: str, field: str) -> Judged:
        found = self._alone(lambda part: part.filled(key, field))
        if found.verdict.applicable:
            return found
        subject = f"{key}/{field}"
        text = f"no source at hand tells the fields of {key}"
        return Judged(UNKNOWN, (Reason("knowledge", subject, UNKNOWN, text),))

    def _through(self, pattern: EventPattern) -> Judged:
        asked: list[SysmonKeeps | Forwarded] = [Forwarded(pattern)]
        if pattern.event.startswith("Sysmon:") and not pattern.event.endswith(ANY_EVENT):
            asked.insert(0, SysmonKeeps(pattern))
        found = [one.check(self._facts) for one in asked]
        applying = tuple(reason for reason in found if reason.verdict.applicable)
        if applying:
            return Judged(all_of(reason.verdict for reason in applying), applying)
        reason = Reason("filter", pattern.event, NOT_APPLICABLE, "nothing filters such events")
        return Judged(NOT_APPLICABLE, (reason,))
