"""inventory.yaml: what it may say, and what it says of each host."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from functools import cache
from typing import TypeVar

from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.marked import Marked, parse
from logreach.inventories.files.tables import TABLES, yaml_table
from logreach.inventories.reading.specs import ExportSpec, HostSpec, Manifest, Named, SysmonSpec
from logreach.inventories.windows.facts import ChannelState, Role
from logreach.inventories.windows.registry.settings import nearest, settings

MANIFEST = "inventory.yaml"
T = TypeVar("T")
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}")
_MOST_HOSTS_ALIKE = 10_000_000


def read(text: str, source: str = MANIFEST) -> Manifest:
    """Parse inventory.yaml; InputError with all faults of its shape."""
    return _Reader(source).manifest(parse(text, source))


def read_host_file(text: str, source: str) -> HostSpec:
    """Parse the YAML of a single host; InputError with all faults of its shape."""
    return _Reader(source).host_file(parse(text, source))


@cache
def keys_by_place() -> dict[str, list[str]]:
    """The keys that inventory.yaml and a host's own YAML may hold, by place; and the features."""
    table: dict[str, list[str]] = yaml_table(TABLES / "manifest.yaml", {...: [str]})
    return table


class _Reader:
    """Collects faults instead of stopping at the first."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.shape = keys_by_place()

    def fault(self, message: str, line: int, hint: str = "") -> None:
        self.faults.append(Fault(message, self.source, f"line {line}", hint))

    def manifest(self, root: Marked) -> Manifest:
        fields = self.fields(root, "inventory", "the inventory")
        assume = self.assume(fields.get("assume"))
        shared = self.paths(fields.get("subscriptions"), "subscriptions")
        exports = self.list_of(fields.get("exports"), "exports", self.export)
        hosts = self.list_of(
            fields.get("hosts"), "hosts", lambda one: self.host(one, assume, shared)
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
        seen: dict[str, HostSpec] = {}
        for host in hosts:
            first = seen.setdefault(host.name.casefold(), host)
            if first is not host:
                self.fault(
                    f"host {host.name!r} is named twice (first in line {first.line})", host.line
                )

    def fields(
        self, node: Marked | None, shape: str, what: str, elsewhere: Container[str] = ()
    ) -> dict[str, Marked]:
        """A mapping's fields that are known and say something.

        Those that only an entry `elsewhere` may have are told apart from unknown ones.
        """
        if node is None or node.empty:
            return {}
        if node.tag != "map":
            self.fault(f"{what} must be a mapping of keys to values", node.line)
            return {}
        for name in [one for one in node.fields if one not in self.shape[shape]]:
            hint = nearest(name, self.shape[shape])
            if name in elsewhere:
                hint = "Only inventory.yaml can say that."
            self.fault(f"unknown key {name!r} for {what}", node.key_lines[name], hint)
        return {name: one for name, one in node.fields.items() if not one.empty}

    def list_of(
        self, node: Marked | None, what: str, make: Callable[[Marked], T | None]
    ) -> list[T]:
        if node is None or node.empty:
            return []
        if node.tag != "seq":
            self.fault(f"{what} must be a list", node.line, "Begin each entry with '- '.")
            return []
        made = [make(one) for one in node.items]
        return [one for one in made if one is not None]

    def text(self, node: Marked | None, what: str) -> str:
        if node is None or node.empty:
            return ""
        if node.tag in ("seq", "map"):
            self.fault(f"{what} must be a single value", node.line)
            return ""
        return node.text.strip()

    def named(self, node: Marked | None, what: str) -> Named | None:
        text = self.text(node, what)
        return Named(text, node.line) if node is not None and text else None

    def paths(self, node: Marked | None, what: str) -> tuple[Named, ...]:
        """One path, or a list of paths."""
        if node is not None and node.tag == "seq":
            found = [self.named(one, what) for one in node.items]
            return tuple(one for one in found if one is not None)
        one = self.named(node, what)
        return () if one is None else (one,)

    def flag(self, node: Marked, what: str) -> bool | None:
        if node.tag == "bool":
            return node.text.casefold() in ("true", "yes", "on")
        self.fault(f"{what} must be true or false", node.line)
        return None

    def number(self, node: Marked, what: str, most: int) -> int | None:
        text = node.text.replace("_", "")
        if node.tag == "int" and text.isdecimal() and len(text) < 17 and 0 < int(text) <= most:
            return int(text)
        self.fault(f"{what} must be a whole number from 1 to {most}", node.line)
        return None

    def export(self, node: Marked) -> ExportSpec | None:
        fields = self.fields(node, "export", "an export")
        file = self.named(fields.get("file"), "file")
        if file is None:
            self.fault("an export needs 'file'", node.line)
            return None
        columns = self.fields(fields.get("columns"), "columns", "columns")
        return ExportSpec(file, {name: self.text(one, name) for name, one in columns.items()})

    def assume(self, node: Marked | None) -> int | None:
        text = self.text(node, "assume")
        if node is None or not text:
            return None
        if text != "windows-default":
            self.fault(f"cannot assume {text!r}", node.line, "Known is: windows-default.")
        return node.line

    def host(self, node: Marked, assume: int | None, shared: tuple[Named, ...]) -> HostSpec | None:
        fields = self.fields(node, "host", "a host")
        name = self.text(fields.get("name"), "name")
        if not name:
            if node.tag == "map":
                self.fault("a host needs 'name'", node.line)
            return None
        count = self.number(fields["count"], "count", _MOST_HOSTS_ALIKE) if "count" in fields else 1
        own, none_line = self.forwarding(fields.get("subscriptions"))
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
            subscriptions=own or (),
            shared_subscriptions=shared if own is None else (),
            no_forwarding=none_line,
            settings=self.settings(fields.get("settings")),
            features=self.features(fields.get("features")),
            channels=self.channels(fields.get("channels")),
            sysmon=self.sysmon(fields.get("sysmon")),
            assume_defaults=self.assume(fields.get("assume")) or assume,
        )

    def forwarding(self, node: Marked | None) -> tuple[tuple[Named, ...] | None, int | None]:
        if node is None:
            return None, None
        if node.tag not in ("seq", "map") and node.text.strip().casefold() == "none":
            return (), node.line
        return self.paths(node, "subscriptions"), None

    def host_file(self, root: Marked) -> HostSpec:
        """What stands for a host's entry; files lie beside it and need no name."""
        fields = self.fields(root, "host file", "a host's own file", self.shape["host"])
        sysmon = self.sysmon(fields.get("sysmon"))
        if sysmon is not None and sysmon.config is not None:
            hint = "Lay it beside this file: it is known by its content."
            self.fault("only inventory.yaml can name the configuration", sysmon.config.line, hint)
        parts = {name: fields[name] for name in self.shape["os"] if name in fields}
        told = fields.get("os")
        if told is not None and told.tag != "map":
            parts.setdefault("product", told)
        spec = HostSpec(
            name="",
            line=root.line,
            os=self.system(parts) if parts else self.os(told),
            role=self.role(fields.get("role")),
            settings=self.settings(fields.get("settings")),
            features=self.features(fields.get("features")),
            channels=self.channels(fields.get("channels")),
            sysmon=sysmon,
        )
        if told is not None and parts.get("product") is not told and parts:
            self.fault("the system is told twice", told.line, "Use os, or product, version, build.")
        if self.faults:
            raise InputError(self.faults)
        return spec

    def os(self, node: Marked | None) -> Named | None:
        """A product name, a version or a build, or a mapping of these."""
        if node is None:
            return None
        if node.tag != "map":
            return self.named(node, "os")
        return self.system(self.fields(node, "os", "os"))

    def system(self, fields: dict[str, Marked]) -> Named | None:
        """Product, version and build, joined to one text."""
        parts = {name: self.text(one, f"os {name}") for name, one in fields.items()}
        build = parts.get("build", "")
        if build and parts.get("revision"):
            build = f"{build}.{parts['revision']}"
        text = " ".join(filter(None, (parts.get("product"), parts.get("version"), build)))
        line = min((one.line for one in fields.values()), default=0)
        return Named(text, line) if text else None

    def role(self, node: Marked | None) -> tuple[Role, int] | None:
        text = self.text(node, "role")
        if node is None or not text:
            return None
        if text not in list(Role):
            self.fault(f"unknown role {text!r}", node.line, nearest(text, list(Role)))
            return None
        return Role(text), node.line

    def settings(self, node: Marked | None) -> dict[str, tuple[Scalar, int]]:
        found: dict[str, tuple[Scalar, int]] = {}
        for name, one in self.mapping(node, "settings").items():
            setting = settings().get(name)
            if setting is None:
                self.fault(f"unknown setting {name!r}", one.line, nearest(name, settings()))
                continue
            value = _scalar(one)
            if value is None or not setting.accepts(value):
                kinds = {"bool": "true or false", "int": "a whole number"}
                self.fault(f"setting {name} must be {kinds.get(setting.kind, 'text')}", one.line)
                continue
            found[name] = (value, one.line)
        return found

    def features(self, node: Marked | None) -> dict[str, tuple[bool, int]]:
        known = self.shape["features"]
        found: dict[str, tuple[bool, int]] = {}
        for name, one in self.mapping(node, "features").items():
            if name not in known:
                self.fault(f"unknown feature {name!r}", one.line, nearest(name, known))
                continue
            value = self.flag(one, f"feature {name}")
            if value is not None:
                found[name] = (value, one.line)
        return found

    def channels(self, node: Marked | None) -> dict[str, tuple[ChannelState, int]]:
        found: dict[str, tuple[ChannelState, int]] = {}
        for name, one in self.mapping(node, "channels").items():
            if one.tag == "bool":
                found[name] = (ChannelState(enabled=self.flag(one, name)), one.line)
                continue
            fields = self.fields(one, "channel", f"channel {name}")
            on, size = fields.get("enabled"), fields.get("max_bytes")
            found[name] = (
                ChannelState(
                    enabled=self.flag(on, "enabled") if on else None,
                    max_bytes=self.number(size, "max_bytes", 2**50) if size else None,
                    retention=self.text(fields.get("retention"), "retention") or None,
                ),
                one.line,
            )
        return found

    def mapping(self, node: Marked | None, what: str) -> dict[str, Marked]:
        if node is None or node.empty:
            return {}
        if node.tag != "map":
            self.fault(f"{what} must be a mapping of names to values", node.line)
            return {}
        return {name: one for name, one in node.fields.items() if not one.empty}

    def sysmon(self, node: Marked | None) -> SysmonSpec | None:
        if node is None:
            return None
        if node.tag != "map":
            text = self.text(node, "sysmon").casefold()
            if text in ("none", "no", "false"):
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
        texts = [one.text for one in node.items]
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
