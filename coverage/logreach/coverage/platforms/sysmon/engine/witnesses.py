"""Single events of a pattern that a configuration logs, or drops: found, or proven not to exist.

First a few likely events are tried. Then the undecided filters are split one by one into 'met'
and 'not met' until nothing is undecided; that ends in an event or in a proof, unless it takes
too many steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.decision import Decision, decide
from logreach.coverage.platforms.sysmon.engine.domains import Domain, filler
from logreach.coverage.platforms.sysmon.engine.literals import ANYTHING, Case, Cases
from logreach.coverage.platforms.sysmon.engine.outcomes import (
    MATCH,
    NO_MATCH,
    Branch,
    Item,
    Leaf,
    Model,
    Outcome,
    Stage,
    View,
)

_MAX_WORK = 2_000_000  # filters times literals looked at in one search; then it stays open
_MAX_BLIND_WORK = 400_000  # the same where no text is known for some field of the pattern
_MAX_TARGETS = 24  # likely events tried before the search proper
_MAX_CASES = 64
_ANY = Domain((ANYTHING,))
_LIKELY: Mapping[str, tuple[str, ...]] = {
    "UInt16": ("50505", "40404", "60606", "33333"),
    "UInt32": ("4242", "5252", "6262", "7272"),
    "HexInt32": ("0x4242", "0x5252", "0x6262"),
    "HexInt64": ("0x42424", "0x52525", "0x62626"),
    "Boolean": ("true", "false"),
    "GUID": (
        "{00000000-0000-0000-0000-000000004242}",
        "{00000000-0000-0000-0000-000000005252}",
    ),
}

Domains = dict[str, Domain]
Event = dict[str, str]


class Witness(NamedTuple):
    """An event of the pattern, and what is decided about it."""

    event: Event
    decision: Decision


class _Found(NamedTuple):
    """What a field of an event holds; None: the field is absent."""

    text: str | None


@dataclass(slots=True)
class Search:
    """A search for events of one pattern; `exhausted` tells whether all ways were followed."""

    config: Config
    pattern: EventPattern
    view: View
    exhausted: bool = True
    model: Model = field(init=False)
    letter: str = field(init=False)
    # What was found for a field and a domain, by identity: most ways differ in few fields.
    _tried: dict[tuple[str, int], tuple[Domain | None, _Found | None]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.model = self.view.model
        values = (
            value
            for constraints in self.pattern.fields.values()
            for one in constraints
            for value in one.values
        )
        self.letter = filler(self.model.letters.union(*values))

    def find(self, wanted: Outcome) -> Witness | None:
        """An event with that outcome; None: there is none, or (not `exhausted`) none was found."""
        self.exhausted = True
        for domains in self._likely(wanted):
            witness = self._witness(domains, wanted)
            if witness is not None:
                return witness
        return self._split(self.view, wanted)

    def event(self, domains: Mapping[str, Domain]) -> Event | None:
        """An event from the first texts of each field that the pattern admits.

        The pattern's fields come first, then what filters ask for, then what Sysmon always
        writes; other fields are absent.
        """
        fields: Event = {}
        for name in dict.fromkeys((*self.pattern.fields, *domains)):
            found = self._text(name, domains.get(name))
            if found is None:
                return None
            if found.text is not None:
                fields[name] = found.text
        for name in self.model.fields:
            likely = _LIKELY.get(manifest.type_of(name))
            if likely and name not in domains:
                fields[name] = likely[0]
        return fields

    def _witness(self, domains: Mapping[str, Domain], wanted: Outcome) -> Witness | None:
        """An event of these domains that is in the pattern and surely has that outcome."""
        event = self.event(domains)
        if event is None or self.pattern.admits(self.pattern.event, event) is not True:
            return None
        decision = decide(self.config, self.model.event_id, event)
        if decision.logged is not (wanted is Outcome.LOGGED):
            return None
        if self.model.certain or self._surely(event) == wanted:
            return Witness(event, decision)
        return None

    def _surely(self, event: Event) -> Outcome:
        """The outcome where some values differ from host to host."""
        fixed = {
            name: Domain((Case(equals=conditions.fold(event.get(name) or "-")),))
            for name in self.model.filtered
        }
        return View(self.model, fixed).outcome()

    def _likely(self, wanted: Outcome) -> Iterator[Mapping[str, Domain]]:
        """The plain event, and one for each item that would bring the outcome.

        Then the same with every filter unmet, as far as they can be, that would bring the other.
        """
        plain = self.view.domains
        yield plain
        yield from self._targets(plain, wanted)
        if self._blind():
            return
        avoided = self._avoided(plain, wanted)
        yield avoided
        yield from self._targets(avoided, wanted)

    def _blind(self) -> bool:
        """Whether no text was found for some field of the pattern, whatever filters say.

        A regular expression may be such, or an unknown test. Only the parts that a filter asks
        for may then happen to make one, so that it is worth less to look for it.
        """
        domains = self.view.domains
        return any(self._text(name, domains.get(name)) is None for name in self.pattern.fields)

    def _targets(
        self, domains: Mapping[str, Domain], wanted: Outcome
    ) -> Iterator[Mapping[str, Domain]]:
        targets = 0
        for stage in self.model.stages:
            if stage.source.include is not (wanted is Outcome.LOGGED):
                continue
            single = [(item,) for item in stage.items]
            together = [stage.items] if stage.items else []
            for wished in together if stage.source.match_all else single:
                if not all(self.view.item_status(item) & MATCH for item in wished):
                    continue
                met = _met(domains, wished)
                if met is not None:
                    yield met
                    targets += 1
                if targets >= _MAX_TARGETS:
                    return

    def _avoided(self, domains: Mapping[str, Domain], wanted: Outcome) -> Mapping[str, Domain]:
        """The domains where filters that bring the other outcome are not met, one by one."""
        for stage in self.model.stages:
            if stage.source.include is (wanted is Outcome.LOGGED):
                continue
            for leaf in stage.leaves:
                if self.view.status(leaf) & NO_MATCH:
                    narrow = narrowed(domains, leaf, wanted=False)
                    domains = domains if narrow is None else _fewer(narrow, leaf.field)
        return domains

    def _split(self, start: View, wanted: Outcome) -> Witness | None:
        """Split undecided filters until an event is found or every way has been followed."""
        waiting = [start]
        work = 0
        most = _MAX_BLIND_WORK if self._blind() else _MAX_WORK
        while waiting and work < most:
            view = waiting.pop()
            work += 100 + self.model.size * (1 + sum(one.size for one in view.domains.values()))
            outcome = view.outcome()
            if outcome == wanted:
                witness = self._witness(view.domains, wanted)
                if witness is not None:
                    return witness
                self.exhausted = False  # it may be had, though no event was made for it
            elif outcome & wanted:
                ways = _ways(view, wanted)
                self.exhausted = self.exhausted and bool(ways)
                waiting += ways
        self.exhausted = self.exhausted and not waiting
        return None

    def _text(self, name: str, domain: Domain | None) -> _Found | None:
        """A text for a field that the pattern may admit; None where none was found."""
        key = (name, id(domain))
        if key not in self._tried:
            self._tried[key] = (domain, self._found_text(name, domain))
        return self._tried[key][1]

    def _found_text(self, name: str, domain: Domain | None) -> _Found | None:
        constraints = self.pattern.fields.get(name, ())
        texts = self._texts(name, domain) if domain else iter((None, ""))
        for text in texts:
            if all(one.admits(text) is not False for one in constraints):
                return _Found(text)
        return None

    def _texts(self, name: str, domain: Domain) -> Iterator[str | None]:
        """Texts of a domain, the likely ones first; None stands for an absent field."""
        for text in (*domain.hints, *_LIKELY.get(manifest.type_of(name), ())):
            if any(case.admits(conditions.fold(text)) for case in domain.cases):
                yield text
        for case in domain.cases[:_MAX_CASES]:
            if domain.empty and case.equals == "-":
                yield from (None, "")
            yield from self._spelled(case, domain)
            for hint in domain.hints:
                for text in case.around(self.letter, hint):
                    yield _respelled(text, domain.spellings)
        if domain.empty:
            yield from (None, "")

    def _spelled(self, case: Case, domain: Domain) -> Iterator[str]:
        """Texts of a case: as the pattern spells its parts, then in other letter case, hints."""
        for more in domain.also:
            case = next((both for both in _both(case, more)), case)
        text = case.example(self.letter)
        if case.order and not case.admits(text):
            yield from filter(case.admits, _ordered(case))
            return
        yield _respelled(text, domain.spellings)
        yield from (text, text.upper(), text.swapcase())


def _fewer(domains: Domains, field: str) -> Domains:
    """The domains with no more cases of a field than are tried; each filter may double them."""
    domain = domains[field]
    return {**domains, field: replace(domain, cases=domain.cases[:_MAX_CASES])}


def _ordered(case: Case) -> Iterator[str]:
    """Texts likely to lie between the bounds of a case: at its ends, and just inside them."""
    for low, high in (("", ""), ("\x01", "\uffee"), ("\x01", "")):
        yield case.begins + high + case.ends
        yield case.begins + low + case.ends
        for literal, _ in case.order:
            yield literal.text + low
            yield literal.text + high
            yield literal.text[:-1] + high
    yield from (case.example(letter) for letter in ("\x01", "\uffee"))


def _both(case: Case, others: Cases) -> Iterator[Case]:
    """Cases that lie in one and, by its own literals, in another; the likely ones only."""
    for other in others[:_MAX_CASES]:
        narrow: Case | None = case
        for literal in other.literals():
            narrow = narrow.narrowed(literal, wanted=True) if narrow else None
        if narrow:
            yield narrow


def _respelled(text: str, spellings: tuple[str, ...]) -> str:
    """The text with parts spelled as the pattern spells them."""
    folded = conditions.fold(text)
    for spelling in spellings:
        wanted = conditions.fold(spelling)
        at = folded.rfind(wanted) if folded.endswith(wanted) else folded.find(wanted)
        if at >= 0 and len(wanted) == len(spelling):
            text = text[:at] + spelling + text[at + len(spelling) :]
    return text


def narrowed(domains: Mapping[str, Domain], leaf: Leaf, wanted: bool) -> Domains | None:
    """The domains where a filter is met, or not met; None: there are none."""
    if leaf.shape is None or not leaf.applies:
        return None
    domain = domains.get(leaf.field, _ANY)
    cases: dict[Case, None] = {}
    for case in domain.cases:
        for narrow in leaf.shape.narrowed(case, wanted):
            cases[narrow] = None
    if not cases:
        return None
    spelled = tuple(leaf.source.value.split(";")) if wanted else ()
    found = replace(domain, cases=tuple(cases), spellings=spelled + domain.spellings)
    return {**domains, leaf.field: found}


def _met(domains: Mapping[str, Domain], items: tuple[Item, ...]) -> Mapping[str, Domain] | None:
    """The domains where all of some items are met, by the first filters that can be."""
    met: set[str] = set()
    for item in items:
        if isinstance(item, Branch):
            leaves = item.leaves if item.source.match_all else item.leaves[:1]
        elif item.field in met:
            continue
        else:
            leaves = (item,)
            met.add(item.field)
        for leaf in leaves:
            narrow = narrowed(domains, leaf, wanted=True)
            if narrow is None:
                return None
            domains = narrow
    return domains


def _ways(view: View, wanted: Outcome) -> list[View]:
    """The view split by its first undecided filter, the promising half last; [] where none is."""
    stage, leaf = _undecided(view)
    if stage is None or leaf is None:  # only what differs from host to host is left
        return []
    promising = stage.source.include is (wanted is Outcome.LOGGED)
    halves = (narrowed(view.domains, leaf, value) for value in (not promising, promising))
    return [view.narrowed(half, leaf.field) for half in halves if half is not None]


def _undecided(view: View) -> tuple[Stage | None, Leaf | None]:
    """The first filter that may or may not be met where that matters, and its element."""
    for stage in view.model.stages:
        status = view.stage_status(stage)
        if status & (status - 1):
            for item in stage.items:
                status = view.item_status(item)
                if status & (status - 1):
                    for leaf in item.leaves if isinstance(item, Branch) else (item,):
                        status = view.status(leaf)
                        if status == MATCH | NO_MATCH and leaf.shape is not None:
                            return stage, leaf
        elif status == MATCH:
            break
    return None, None
