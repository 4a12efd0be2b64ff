"""The programs as which a configuration is checked and tried for a stated version of Sysmon."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.platforms.sysmon.engine import document, loading, releases
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.defects import (
    AND_AS_OR,
    Defect,
    defects_of,
    reached,
    taking_and_for_or,
)
from logreach.coverage.platforms.sysmon.engine.document import XmlNode, fault
from logreach.coverage.platforms.sysmon.engine.releases import Binary
from logreach.inventories.files.faults import Fault, InputError


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration as one program loads it.

    `defect` is a defect of the release whose effect the configuration shows; None: it is as
    written.
    """

    config: Config
    defect: Defect | None = None


@dataclass(frozen=True, slots=True)
class LoadedConfigs:
    """A configuration as each program loads it that a version may stand for.

    `loaded` begins with what holds for the stated version if only one does. `refusals` are the
    faults by program where that program refuses it. `why` says why no single release is judged,
    '' where one is. `defects` are those of the release, each with the first line that it reaches
    by tag.
    """

    root: XmlNode
    loaded: tuple[LoadedConfig, ...]
    refusals: dict[Binary, tuple[Fault, ...]]
    why: str
    defects: tuple[tuple[Defect, dict[str, int]], ...]


def candidates(version: str) -> tuple[tuple[Binary, ...], str]:
    """The programs that a version may stand for, and why there is not exactly one.

    A release that may follow the known ones is judged as the newest. Raises InputError where
    nothing is known of any such program.
    """
    possible = releases.possible_binaries(version)
    if possible.binaries:
        return possible.binaries, possible.reason or _interpolated(version, possible.binaries[0])
    if releases.may_follow(version):
        newest = releases.releases()[-1].name
        return releases.possible_binaries(newest).binaries, f"{possible.reason}; judged as {newest}"
    oldest, newest = (releases.releases()[end].name for end in (0, -1))
    hint = f"Give a released version from {oldest} to {newest}, such as 15.15."
    raise InputError(fault(possible.reason, hint=hint))


def _interpolated(version: str, binary: Binary) -> str:
    """What is to be said of a version that no list of releases has, '' for any other."""
    if releases.windows_build(version) is not None or releases.is_listed(version):
        return ""
    neighbours = f"those before and after have schema {binary.schema}"
    return f"Sysmon {version} is no release known here; {neighbours}"


def load_all(xml: str | bytes, version: str | None = None) -> LoadedConfigs:
    """A configuration as every program loads it that the version may stand for.

    Raises InputError if it is not well-formed XML, or if nothing is known of that version.
    """
    root = document.parse(xml)
    if version is None:
        binaries, why = _default(root), ""
    else:
        binaries, why = candidates(version)
    configs: list[Config] = []
    refusals: dict[Binary, tuple[Fault, ...]] = {}
    for binary in binaries:
        try:
            configs.append(loading.build(root, binary))
        except InputError as error:
            refusals[binary] = error.faults
    defects = tuple((each, _reached(each, configs, root)) for each in defects_of(version))
    loaded = tuple(_as_loaded(configs, version, defects))
    return LoadedConfigs(root, loaded, refusals, why, defects)


def _default(root: XmlNode) -> tuple[Binary, ...]:
    try:
        return (releases.default_binary(loading.declared_schema(root)),)
    except InputError:
        return (releases.engine_binary(),)  # which says what is wrong with it


def _reached(defect: Defect, configs: list[Config], root: XmlNode) -> dict[str, int]:
    """By tag the first line that the defect reaches, whichever program it is."""
    lines: dict[str, int] = {}
    for config in configs:
        lines.update(reached(defect, config, root))
    return lines


def _as_loaded(
    configs: list[Config],
    version: str | None,
    defects: tuple[tuple[Defect, dict[str, int]], ...],
) -> list[LoadedConfig]:
    """What may hold: as written, and as a release takes it whose defect can be worked out."""
    as_written = [LoadedConfig(config) for config in configs]
    for defect, reach in defects:
        if defect.filter == AND_AS_OR and reach:
            taken = [LoadedConfig(taking_and_for_or(config), defect) for config in configs]
            is_certain = version is not None and defect.surely_in(version)
            return taken + as_written if is_certain else as_written + taken
    return as_written
