"""What is known of a Windows host: the types and the keys of its facts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from logreach.inventories.facts.keys import FactFamily, single_fact
from logreach.inventories.facts.values import Scalar, StructuredValue
from logreach.inventories.files.wording import counted
from logreach.inventories.windows import log_access


class OsKind(StrEnum):
    CLIENT = "client"
    SERVER = "server"


class Role(StrEnum):
    WORKSTATION = "workstation"
    SERVER = "server"
    DOMAIN_CONTROLLER = "domain-controller"


@dataclass(frozen=True, slots=True)
class OperatingSystem(StructuredValue):
    """A Windows release: `build` as `ver` prints it (22631), `revision` the part behind it."""

    product: str
    release: str
    kind: OsKind
    nt_version: str
    build: int
    revision: int | None = None

    def __hash__(self) -> int:
        # Each of 1,900 fields of events asks by it; the build alone tells most systems apart.
        return self.build

    def __str__(self) -> str:
        name = f"{self.product} {self.release}".strip()
        dot = "" if self.revision is None else f".{self.revision}"
        return f"{name} (build {self.build}{dot})"

    def for_grouping(self) -> OperatingSystem:
        """Verdicts read the build and the kind, however the product is spelled."""
        return replace(self, product="", release="", revision=None)


@dataclass(frozen=True, slots=True)
class AuditSetting(StructuredValue):
    """What one audit subcategory (or legacy category) records."""

    success: bool
    failure: bool

    def __str__(self) -> str:
        both = {(True, True): "Success and Failure", (True, False): "Success"}
        return both.get((self.success, self.failure), "Failure" if self.failure else "No Auditing")

    def added_to(self, current: object) -> AuditSetting:
        """A remedy turns on an outcome; the other outcome stays as it is."""
        if not isinstance(current, AuditSetting):
            return self
        return AuditSetting(current.success or self.success, current.failure or self.failure)

    def exceeds(self, other: object) -> bool:
        """Whether this setting records all that another does, and more."""
        if not isinstance(other, AuditSetting):
            return False
        return self != other and self.success >= other.success and self.failure >= other.failure


@dataclass(frozen=True, slots=True)
class AuditOrigin:
    """What the policies of a host ask of one audit subcategory, and which GPO to change for it.

    `gpo` is that GPO's display name, '' where none is known. `asked` is what they set the
    subcategory itself to. `category` is the legacy category that contests it, set by
    `category_gpo`; '' where none is set or subcategories are known to override. `by_category`:
    only the category can change it on this host.
    """

    gpo: str
    asked: AuditSetting | None = None
    category: str = ""
    category_gpo: str = ""
    by_category: bool = False


@dataclass(frozen=True, slots=True)
class AuditOrigins(StructuredValue):
    """Which policies decide a host's audit policy: by the subcategory's GUID.

    `force_gpo` is the GPO in which to have subcategories override categories, `category_gpos`
    those that set legacy categories.
    """

    by_guid: tuple[tuple[str, AuditOrigin], ...]
    force_gpo: str = ""
    category_gpos: tuple[str, ...] = ()

    def of(self, guid: str) -> AuditOrigin | None:
        """The origin of one subcategory; None where no policy of the host says anything of it."""
        return next((origin for name, origin in self.by_guid if name == guid), None)

    def in_words(self) -> str:
        """'GPO Baseline, GPO Servers'."""
        names = dict.fromkeys(
            name for _, origin in self.by_guid for name in (origin.gpo, origin.category_gpo) if name
        )
        return ", ".join(f"GPO {name}" for name in names) or "a policy without a name"


class KeptEvents(Protocol):
    """Events of one kind that a change of a sensor's configuration lets through."""

    @property
    def event(self) -> Hashable:
        """Their kind: sets of two kinds have no event in common."""
        ...

    def covers(self, other: object) -> bool:
        """Whether every event of another set is surely in this one."""
        ...


def _all_covered(less: Iterable[KeptEvents], more: Collection[KeptEvents]) -> bool:
    return all(any(wide.covers(narrow) for wide in more) for narrow in less)


