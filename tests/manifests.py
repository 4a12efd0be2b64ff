"""Provider manifests of Windows as public dumps write them: a folder a build.

A build's folder is called client-BUILD or server-BUILD and holds, at any depth, tables as
jdu2600/Windows10EtwEvents has them (*.tsv) and instrumentation manifests (*.xml) as
repnz/etw-providers-docs or WEPExplorer (nasbench/EVTX-ETW-Resources) write them.
"""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from logreach.inventories.windows.facts import OsKind

_FOLDER = re.compile(r"(client|server)-(\d+)")
_DATA = re.compile(r"<(?:data|struct)\s[^>]*?name=\"([^\"]*)\"")
_TEMPLATE = re.compile(r"<template\s+tid=\"([^\"]+)\"\s*>(.*?)</template>", re.DOTALL)
_EVENT = re.compile(r"<event\s+value=\"(\d+)\"([^>]*?)/?>")
_PROVIDER = re.compile(r"<provider\s[^>]*?name=\"([^\"]+)\"")

Forms = dict[int, tuple[str, ...]]
"""The fields of an event, by version."""


@dataclass(slots=True)
class Build:
    """What the manifests of one build define: events by provider and number, and channels."""

    kind: OsKind
    number: int
    events: dict[tuple[str, int], Forms] = field(default_factory=lambda: defaultdict(dict))
    channels: set[str] = field(default_factory=set)

    @property
    def providers(self) -> set[str]:
        return {provider for provider, _ in self.events}

    def add(self, provider: str, number: int, version: int, fields: tuple[str, ...]) -> None:
        self.events[provider, number].setdefault(version, fields)


def read_builds(folder: Path) -> list[Build]:
    """Every build's folder below this one, in the order of their numbers."""
    found = []
    for path in folder.iterdir():
        match = _FOLDER.fullmatch(path.name)
        if match is not None:
            build = Build(OsKind(match[1]), int(match[2]))
            for file in sorted(path.rglob("*")):
                _read(file, build)
            found.append(build)
    return sorted(found, key=lambda build: build.number)


def _read(path: Path, build: Build) -> None:
    if path.suffix == ".tsv":
        _read_table(path, build)
    elif path.suffix == ".xml":
        text = path.read_text("utf-8-sig", errors="replace")
        if "<EventMetadata>" in text:
            _read_explorer(text, build)
        else:
            _read_manifest(text, build)


def _read_table(path: Path, build: Build) -> None:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            number, version = row["event_id"], row["version"]
            if not (number.isdecimal() and version.isdecimal()):
                continue
            _, _, arguments = row["event(fields)"].partition("(")
            parts = [part.strip() for part in arguments.rpartition(")")[0].split(", ")]
            names = tuple(part.partition(" ")[2].strip() for part in parts if part)
            build.add(row["provider"], int(number), int(version), names)
            if row.get("evtlog_channel"):
                build.channels.add(row["evtlog_channel"])


def _read_manifest(text: str, build: Build) -> None:
    """By expressions, as one dump writes a stray '>' that no XML parser takes."""
    providers = list(_PROVIDER.finditer(text))
    for place, provider in enumerate(providers):
        end = providers[place + 1].start() if place + 1 < len(providers) else len(text)
        part = text[provider.start() : end]
        templates = {match[1]: tuple(_DATA.findall(match[2])) for match in _TEMPLATE.finditer(part)}
        for event in _EVENT.finditer(part):
            attributes = dict(re.findall(r"(\w+)=\"([^\"]*)\"", event[2]))
            fields = templates.get(attributes.get("template", ""), ())
            version = int(attributes.get("version", 0))
            build.add(provider[1], int(event[1]), version, fields)


def _read_explorer(text: str, build: Build) -> None:
    for provider in ET.fromstring(text).iter("Provider"):  # noqa: S314  a dump that a developer chose
        name = provider.findtext("Name") or ""
        build.channels.update(path for path in _texts(provider, "Metadata/Channels/Channel/Path"))
        for event in provider.iterfind("EventMetadata/Event"):
            number, version = (int(event.findtext(tag) or 0) for tag in ("Id", "Version"))
            build.add(name, number, version, tuple(_DATA.findall(event.findtext("Template") or "")))


def _texts(element: ET.Element, path: str) -> Iterator[str]:
    return (found.text for found in element.iterfind(path) if found.text)
