"""The SACLs that an inventory contains, and the coverage of an access that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.platforms.windows.sacls.needs import AccessNeed
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SACL, Ace, Sacl
from logreach.inventories.windows.objects.object_names import ObjectName, is_domain, normal, parents

_SEPARATOR = "\\"
DOMAIN_CLASS = "ad:DOMAINDNS"
"""The class of the domains' own root objects."""


@dataclass(frozen=True, slots=True)
class AccessCoverage:
    """Whether audit entries cover an access, and why.

    `remedy` adds exactly the missing entry, if it can be added; `missing` is the fact that would
    settle an unknown.
    """

    verdict: Verdict
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy | None = None
    missing: FactKey[object] | None = None


@dataclass(slots=True)
class KnownSacls:
    """The SACLs of an inventory, by the normal names of their objects."""

    facts: Facts
    by_name: dict[str, tuple[FactKey[object], Known[Sacl]]] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        for written, fact in self.facts.of_family(SACL):
            object_name = normal(written)
            name = object_name.name if object_name else written
            if self._is_stronger(name, fact):
                self.by_name[name] = (SACL(written), fact)
        for name, (_, fact) in list(self.by_name.items()):
            if fact.value.spread:
                self._spread(name, fact.value.aces)

    def _is_stronger(self, name: str, fact: Known[Sacl]) -> bool:
        """If an object stands under two spellings, the stronger fact is kept."""
        present = self.get(name)
        return present is None or fact.strength > present.strength

    def get(self, name: str) -> Known[Sacl] | None:
        entry = self.by_name.get(name)
        return entry[1] if entry else None

    def key(self, name: str) -> FactKey[object]:
        """The key of the object's SACL, spelled as in the inventory if it is there."""
        entry = self.by_name.get(name)
        return entry[0] if entry else SACL(name)

    def below(self, container: ObjectName) -> Iterator[tuple[ObjectName, Known[Sacl]]]:
        """Objects below a container with their SACLs; for a directory class, all below domains."""
        for name, (_, fact) in sorted(self.by_name.items()):
            child = normal(name)
            if child is not None and child.kind == container.kind and _is_below(child, container):
                yield child, fact

    def _spread(self, name: str, aces: tuple[Ace, ...]) -> None:
        """Pass entries that a remedy adds on to the known SACLs below, as Windows then does."""
        container = normal(name)
        for child, fact in list(self.below(container)) if container is not None else ():
            above = parents(child)
            if name not in above:  # a class of objects, whose containers are not known
                continue
            levels = above.index(name) + 1
            between = filter(None, map(self.get, above[: levels - 1]))
            if fact.value.protected or any(sacl.value.protected for sacl in between):
                continue
            inherited = filter(None, (_inherited(ace, child, levels) for ace in aces))
            merged = tuple(dict.fromkeys((*fact.value.aces, *inherited)))
            spread = replace(fact, value=replace(fact.value, aces=merged))
            self.by_name[child.name] = (self.key(child.name), spread)


@lru_cache(maxsize=16)
def known_sacls(facts: Facts) -> KnownSacls:
    """The SACLs in the facts of one host."""
    return KnownSacls(facts)


def may_matter(written: str, need: AccessNeed) -> bool:
    """Whether the SACL of an object can matter to an access; False is certain.

    An object takes entries from those above it, and those below it may lack them.
    """
    sacl_object, name = normal(written), need.name
    if sacl_object is None or sacl_object.kind == "global":
        return sacl_object is None or sacl_object.name == f"global:{need.kind}"
    if name is None or sacl_object.kind not in ("key", "file"):
        return sacl_object.kind == (name.kind if name else need.kind)
    lower, upper = (
        f"{path.rstrip(_SEPARATOR)}{_SEPARATOR}" for path in (sacl_object.name, name.name)
    )
    return lower.startswith(upper) or upper.startswith(lower)


def is_complete(fact: Known[Sacl]) -> bool:
    """Whether the fact is the object's entire SACL; a policy only adds to inherited entries."""
    return fact.assumed or fact.strength > Strength.POLICY


def ends_inheritance(fact: Known[Sacl]) -> bool:
    """Whether containers add nothing to a SACL: it shows inherited entries, or is protected."""
    return is_complete(fact) or fact.value.protected


def _is_below(child: ObjectName, container: ObjectName) -> bool:
    if container.name.startswith("ad:"):
        above = parents(child)
        return bool(above) and is_domain(above[-1])
    if container.kind == "ad":
        return container.name in parents(child)
    return child.name.startswith(f"{container.name.rstrip(chr(92))}{chr(92)}")


def _inherited(ace: Ace, child: ObjectName, levels: int) -> Ace | None:
    """An entry as an object inherits it from `levels` above; None if it does not."""
    to_folders = ace.inherits_to_children
    to_files = ace.inherits_to_files and child.kind == "file"
    if not (to_folders or to_files) or (ace.one_level and levels > 1):
        return None
    # A file path may name a folder or a file, so that only an entry for both surely applies.
    applies = (to_folders and to_files) if child.kind == "file" else not ace.inherited_type
    return replace(
        ace,
        applies_here=applies,
        inherits_to_children=to_folders and not ace.one_level,
        inherits_to_files=to_files and not ace.one_level,
    )
