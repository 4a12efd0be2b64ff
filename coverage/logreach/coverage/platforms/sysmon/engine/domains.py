"""What a field may hold in the events of a pattern, as sets of texts that the engine sees.

The sets never leave out a text that the pattern admits. They may hold more where a constraint
cannot be told in literals (regular expressions, numbers, letter case), so an example is worth
something only once the pattern itself has admitted it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product

from logreach.coverage.events import patterns
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.decision import field_text
from logreach.coverage.platforms.sysmon.engine.expressions import example
from logreach.coverage.platforms.sysmon.engine.literals import ANYTHING, Case, Cases, Kind, Literal

MAX_CASES = 400  # more are not told apart: the constraint that would make them is left out
_MAX_SPELLINGS = 16
_MAX_HINTS = 8
# Capitals whose small letter has another capital: all that .upper() does not find.
_SECOND_CAPITALS = "\u212b\u1e9e\u03f4\u2126"
_KINDS = {
    Test.EQUALS: Kind.EQUALS,
    Test.BEGINS: Kind.BEGINS,
    Test.ENDS: Kind.ENDS,
    Test.CONTAINS: Kind.CONTAINS,
}


@dataclass(frozen=True, slots=True)
class Domain:
    """What one field may hold.

    `cases` are the texts that the engine may see. `fails` says that the field may lack a number
    that filters cannot do without. `spellings` are texts of the pattern as it spells them,
    `hints` further texts worth trying, `empty` whether the field may be absent or empty. `also`
    holds further sets that the text is in as well: too many to be told apart from `cases`.
    """

    cases: Cases
    fails: bool = False
    empty: bool = False
    spellings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    also: tuple[Cases, ...] = ()

    @property
    def size(self) -> int:
        """How many literals are known of the field, all cases together."""
        return sum(len(case.contains) + case.nots.size for case in self.cases)

    @property
    def possible(self) -> bool:
        """Whether anything at all is admitted."""
        return bool(self.cases) or self.fails


def domain(event_id: int, name: str, constraints: tuple[Constraint, ...]) -> Domain:
    """What a field may hold under constraints that all must hold.

    Sysmon writes every number, boolean and GUID of an event, and some texts are bound to the
    event id; what it never writes is left out unless the pattern asks for it.
    """
    nothing = field_text(event_id, name, None)
    cases, also = _cases(_written(event_id, name), constraints)
    empty = _may_be_empty(constraints)
    spellings = manifest.values_of(event_id, name) + tuple(
        value for one in constraints if not one.negated for value in one.values if value
    )
    hints = tuple(dict.fromkeys(_all_hints(constraints)))
    if name == "RuleName" and nothing:
        return Domain((Case(equals=nothing),), empty=empty, spellings=spellings)
    if nothing is None:
        fails = empty and not cases
        return Domain(cases, fails, fails, spellings, hints, also)
    if empty and (name != "EventType" or not cases):
        cases = (*cases, Case(equals=nothing))
        also = tuple((*more, Case(equals=nothing)) for more in also)
    else:
        empty = False
    return Domain(cases, empty=empty, spellings=spellings, hints=hints, also=also)


@lru_cache(maxsize=16384)
def may_meet(constraints: tuple[Constraint, ...]) -> bool:
    """Whether some text, or a missing field, may meet all constraints; False is certain."""
    return _may_be_empty(constraints) or bool(_cases((ANYTHING,), constraints)[0])


def _written(event_id: int, name: str) -> Cases:
    """The values that Sysmon writes into a field, where they are a closed list."""
    known = manifest.values_of(event_id, name)
    return tuple(Case(equals=conditions.fold(value)) for value in known) or (ANYTHING,)


def _may_be_empty(constraints: tuple[Constraint, ...]) -> bool:
    return any(all(one.admits(text) is not False for one in constraints) for text in (None, ""))


def _cases(start: Cases, constraints: tuple[Constraint, ...]) -> tuple[Cases, tuple[Cases, ...]]:
    """The non-empty texts that meet every constraint, and further sets that they lie in."""
    cases = start
    also: list[Cases] = []
    for constraint in constraints:
        if constraint.test in (Test.EMPTY, Test.EXISTS):
            wanted = (constraint.test is Test.EXISTS) is not constraint.negated
            cases = cases if wanted else ()
            continue
        options = _options(constraint)
        if options is None:
            continue
        narrowed = _narrowed(cases, options, not constraint.negated)
        if narrowed is None:
            alone = (ANYTHING.narrowed(literal, wanted=True) for literal in options)
            also.append(tuple(case for case in alone if case))
        else:
            cases = narrowed
    return cases, tuple(also)


def _narrowed(cases: Cases, options: tuple[Literal, ...], wanted: bool) -> Cases | None:
    """The cases that meet any of the literals, or none of them; None: too many to tell apart."""
    if not wanted:
        kept = (_without(case, options) for case in cases)
        return tuple(case for case in kept if case)
    found: dict[Case, None] = {}
    for case, literal in product(cases, options):
        narrow = case.narrowed(literal, wanted=True)
        if narrow:
            found[narrow] = None
        if len(found) > MAX_CASES:
            return None
    return tuple(found)


def _without(case: Case, literals: Iterable[Literal]) -> Case | None:
    narrow: Case | None = case
    for literal in literals:
        narrow = narrow.narrowed(literal, wanted=False) if narrow else None
    return narrow


def _options(constraint: Constraint) -> tuple[Literal, ...] | None:
    """A constraint as 'any of these literals'; None where it says nothing in literals.

    What a constraint admits has one of the literals; what a negated one admits has none. The
    reverse need not hold.
    """
    if constraint.test is Test.CIDR:
        return _networks(constraint)
    kind = _KINDS.get(constraint.test)
    if kind is None:
        return None
    if constraint.cased:
        # The engine does not see letter case: 'not SC' may still be what it takes for sc.
        if constraint.negated and not all(_is_caseless(value) for value in constraint.values):
            return None
        return tuple(Literal(kind, conditions.fold(value)) for value in constraint.values)
    found = [_spellings(value) for value in constraint.values]
    if any(spelled is None for spelled in found):
        return None
    texts = [text for spelled in found for text in spelled or ()]
    return tuple(Literal(kind, text) for text in dict.fromkeys(texts))


def _is_caseless(value: str) -> bool:
    return len(_spelled(value)) == 1 and value.swapcase() == value


def _spellings(value: str) -> tuple[str, ...] | None:
    """Every text, as the engine folds it, that a pattern takes for the value; None: too many."""
    found = _spelled(value)
    return found if len(found) <= _MAX_SPELLINGS else None


@lru_cache(maxsize=4096)
def _spelled(value: str) -> tuple[str, ...]:
    if value.isascii():
        return (value.lower(),)
    letters = [_variants(letter) for letter in value]
    count = 1
    for letter in letters:
        count *= len(letter)
        if count > _MAX_SPELLINGS:
            return ("",) * (_MAX_SPELLINGS + 1)
    return tuple("".join(spelled) for spelled in product(*letters))


def _variants(letter: str) -> tuple[str, ...]:
    """The letters that patterns take for this one, as the engine folds them."""
    wanted = patterns.fold(letter)
    seen = {letter, wanted}
    for _ in range(2):
        seen |= {
            other
            for one in tuple(seen)
            for other in (one.lower(), one.upper(), one.title(), *_SECOND_CAPITALS)
            if len(other) == 1 and patterns.fold(other) == wanted
        }
    return tuple(sorted({conditions.fold(one) for one in seen}))


def _networks(constraint: Constraint) -> tuple[Literal, ...] | None:
    """IPv4 networks on octet bounds are beginnings of the address; others say nothing here."""
    if constraint.negated:
        return None
    found = []
    for value in constraint.values:
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            continue  # such a value admits nothing
        octets = network.prefixlen // 8
        if network.version != 4 or not octets:
            return None
        text = ".".join(str(network.network_address).split(".")[:octets])
        whole = octets == 4
        found.append(Literal(Kind.EQUALS if whole else Kind.BEGINS, text if whole else text + "."))
    return tuple(found)


def _all_hints(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    """Texts for all constraints together, where several give some, then for each alone."""
    found = [tuple(islice(_hints(one), _MAX_HINTS)) for one in constraints]
    several = [hints for hints in found if hints]
    if len(several) > 1:
        yield " ".join(hints[0] for hints in several)
    yield from chain.from_iterable(several)


def _hints(constraint: Constraint) -> Iterator[str]:
    """Texts that may meet a constraint whose meaning is not told in literals."""
    if constraint.negated:
        return
    for value in constraint.values:
        match constraint.test:
            case Test.CIDR:
                try:
                    network = ipaddress.ip_network(value, strict=False)
                except ValueError:
                    continue
                yield str(network[min(1, network.num_addresses - 1)])
            case Test.MATCHES:
                made = example(value)
                yield "".join(_plain(value)) if made is None else made
            case Test.LESS | Test.LESS_EQUAL | Test.GREATER | Test.GREATER_EQUAL:
                yield from _around(value)
            case _:
                return


def _plain(expression: str) -> Iterator[str]:
    """The letters of a regular expression that stand for themselves; a guess at a match."""
    escaped = False
    for letter in expression:
        if escaped:
            escaped = False
            if not letter.isalnum():
                yield letter
        elif letter == "\\":
            escaped = True
        elif letter not in "^$.*+?()[]{}|":
            yield letter


def _around(value: str) -> Iterator[str]:
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        return
    yield from (str(number + step) for step in (-1, 0, 1))


def filler(used: frozenset[str]) -> str:
    """A letter that is not among the used ones, a readable one if there is any."""
    readable = (letter for letter in "~^\u00a7\u00a4\u00ac\u00b7_" if letter not in used)
    private = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in used)
    return next(readable, None) or next(private)
