"""What an inventory says of each host and list, parsed: the shape of inventory.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.inventories.facts.values import Scalar
from logreach.inventories.windows.facts import ChannelState, Role


@dataclass(frozen=True, slots=True)
class Named:
    """A word or a path of the manifest and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class SysmonSpec:
    """What the manifest says of Sysmon; `installed` False for 'none'."""

    line: int
    installed: bool = True
    version: str | None = None
    config: Named | None = None
    inbox: bool = False


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One entry of `hosts`; None and empty mean that nothing is said.

    `shared_subscriptions` are those named for the whole inventory, where the host names none.
    `full_name` is its name with its domain, as far as any source tells it; `twins` are other hosts
    of the same short name.
    """

    name: str
    line: int
    count: int = 1
    os: Named | None = None
    role: tuple[Role, int] | None = None
    audit_policy: tuple[Named, ...] = ()
    gpo: tuple[Named, ...] = ()
    files: tuple[Named, ...] = ()
    folder: Named | None = None
    sacls: tuple[Named, ...] = ()
    subscriptions: tuple[Named, ...] = ()
    shared_subscriptions: tuple[Named, ...] = ()
    no_forwarding: int | None = None
    settings: dict[str, tuple[Scalar, int]] = field(default_factory=dict)
    features: dict[str, tuple[bool, int]] = field(default_factory=dict)
    channels: dict[str, tuple[ChannelState, int]] = field(default_factory=dict)
    sysmon: SysmonSpec | None = None
    assume_defaults: int | None = None
    full_name: str = ""
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A list of devices from an asset system; `columns` maps our names to its headings."""

    file: Named
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of inventory.yaml, or what stands for it where there is none.

    `assume_defaults` is the line that asks for it; `left_over` are files that belong to no host;
    `subscriptions` are those of every host that names none.
    """

    name: str = ""
    hosts: tuple[HostSpec, ...] = ()
    exports: tuple[ExportSpec, ...] = ()
    assume_defaults: int | None = None
    left_over: tuple[str, ...] = ()
    subscriptions: tuple[Named, ...] = ()
