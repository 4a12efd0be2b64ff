"""What an inventory tells of audit entries, and what follows for one access."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SACL, Ace, Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, is_domain, normal, parents

OF_DOMAINS = "ad:DOMAINDNS"
"""The class of the domains' own roots."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What is known of the audit entry that an access needs.

    `remedy` adds exactly the entry that is wanting, where one can be added; `missing` is the
    fact that would settle an unknown.
    """

    verdict: Verdict
    text: str
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy | None = None
    missing: FactKey[object] | None = None


@dataclass(slots=True)
class KnownSacls:
    """The SACLs that an inventory tells, by the objects' normal names."""

    facts: Facts
    by_name: dict[str, tuple[FactKey[object], Known[Sacl]]] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        for written, fact in self.facts.of_family(SACL):
            found = normal(written)
            name = found.name if found else written
            if self._stronger(name, fact):
                self.by_name[name] = (SACL(written), fact)
        for name, (_, fact) in list(self.by_name.items()):
            if fact.value.spread:
                self._spread(name, fact.value.aces)

    def _stronger(self, name: str, fact: Known[Sacl]) -> bool:
        """One object under two spellings: what the host itself shows is kept."""
        other = self.get(name)
        return other is None or fact.strength > other.strength

    def get(self, name: str) -> Known[Sacl] | None:
        found = self.by_name.get(name)
        return found[1] if found else None

    def key(self, name: str) -> FactKey[object]:
        """The key under which the object stands, or would."""
        found = self.by_name.get(name)
        return found[0] if found else SACL(name)

    def below(self, name: ObjectName) -> Iterator[tuple[ObjectName, Known[Sacl]]]:
        """Objects below one whose lists are told; of a directory class, all below the domains."""
        for other, (_, fact) in sorted(self.by_name.items()):
            found = normal(other)
            if found is not None and found.kind == name.kind and _lies_below(found, name):
                yield found, fact

    def _spread(self, name: str, aces: tuple[Ace, ...]) -> None:
        """Hand entries that a remedy adds down to the lists told below, as Windows then does."""
        source = normal(name)
        for one, fact in list(self.below(source)) if source is not None else ():
            above = parents(one)
            levels = above.index(name) + 1
            between = [self.get(each) for each in above[: levels - 1]]
            if fact.value.protected or any(each and each.value.protected for each in between):
                continue
            new = tuple(filter(None, (_inherited(ace, one, levels) for ace in aces)))
            key = self.key(one.name)
            merged = replace(fact.value, aces=tuple(dict.fromkeys((*fact.value.aces, *new))))
            self.by_name[one.name] = (key, replace(fact, value=merged))


@lru_cache(maxsize=16)
def known_sacls(facts: Facts) -> KnownSacls:
    """What is told of one host."""
    return KnownSacls(facts)


def whole(fact: Known[Sacl]) -> bool:
    """Whether a list is told whole: a policy adds to what the object inherits."""
    return fact.strength > Strength.POLICY


def ends_inheritance(fact: Known[Sacl]) -> bool:
    """Whether nothing from above is to be added to a list: it holds it already, or takes none."""
    return whole(fact) or fact.value.protected


def _lies_below(one: ObjectName, name: ObjectName) -> bool:
    if name.name.startswith("ad:"):
        above = parents(one)
        return bool(above) and is_domain(above[-1])
    if name.kind == "ad":
        return name.name in parents(one)
    return one.name.startswith(f"{name.name.rstrip(chr(92))}{chr(92)}")


def _inherited(ace: Ace, one: ObjectName, levels: int) -> Ace | None:
    """An entry as the object takes it from `levels` above; None where it does not."""
    folders, files = ace.inherits_to_children, ace.inherits_to_files and one.kind == "file"
    if not (folders or files) or (ace.one_level and levels > 1):
        return None
    # Whether a file's path is that of a folder is not told.
    here = (folders and files) if one.kind == "file" else not ace.inherited_type
    return replace(
        ace,
        applies_here=here,
        inherits_to_children=folders and not ace.one_level,
        inherits_to_files=files and not ace.one_level,
    )
