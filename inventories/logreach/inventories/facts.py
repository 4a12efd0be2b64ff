"""Facts about one host: typed values, each with its evidence, or a typed 'missing'.

Readers yield `Statement`s; `Facts.of` settles them. A fact that nobody states is `Missing`,
which is neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Generic, NamedTuple, TypeVar, cast

from logreach.inventories.faults import Fault
from logreach.inventories.subscriptions import Forwarding


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from.

    `source` is a path relative to the inventory, `sha256` the hex digest of that file's bytes,
    `where` the line, record or key, `quote` the words found there (shortened by the reader).
    """

    source: str
    sha256: str = ""
    where: str = ""
    quote: str = ""

    def __str__(self) -> str:
        text = " ".join(part for part in (self.source, self.where) if part)
        return f"{text}: {self.quote}" if self.quote else text


class Strength(IntEnum):
    """How near a source stands to what the host really does; the nearer wins.

    ASSUMED: a default of the operating system. POLICY: what a GPO asks for. DECLARED: what the
    inventory's own YAML says. OBSERVED: what the host itself printed.
    """

    ASSUMED = 0
    POLICY = 1
    DECLARED = 2
    OBSERVED = 3


class FactKind(StrEnum):
    """The families of facts; `FactKey.name` says which one of the family."""

    OS = "os"
    ROLE = "role"
    FEATURE = "feature"  # name: 'ad-cs', 'nps', ...; value: bool
    AUDIT = "audit"  # name: subcategory GUID, upper case without braces
    LEGACY_AUDIT = "legacy-audit"  # name: category as secedit writes it, 'AuditObjectAccess'
    SETTING = "setting"  # name: from tables/settings.yaml; value: bool, int or str
    SYSMON = "sysmon"
    CHANNEL = "channel"  # name: the channel's full name
    SACL = "sacl"  # name: the object's path, upper case; or 'global:file', 'global:key'
    FORWARDING = "forwarding"


class FactKey(NamedTuple):
    """The name of one fact of a host; a tuple, as every question to a host makes one."""

    kind: FactKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


class OsKind(StrEnum):
    CLIENT = "client"
    SERVER = "server"


class Role(StrEnum):
    WORKSTATION = "workstation"
    SERVER = "server"
    DOMAIN_CONTROLLER = "domain-controller"


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """A Windows release: `build` as `ver` prints it (22631), `revision` the part behind it."""

    product: str
    release: str
    kind: OsKind
    nt_version: str
    build: int
    revision: int | None = None

    def __str__(self) -> str:
        name = f"{self.product} {self.release}".strip()
        dot = "" if self.revision is None else f".{self.revision}"
        return f"{name} (build {self.build}{dot})"


@dataclass(frozen=True, slots=True)
class AuditSetting:
    """What one audit subcategory (or legacy category) records."""

    success: bool
    failure: bool

    def __str__(self) -> str:
        both = {(True, True): "Success and Failure", (True, False): "Success"}
        return both.get((self.success, self.failure), "Failure" if self.failure else "No Auditing")


@dataclass(frozen=True, slots=True)
class SysmonState:
    """Sysmon on a host.

    `version` is the binary's ('15.15'), None where not told. `config` is the configuration's XML
    text, None where not told; `config_source` its path, `config_sha256` that file's digest, ''
    where it was not read from one. `config_loaded` says whether the host
    itself has loaded this very file, None where it does not tell. `inbox` marks the optional
    feature of Windows itself.
    """

    installed: bool
    version: str | None = None
    config: str | None = field(default=None, repr=False)
    config_source: str = ""
    inbox: bool = False
    config_loaded: bool | None = None
    config_sha256: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """An event log channel; sizes in bytes. None: not told."""

    enabled: bool | None = None
    max_bytes: int | None = None
    retention: str | None = None


@dataclass(frozen=True, slots=True)
class Ace:
    """One audit entry of a SACL.

    `rights` is the access mask, `principal` a SID or account name as written, `object_type` and
    `inherited_type` GUIDs of directory objects ('' for all). Containers below (keys, folders,
    directory objects) inherit it where `inherits_to_children`, files where `inherits_to_files`;
    with `one_level` only those directly below. `condition` is a conditional entry's, as written.
    """

    principal: str
    rights: int
    success: bool
    failure: bool
    inherits_to_children: bool = False
    applies_here: bool = True
    object_type: str = ""
    inherited_type: str = ""
    inherits_to_files: bool = False
    one_level: bool = False
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Sacl:
    """The audit entries on one object, as far as they were read; empty: there are none.

    `protected` says that the object inherits none. `spread` is of a list that a remedy makes:
    what lies below has taken its entries, unless a list between is protected.
    """

    aces: tuple[Ace, ...]
    protected: bool = field(default=False, repr=False)
    spread: bool = field(default=False, repr=False)


