"""inventory.yaml: what it may say, and what it says of each host."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.marked import Marked, parse
from logreach.inventories.files.tables import TABLES, yaml_table
from logreach.inventories.reading import manifest_access
from logreach.inventories.reading.specs import (
    ExportSpec,
    HostSpec,
    Manifest,
    ManifestText,
    SysmonSpec,
)
from logreach.inventories.windows.facts import ChannelState, Role
from logreach.inventories.windows.registry.settings import nearest, settings

MANIFEST = "inventory.yaml"
T = TypeVar("T")
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}")
_MOST_HOSTS_ALIKE = 10_000_000


def read(document: str, source: str = MANIFEST) -> Manifest:
    """Parse inventory.yaml; InputError with all faults of its shape."""
    return ManifestReader(source).manifest(parse(document, source))


@cache
def keys_by_place() -> dict[str, list[str]]:
    """The keys that inventory.yaml and a host's own YAML may hold, by place; and the features."""
    table: dict[str, list[str]] = yaml_table(TABLES / "manifest.yaml", {...: [str]})
    return table


class ManifestReader:
    """Collects faults instead of stopping at the first.

    `costs` says of each fault which value it costs, as 'settings.NAME' or 'role'; '' for any.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.costs: list[str] = []
        self.shape = keys_by_place()

    def fault(self, message: str, line: int, hint: str = "", cost: str = "") -> None:
        """Add a fault of a line; `cost` is the place whose value it costs, '' for any."""
        self.faults.append(Fault(message, self.source, f"line {line}", hint))
        self.costs.append(cost)

    @contextmanager
    def costing(self, place: str) -> Iterator[None]:
        """Faults inside cost no more than this place, unless they name a smaller one."""
        before = len(self.costs)
        yield
        self.costs[before:] = [cost or place for cost in self.costs[before:]]

    def manifest(self, root: Marked) -> Manifest:
        """The whole file; InputError with every fault."""
        fields = self.fields(root, "inventory", "the inventory")
        assume = self.assume(fields.get("assume"))
        shared = self.paths(fields.get("subscriptions"), "subscriptions")
        exports = self.list_of(fields.get("exports"), "exports", self.export)
        hosts = self.list_of(
            fields.get("hosts"), "hosts", lambda entry: self.host(entry, assume, shared)
        )
        if not hosts and not exports and not self.faults:
            hint = "List at least one host under 'hosts:', or an export under 'exports:'."
            self.fault("names no hosts", root.line, hint)
        self.distinct(hosts)
        if self.faults:
            raise InputError(self.faults)
        name = self.text(fields.get("name"), "name")
        return Manifest(name, tuple(hosts), tuple(exports), assume, subscriptions=shared)

    def distinct(self, hosts: list[HostSpec]) -> None:
        """A fault for each host that is named twice."""
        by_name: dict[str, HostSpec] = {}
        for host in hosts:
            first = by_name.setdefault(host.name.casefold(), host)
            if first is not host:
                self.fault(
                    f"host {host.name!r} is named twice (first in line {first.line})", host.line
                )

    def fields(
        self, node: Marked | None, shape: str, what: str, elsewhere: Container[str] = ()
    ) -> dict[str, Marked]:
        """The fields of a mapping that have a value; unknown keys become faults.

        `elsewhere` are keys that are allowed in inventory.yaml alone, which the hint then says.
        """
        if node is None or node.empty:
            return {}
        if node.tag != "map":
            self.fault(f"{what} must be a mapping of keys to values", node.line)
            return {}
        for name in [key for key in node.fields if key not in self.shape[shape]]:
            hint = nearest(name, self.shape[shape])
            message, line = f"unknown key {name!r} for {what}", node.key_lines[name]
            if name in elsewhere:
                hint = "This key is allowed in inventory.yaml only."
                self.fault(message, line, hint, cost=name)
            else:
                self.fault(message, line, hint)
        return {name: value for name, value in node.fields.items() if not value.empty}

    def list_of(
        self, node: Marked | None, what: str, make: Callable[[Marked], T | None]
    ) -> list[T]:
        if node is None or node.empty:
            return []
        if node.tag != "seq":
            self.fault(f"{what} must be a list", node.line, "Begin each entry with '- '.")
            return []
        items = [make(item) for item in node.items]
        return [item for item in items if item is not None]

    def text(self, node: Marked | None, what: str) -> str:
        """A single value as written; '' where it is absent."""
        if node is None or node.empty:
            return ""
        if node.tag in ("seq", "map"):
            self.fault(f"{what} must be a single value", node.line)
            return ""
        return node.text.strip()

    def named(self, node: Marked | None, what: str) -> ManifestText | None:
        """A single value with its line; None where it is absent."""
        value = self.text(node, what)
        return ManifestText(value, node.line) if node is not None and value else None

    def paths(self, node: Marked | None, what: str) -> tuple[ManifestText, ...]:
        """One path, or a list of paths."""
        if node is not None and node.tag == "seq":
            paths = [self.named(path, what) for path in node.items]
            return tuple(path for path in paths if path is not None)
        path = self.named(node, what)
        return () if path is None else (path,)

    def flag(self, node: Marked, what: str) -> bool | None:
        """A truth value; None, with a fault, where it is none."""
        if node.tag == "bool":
            return node.text.casefold() in ("true", "yes", "on")
        self.fault(f"{what} must be true or false", node.line)
        return None

    def number(self, node: Marked, what: str, most: int) -> int | None:
        """A whole number from 1 to `most`; None, with a fault, where it is none."""
        digits = node.text.replace("_", "")
        if (
            node.tag == "int"
            and digits.isdecimal()
            and len(digits) < 17
            and 0 < int(digits) <= most
        ):
            return int(digits)
        self.fault(f"{what} must be a whole number from 1 to {most}", node.line)
        return None

    def export(self, node: Marked) -> ExportSpec | None:
        """An entry of `exports`."""
        fields = self.fields(node, "export", "an export")
        file = self.named(fields.get("file"), "file")
        if file is None:
            self.fault("an export needs 'file'", node.line)
            return None
        columns = self.fields(fields.get("columns"), "columns", "columns")
        return ExportSpec(
            file, {name: self.text(heading, name) for name, heading in columns.items()}
        )

    def assume(self, node: Marked | None) -> int | None:
        """The line that asks for Windows' default audit policy; None where no line does."""
        value = self.text(node, "assume")
        if node is None or not value:
            return None
        if value != "windows-default":
            self.fault(f"cannot assume {value!r}", node.line, "The only value is windows-default.")
        return node.line

    def host(
        self, node: Marked, assume: int | None, shared: tuple[ManifestText, ...]
    ) -> HostSpec | None:
        fields = self.fields(node, "host", "a host")
        name = self.text(fields.get("name"), "name")
        if not name:
            if node.tag == "map":
                self.fault("a host needs 'name'", node.line)
            return None
        count = self.number(fields["count"], "count", _MOST_HOSTS_ALIKE) if "count" in fields else 1
        subscriptions, none_line = self.forwarding(fields.get("subscriptions"))
        return HostSpec(
            name=name,
            line=node.line,
            count=count or 1,
            os=self.os(fields.get("os")),
            role=self.role(fields.get("role")),
            audit_policy=self.paths(fields.get("audit_policy"), "audit_policy"),
            gpo=self.paths(fields.get("gpo"), "gpo"),
            files=self.paths(fields.get("files"), "files"),
            folder=self.named(fields.get("folder"), "folder"),
            sacls=self.paths(fields.get("sacls"), "sacls"),
            subscriptions=subscriptions or (),
            shared_subscriptions=shared if subscriptions is None else (),
            no_forwarding=none_line,
            settings=self.settings(fields.get("settings")),
            features=self.features(fields.get("features")),
            channels=self.channels(fields.get("channels")),
            channel_access=manifest_access.lists(fields.get("channels"), self.fault),
            event_log_readers=self.accounts(fields.get("event_log_readers")),
            sysmon=self.sysmon(fields.get("sysmon")),
            assume_defaults=self.assume(fields.get("assume")) or assume,
        )

    def forwarding(self, node: Marked | None) -> tuple[tuple[ManifestText, ...] | None, int | None]:
        """The paths of `subscriptions` (None: absent), and the line that says 'none'."""
        if node is None:
            return None, None
        if node.tag not in ("seq", "map") and node.text.strip().casefold() == "none":
            return (), node.line
        return self.paths(node, "subscriptions"), None

    def os(self, node: Marked | None) -> ManifestText | None:
        """A product name, a version or a build, or a mapping of these."""
        if node is None:
            return None
        if node.tag != "map":
            return self.named(node, "os")
        return self.system(self.fields(node, "os", "os"))

    def system(self, fields: dict[str, Marked]) -> ManifestText | None:
        """Product, version and build, joined to one text."""
        words = {name: self.text(field, f"os {name}") for name, field in fields.items()}
        build = words.get("build", "")
        if build and words.get("revision"):
            build = f"{build}.{words['revision']}"
        description = " ".join(filter(None, (words.get("product"), words.get("version"), build)))
        line = min((field.line for field in fields.values()), default=0)
        return ManifestText(description, line) if description else None

    def role(self, node: Marked | None) -> tuple[Role, int] | None:
        """The role with its line."""
        role = self.text(node, "role")
        if node is None or not role:
            return None
        if role not in list(Role):
            self.fault(f"unknown role {role!r}", node.line, nearest(role, list(Role)))
            return None
        return Role(role), node.line

    def settings(self, node: Marked | None) -> dict[str, tuple[Scalar, int]]:
        """Settings by name, each with its line."""
        values: dict[str, tuple[Scalar, int]] = {}
        for name, written in self.mapping(node, "settings").items():
            setting = settings().get(name)
            if setting is None:
                self.fault(f"unknown setting {name!r}", written.line, nearest(name, settings()))
                continue
            value = _scalar(written)
            if value is None or not setting.accepts(value):
                kinds = {"bool": "true or false", "int": "a whole number"}
                message = f"setting {name} must be {kinds.get(setting.kind, 'text')}"
                self.fault(message, written.line, cost=f"settings.{name}")
                continue
            values[name] = (value, written.line)
        return values

    def features(self, node: Marked | None) -> dict[str, tuple[bool, int]]:
        """Features by name, each with its line."""
        names = self.shape["features"]
        states: dict[str, tuple[bool, int]] = {}
        for name, written in self.mapping(node, "features").items():
            if name not in names:
                self.fault(f"unknown feature {name!r}", written.line, nearest(name, names))
                continue
            with self.costing(f"features.{name}"):
                value = self.flag(written, f"feature {name}")
            if value is not None:
                states[name] = (value, written.line)
        return states

    def channels(self, node: Marked | None) -> dict[str, tuple[ChannelState, int]]:
        """Channels by name, each with its line."""
        states: dict[str, tuple[ChannelState, int]] = {}
        for name, written in self.mapping(node, "channels").items():
            with self.costing(f"channels.{name}"):
                states[name] = (self.channel(name, written), written.line)
        return states

    def accounts(self, node: Marked | None) -> tuple[tuple[str, ...], int] | None:
        """The accounts of a group with the line, () for 'none'; None where it is not told."""
        names = tuple(path.text for path in self.paths(node, "event_log_readers"))
        if node is None or not names:
            return None
        return (() if names[0].casefold() == "none" else names), node.line

    def channel(self, name: str, written: Marked) -> ChannelState:
        """The state of one channel: whether it is enabled, or a mapping."""
        if written.tag == "bool":
            return ChannelState(enabled=self.flag(written, name))
        fields = self.fields(written, "channel", f"channel {name}")
        on, size = fields.get("enabled"), fields.get("max_bytes")
        return ChannelState(
            enabled=self.flag(on, "enabled") if on else None,
            max_bytes=self.number(size, "max_bytes", 2**50) if size else None,
            retention=self.text(fields.get("retention"), "retention") or None,
        )

    def mapping(self, node: Marked | None, what: str) -> dict[str, Marked]:
        """The values of a mapping by name, without empty ones."""
        if node is None or node.empty:
            return {}
        if node.tag != "map":
            self.fault(f"{what} must be a mapping of names to values", node.line)
            return {}
        return {name: value for name, value in node.fields.items() if not value.empty}

    def sysmon(self, node: Marked | None) -> SysmonSpec | None:
        """What is stated of Sysmon: 'none', or a mapping."""
        if node is None:
            return None
        if node.tag != "map":
            word = self.text(node, "sysmon").casefold()
            if word in ("none", "no", "false"):
                return SysmonSpec(node.line, installed=False)
            hint = "Write 'none', or {version: '15.15', config: ws/sysmon.xml}."
            self.fault("sysmon must be a mapping or 'none'", node.line, hint)
            return None
        fields = self.fields(node, "sysmon", "sysmon")
        version = self.text(fields.get("version"), "version")
        if version and not _VERSION.fullmatch(version.removeprefix("v")):
            self.fault(f"{version!r} is no Sysmon version", node.line, "Write it like '15.15'.")
        inbox = fields.get("inbox")
        return SysmonSpec(
            node.line,
            version=version.removeprefix("v") or None,
            config=self.named(fields.get("config"), "config"),
            inbox=bool(self.flag(inbox, "inbox")) if inbox else False,
        )


def _scalar(node: Marked) -> Scalar | None:
    if node.tag == "seq":
        texts = [item.text for item in node.items]
        return ";".join(texts) if all(texts) else None
    if node.tag == "map":
        return None
    if node.tag == "bool":
        return node.text.casefold() in ("true", "yes", "on")
    if node.tag == "int":
        try:
            return int(node.text, 0)
        except ValueError:
            return None
    return node.text