@dataclass(frozen=True, slots=True)
class SysmonState(StructuredValue):
    """Sysmon on a host.

    `version` is the binary's ('15.15'), None where not told. `config` is the configuration's XML
    text, None where not told; `config_source` its path, `config_sha256` that file's digest, ''
    where it was not read from one. `config_loaded` says whether the host
    itself has loaded this very file, None where it does not tell. `inbox` marks the optional
    feature of Windows itself. `keeps_also` is only in what a remedy makes of it: events that the
    changed configuration keeps besides.
    """

    installed: bool
    version: str | None = None
    config: str | None = field(default=None, repr=False)
    config_source: str = ""
    inbox: bool = False
    config_loaded: bool | None = None
    config_sha256: str = field(default="", repr=False)
    keeps_also: tuple[KeptEvents, ...] = field(default=(), repr=False)

    def for_grouping(self) -> SysmonState:
        """Verdicts read the configuration itself, wherever its file lies."""
        return replace(self, config_source="", config_sha256="")

    def added_to(self, current: object) -> SysmonState:
        """A remedy has the configuration keep more, or another version run the one there is."""
        if not isinstance(current, SysmonState):
            return self
        if current.installed and self.version and self.config is None:
            return replace(current, version=self.version)
        if not self.keeps_also:
            return self
        kept = tuple(dict.fromkeys((*current.keeps_also, *self.keeps_also)))
        return replace(current, keeps_also=kept)

    def exceeds(self, other: object) -> bool:
        """Whether this change has a configuration keep all that another does, and more."""
        if not isinstance(other, SysmonState) or not (self.keeps_also and other.keeps_also):
            return False
        mine, theirs = self.keeps_also, other.keeps_also
        return _all_covered(theirs, mine) and not _all_covered(mine, theirs)

    def topics(self) -> Set[Hashable]:
        """The kinds of events that a changed configuration keeps besides."""
        return {kept.event for kept in self.keeps_also}

    def in_words(self) -> str:
        """'15.15, configuration read'."""
        if self.keeps_also:
            return f"the configuration keeps {'; '.join(map(str, self.keeps_also))}"
        if not self.installed:
            return "not installed"
        config = "configuration not told"
        if self.config is not None:
            loaded = {True: ", and it is the one loaded", False: ", but another one is loaded"}
            config = "configuration read" + (
                "" if self.config_loaded is None else loaded[self.config_loaded]
            )
        return f"{self.version or 'version not told'}, {config}"


@dataclass(frozen=True, slots=True)
class ChannelState(StructuredValue):
    """An event log channel; sizes in bytes. None: not told."""

    enabled: bool | None = None
    max_bytes: int | None = None
    retention: str | None = None

    def added_to(self, current: object) -> ChannelState:
        """A remedy sets what it tells; the rest stays as it is."""
        if not isinstance(current, ChannelState):
            return self
        return ChannelState(
            current.enabled if self.enabled is None else self.enabled,
            current.max_bytes if self.max_bytes is None else self.max_bytes,
            current.retention if self.retention is None else self.retention,
        )

    def in_words(self) -> str:
        """'enabled, at most 20 MiB, overwrites the oldest'."""
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        yield {None: "not told", True: "enabled", False: "disabled"}[self.enabled]
        if self.max_bytes is not None:
            yield f"at most {self.max_bytes / 2**20:g} MiB"
        if self.retention:
            yield self.retention


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
class Sacl(StructuredValue):
    """The audit entries on one object, as far as they were read; empty: there are none.

    `protected` says that the object inherits none. `spread` is of a list that a remedy makes:
    what lies below has taken its entries, unless a list between is protected.
    """

    aces: tuple[Ace, ...]
    protected: bool = field(default=False, repr=False)
    spread: bool = field(default=False, repr=False)

    def added_to(self, current: object) -> Sacl:
        """A remedy adds entries; those that are there stay."""
        if not isinstance(current, Sacl):
            return self
        aces = tuple(dict.fromkeys((*current.aces, *self.aces)))
        return Sacl(aces, current.protected or self.protected, current.spread or self.spread)

    def in_words(self) -> str:
        """'3 audit entries'."""
        return counted(len(self.aces), "audit entry", "audit entries")


OS = single_fact("os", OperatingSystem)
ROLE = single_fact("role", Role)
FEATURE = FactFamily("feature", bool)
"""By the feature's name in tables/features.yaml: 'ad-cs', 'nps'."""
AUDIT = FactFamily("audit", AuditSetting)
"""By the subcategory's GUID, upper case without braces."""
LEGACY_AUDIT = FactFamily("legacy-audit", AuditSetting)
"""By the category as secedit writes it: 'AuditObjectAccess'."""
AUDIT_ORIGINS = single_fact("audit-origins", AuditOrigins)
"""Told by no file: worked out of the policies of a host that has any."""
SETTING: FactFamily[Scalar] = FactFamily("setting", bool, int, str)
"""By the setting's name in tables/settings.yaml."""
SYSMON = single_fact("sysmon", SysmonState)
CHANNEL = FactFamily("channel", ChannelState)
"""By the channel's full name."""
SACL = FactFamily("sacl", Sacl)
"""By the object's path, upper case; or 'global:file', 'global:key'."""

REGISTRY_FAMILIES: tuple[FactFamily[object], ...] = (
    SETTING,
    CHANNEL,
    log_access.CHANNEL_ACCESS,
    log_access.STORED_ACCESS,
)
"""What values of the registry state, whichever file holds them."""
FAMILIES: tuple[FactFamily[object], ...] = (
    OS.family,
    ROLE.family,
    FEATURE,
    AUDIT,
    LEGACY_AUDIT,
    SETTING,
    SYSMON.family,
    CHANNEL,
    SACL,
    *log_access.FAMILIES,
)
"""Every family that files of a Windows host may state."""