Scalar = bool | int | str
FactValue = (
    OperatingSystem | Role | AuditSetting | SysmonState | ChannelState | Sacl | Forwarding | Scalar
)

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Known(Generic[V]):
    """A fact that somebody states."""

    value: V
    evidence: tuple[Evidence, ...] = ()
    strength: Strength = Strength.OBSERVED

    @property
    def assumed(self) -> bool:
        """True where the value is only a default of the operating system."""
        return self.strength is Strength.ASSUMED


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that nobody states; `reason` says why, `fault` what was wrong with the input."""

    reason: str
    fault: Fault | None = None


Fact = Known[V] | Missing


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one fact. Among equals the later one wins (GPO order)."""

    key: FactKey
    value: FactValue
    evidence: Evidence
    strength: Strength = Strength.OBSERVED


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree; `kept` is believed."""

    key: FactKey
    kept: Statement
    dropped: Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one input: statements, and the faults that cost others.

    `missing` names whole families or single facts that the input should have told and could
    not; FactKey(kind, '') stands for every fact of that kind.
    """

    statements: tuple[Statement, ...] = ()
    faults: tuple[Fault, ...] = ()
    missing: tuple[tuple[FactKey, Missing], ...] = ()


_FAMILIES = {kind: FactKey(kind) for kind in FactKind}
_UNTOLD = Missing("the inventory does not say")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All facts of one host, settled. Look up with the typed accessors.

    Two are equal only where they are the same, so that what follows from one can be remembered.
    """

    known: Mapping[FactKey, Known[FactValue]] = field(default_factory=dict)
    missing: Mapping[FactKey, Missing] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def of(
        cls,
        statements: Iterable[Statement],
        missing: Iterable[tuple[FactKey, Missing]] = (),
    ) -> Facts:
        """Settle statements: the strongest wins, among equals the last; conflicts are kept."""
        best: dict[FactKey, list[Statement]] = {}
        conflicts: list[Conflict] = []
        for new in statements:
            agreed = best.setdefault(new.key, [])
            if not agreed or agreed[0].value == new.value:
                agreed.append(new)
                continue
            old = max(agreed, key=lambda statement: statement.strength)
            if new.strength >= old.strength:
                conflicts.append(Conflict(new.key, kept=new, dropped=old))
                best[new.key] = [new]
            else:
                conflicts.append(Conflict(new.key, kept=old, dropped=new))
        return cls(
            known={
                key: Known(
                    agreed[0].value,
                    tuple(dict.fromkeys(one.evidence for one in agreed)),
                    max(one.strength for one in agreed),
                )
                for key, agreed in best.items()
            },
            missing=dict(missing),
            conflicts=tuple(conflicts),
        )

    def get(self, key: FactKey) -> Fact[FactValue]:
        """The fact itself, or why it is missing."""
        known = self.known.get(key)
        if known is not None:
            return known
        if self.missing:
            for wanted in (key, _FAMILIES[key.kind]):
                if wanted in self.missing:
                    return self.missing[wanted]
        return _UNTOLD

    def stating(self, key: FactKey, value: FactValue) -> Facts:
        """These facts, with one of them changed: what a remedy would make of them."""
        known = {**self.known, key: Known(value, (Evidence("as changed"),))}
        return Facts(known, self.missing, self.conflicts)

    def of_kind(self, kind: FactKind) -> Iterator[tuple[str, Known[FactValue]]]:
        """Every known fact of a family, by name."""
        for key in sorted(key for key in self.known if key.kind is kind):
            yield key.name, self.known[key]

    def os(self) -> Fact[OperatingSystem]:
        return self._typed(_FAMILIES[FactKind.OS], OperatingSystem)

    def role(self) -> Fact[Role]:
        return self._typed(_FAMILIES[FactKind.ROLE], Role)

    def feature(self, name: str) -> Fact[bool]:
        return self._typed(FactKey(FactKind.FEATURE, name), bool)

    def audit(self, guid: str) -> Fact[AuditSetting]:
        return self._typed(FactKey(FactKind.AUDIT, guid), AuditSetting)

    def setting(self, name: str) -> Fact[Scalar]:
        fact = self.get(FactKey(FactKind.SETTING, name))
        if isinstance(fact, Missing):
            return fact
        if not isinstance(fact.value, bool | int | str):
            raise TypeError(f"setting {name} holds {type(fact.value).__name__}")
        return Known(fact.value, fact.evidence, fact.strength)

    def sysmon(self) -> Fact[SysmonState]:
        return self._typed(_FAMILIES[FactKind.SYSMON], SysmonState)

    def channel(self, name: str) -> Fact[ChannelState]:
        return self._typed(FactKey(FactKind.CHANNEL, name), ChannelState)

    def sacl(self, name: str) -> Fact[Sacl]:
        return self._typed(FactKey(FactKind.SACL, name), Sacl)

    def forwarding(self) -> Fact[Forwarding]:
        return self._typed(_FAMILIES[FactKind.FORWARDING], Forwarding)

    def _typed(self, key: FactKey, kind: type[V]) -> Fact[V]:
        fact = self.get(key)
        if isinstance(fact, Missing):
            return fact
        if not isinstance(fact.value, kind):
            raise TypeError(f"fact {key} holds {type(fact.value).__name__}, not {kind.__name__}")
        return cast("Known[V]", fact)


@dataclass(frozen=True, slots=True)
class Host:
    """A host, or `count` hosts that are alike."""

    name: str
    count: int
    facts: Facts
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: path relative to the inventory, SHA-256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """An organisation's hosts, every file that was read, and every fault found on the way.

    `notes` tell what is left out and nothing is wrong with.
    """

    name: str
    hosts: tuple[Host, ...]
    files: tuple[InputFile, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
