"""The entries of inventory.yaml, parsed: hosts and device lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.inventories.facts.values import Scalar
from logreach.inventories.windows.facts import ChannelState, Role


@dataclass(frozen=True, slots=True)
class ManifestText:
    """A text of the manifest with its line: a path, a system, a version."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class SysmonSpec:
    """What the manifest states of Sysmon; `installed` False for 'none'."""

    line: int
    installed: bool = True
    version: str | None = None
    config: ManifestText | None = None
    inbox: bool = False


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One entry of `hosts`; None and empty mean that the key is absent.

    `shared_subscriptions` are those of the whole inventory, for a host that names none itself.
    `full_name` is its name with its domain, '' where no source has it; `twins` are other hosts of
    the same short name.
    """

    name: str
    line: int
    count: int = 1
    os: ManifestText | None = None
    role: tuple[Role, int] | None = None
    audit_policy: tuple[ManifestText, ...] = ()
    gpo: tuple[ManifestText, ...] = ()
    files: tuple[ManifestText, ...] = ()
    folder: ManifestText | None = None
    sacls: tuple[ManifestText, ...] = ()
    subscriptions: tuple[ManifestText, ...] = ()
    shared_subscriptions: tuple[ManifestText, ...] = ()
    no_forwarding: int | None = None
    settings: dict[str, tuple[Scalar, int]] = field(default_factory=dict)
    features: dict[str, tuple[bool, int]] = field(default_factory=dict)
    channels: dict[str, tuple[ChannelState, int]] = field(default_factory=dict)
    channel_access: dict[str, ManifestText] = field(default_factory=dict)
    event_log_readers: tuple[tuple[str, ...], int] | None = None
    sysmon: SysmonSpec | None = None
    assume_defaults: int | None = None
    full_name: str = ""
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A list of devices from an asset system; `columns` maps our names to its headings."""

    file: ManifestText
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """inventory.yaml, or what is derived from the folder where there is none.

    `assume_defaults` is the line that asks for it; `left_over` are files that belong to no host;
    `subscriptions` are those of every host that names none.
    """

    name: str = ""
    hosts: tuple[HostSpec, ...] = ()
    exports: tuple[ExportSpec, ...] = ()
    assume_defaults: int | None = None
    left_over: tuple[str, ...] = ()
    subscriptions: tuple[ManifestText, ...] = ()
