"""A host's own YAML file: what an entry states in inventory.yaml, for folders without one.

It lies among the files of its host and is recognised by its keys.
"""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked, parse
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import declared, manifest_access
from logreach.inventories.reading.manifest import ManifestReader, keys_by_place
from logreach.inventories.reading.specs import HostSpec, ManifestText
from logreach.inventories.windows.facts import CHANNEL, FEATURE, OS, ROLE, SETTING, SYSMON
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, EVENT_LOG_READERS, LOCAL_GROUP

FAMILIES: tuple[FactFamily[object], ...] = (
    OS.family,
    ROLE.family,
    SETTING,
    FEATURE,
    CHANNEL,
    SYSMON.family,
    CHANNEL_ACCESS,
    LOCAL_GROUP,
)
_KEY = re.compile(r"([A-Za-z_]\w*)\s*:(?:\s|$)")
_WITHOUT_KEY = re.compile(r"\s|#|---|\.\.\.|$")
_COMMON = frozenset({"version", "name", "count", "files", "folder", "settings"})
"""Keys with which lines of other files begin as well: alone they prove nothing."""


def looks_like(head: str) -> bool:
    """Whether a text is YAML with keys of a host at its beginning."""
    keys = set()
    for line in head.lstrip("\ufeff").splitlines():
        if _WITHOUT_KEY.match(line):
            continue
        match = _KEY.match(line)
        if match is None:
            return False
        keys.add(match[1])
    known_keys = _known_keys()
    return bool(keys & (known_keys - _COMMON)) or (bool(keys) and keys <= {*known_keys, "name"})


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(keys_by_place()["host file"])


def read(source: Source) -> Reading:
    """What the file states; a wrong value costs that value, an unknown key may cost any.

    So may a wrong value at the very end, where no line break says that nothing was cut off.
    InputError where the file is no YAML.
    """
    text = source.text()
    end = "" if text.endswith("\n") else f"line {len(text.splitlines())}"
    root = parse(text, source.path)
    reader = _HostFileReader(source.path)
    spec = reader.host_file(root)
    if root.tag != "map":
        raise InputError(reader.faults)
    stated = declared.read(spec, source)
    sysmon = declared.sysmon(spec, source, None, None)
    faults = [*reader.faults, *stated.faults]
    costs = [*reader.costs, *("os" for _ in stated.faults)]
    missing = (
        (key, Missing(str(fault), fault))
        for place, fault in zip(costs, faults, strict=True)
        for key in _cost("" if fault.where == end else place)
    )
    return Reading(
        (*stated.statements, *sysmon.statements), tuple(faults), (*stated.missing, *missing)
    )


class _HostFileReader(ManifestReader):
    def host_file(self, root: Marked) -> HostSpec:
        """What stands for a host's entry; files lie beside it and need no name."""
        fields = self.fields(root, "host file", "a host's own file", self.shape["host"])
        with self.costing("sysmon"):
            sysmon = self.sysmon(fields.get("sysmon"))
            if sysmon is not None and sysmon.config is not None:
                hint = "Put the configuration beside this file; it is recognised by its content."
                line = sysmon.config.line
                self.fault("only inventory.yaml can name the configuration", line, hint)
        with self.costing("os"):
            system = self.own_system(fields)
        with self.costing("role"):
            role = self.role(fields.get("role"))
        with self.costing("settings"):
            settings = self.settings(fields.get("settings"))
        with self.costing("features"):
            features = self.features(fields.get("features"))
        with self.costing("channels"):
            channels = self.channels(fields.get("channels"))
            channel_access = manifest_access.lists(fields.get("channels"), self.fault)
        with self.costing("event_log_readers"):
            event_log_readers = self.accounts(fields.get("event_log_readers"))
        return HostSpec(
            name="",
            line=root.line,
            os=None if "os" in self.costs else system,
            role=role,
            settings=settings,
            features=features,
            channels={
                name: state
                for name, state in channels.items()
                if f"channels.{name}" not in self.costs
            },
            channel_access=channel_access,
            event_log_readers=event_log_readers,
            sysmon=None if "sysmon" in self.costs else sysmon,
        )

    def own_system(self, fields: dict[str, Marked]) -> ManifestText | None:
        """The system that a host's own file tells: as `os`, or as product, version and build."""
        system = {name: fields[name] for name in self.shape["os"] if name in fields}
        os = fields.get("os")
        if os is not None and os.tag != "map":
            system.setdefault("product", os)
        if os is not None and system.get("product") is not os and system:
            hint = "Use os, or product, version, build."
            self.fault("the operating system is given twice", os.line, hint)
        return self.system(system) if system else self.os(os)


def _cost(place: str) -> list[FactKey[object]]:
    """The facts that a fault of this place leaves open."""
    families: dict[str, tuple[FactFamily[object], ...]] = {
        "settings": (SETTING,),
        "features": (FEATURE,),
        "channels": (CHANNEL, CHANNEL_ACCESS),
    }
    single: dict[str, FactKey[object]] = {
        "os": OS,
        "role": ROLE,
        "sysmon": SYSMON,
        "event_log_readers": LOCAL_GROUP(EVENT_LOG_READERS),
    }
    first, _, name = place.partition(".")
    if not place:
        return [family.every for family in FAMILIES]
    if first in families:
        return [family(name) if name else family.every for family in families[first]]
    return [single[first]] if first in single else []
