"""The Windows release that a mention of it means.

Tools spell product names, releases, versions and builds in many ways: 'Windows 11 23H2',
'Microsoft Windows [Version 10.0.22631.3007]', '22631'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any
from unicodedata import normalize

from logreach.inventories.files.tables import TABLES, Shape, csv_table, yaml_table
from logreach.inventories.windows.facts import OperatingSystem, OsKind

_COLUMNS = (
    "product",
    "release",
    "kind",
    "nt_version",
    "build",
    "other_builds",
    "product_spellings",
    "release_spellings",
    "note",
    "source",
)
_VERSION = re.compile(
    r"(?<![\d.])(\d{1,2}\.\d)(?:\.(\d{4,6})(?:\.(\d{1,6}))?(?:\.\d+)*|\s*\((\d{4,6})\))"
)
_BUILD = re.compile(r"(?<![\d.])(\d{5})(?:\.(\d{1,6}))?(?![\d.])")
_BARE_VERSION = re.compile(r"(?<![\d.])(6\.[0-3]|10\.0)(?![\d.])")
_BUILD_BESIDE = re.compile(r"(?<![\d.])\d{5,6}(?![\d.])")
_NAMED_BUILD = re.compile(r"\bBuild (\d{3,7})\b")
_BUILDS_BEFORE_10 = {
    "6.0": ("6000", "6001", "6002", "6003"),
    "6.1": ("7600", "7601"),
    "6.2": ("9200",),
    "6.3": ("9600",),
}
_OLD_BUILD_BESIDE = re.compile(r"(?<![\d.])\d{4}(?![\d.])")
# Consoles' code pages turn the sign of a registered trade mark into an r: 'Windows Serverr 2008'.
_TRADE_MARK = re.compile(r"\b(microsoft|windows|server)r\b", re.IGNORECASE)
_NOISE = re.compile(r"\((?:r|tm)\)|microsoft|service\s*pack", re.IGNORECASE)
_RELEASE = re.compile(r"\d\dh\d|sp\d|rtm|(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_FIRST_WINDOWS_11 = 22000


@dataclass(frozen=True, slots=True)
class Unidentified:
    """Why a mention means no single release.

    `faulty`: the mention contradicts itself or no release has such a name, so that more
    information would not settle it.
    """

    reason: str
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class _Release:
    """A row of operating_systems.csv, with its names in lower case without spaces."""

    os: OperatingSystem
    other_builds: tuple[int, ...]
    product_spellings: tuple[str, ...]
    release_spellings: tuple[str, ...]

    @property
    def builds(self) -> tuple[int, ...]:
        return (self.os.build, *self.other_builds)


@dataclass(frozen=True, slots=True)
class _Mention:
    """The parts of a mention.

    `product` and `releases` are spelled as in `_Release`; `unmatched` are the characters before,
    between and after them that belong to no part, without spaces.
    """

    product: str = ""
    releases: tuple[str, ...] = ()
    nt_version: str = ""
    build: int | None = None
    revision: int | None = None
    unmatched: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def identify(mention: str, kind: OsKind | None = None) -> OperatingSystem | Unidentified:
    """The release that a mention means ('Windows 11 23H2', '10.0.22631.3007', '22631').

    `kind` decides only if the mention fits both: a client and a server may share a build.
    """
    if too_old(mention):
        reason = f"{mention.strip()[:80]!r} is too old for this program"
        reason += ", which begins with Windows Vista and Server 2008"
        return Unidentified(reason, faulty=True)
    if contradiction := contradiction_of_builds(mention):
        return Unidentified(contradiction, faulty=True)
    parsed = _parse_mention(mention)
    releases = _fitting(parsed)
    if releases and parsed.build is None and (unknown_words := _unknown_words(mention)):
        return Unidentified(unknown_words, faulty=True)
    if kind is not None and any(release.os.kind is kind for release in releases):
        releases = [release for release in releases if release.os.kind is kind]
    if len({(release.os.build, release.os.kind) for release in releases}) == 1:
        return _with_build(releases[0].os, parsed)
    if releases:
        return Unidentified(_ambiguous(mention, releases))
    return _beyond_catalogue(parsed, mention)


def too_old(mention: str) -> bool:
    """Whether a mention means a Windows before Vista, which keeps its events in another way."""
    compact, version = _compact(mention), _VERSION.search(mention)
    if version is not None:
        return version[1] in _word_table()["too_old"]["versions"]
    return any(name in compact for name in _word_table()["too_old"]["names"])


def _plausible(version: str, build: str) -> bool:
    """Whether a Windows of that version may have a build; builds of 10.0 have five digits."""
    builds = _BUILDS_BEFORE_10.get(version)
    return len(build) < 6 if builds is None else build in builds


def contradiction_of_builds(mention: str) -> str:
    """How a mention names two builds ('10.0.17763 N/A Build 17764'); '' where it does not."""
    version = _VERSION.search(mention)
    if version is None:
        return ""
    build = version[2] or version[4]
    around = mention[: version.start()] + " " + mention[version.end() :]
    other_builds = {number for number in _BUILD_BESIDE.findall(around) if number != build}
    # Numbers of four digits may be a year; only what stands behind the version is a build.
    other_builds |= {
        number
        for number in _OLD_BUILD_BESIDE.findall(mention[version.end() :])
        if number != build and len(build) == len(number)
    }
    other_builds |= {
        number for number in _NAMED_BUILD.findall(mention[version.end() :]) if number != build
    }
    if build and not _plausible(version[1] or "", build):
        return f"{mention.strip()[:80]!r} names a build that no Windows has, {build}"
    if not other_builds:
        return ""
    return f"{mention.strip()[:80]!r} names two builds, {build} and {min(other_builds)}"


@cache
def catalogue() -> tuple[OperatingSystem, ...]:
    """Every release in operating_systems.csv, clients first."""
    return tuple(release.os for release in _releases())


@cache
def _releases() -> tuple[_Release, ...]:
    return tuple(
        _Release(
            OperatingSystem(
                product=row["product"],
                release=row["release"],
                kind=OsKind(row["kind"]),
                nt_version=row["nt_version"],
                build=int(row["build"]),
            ),
            tuple(int(build) for build in row["other_builds"].split()),
            _spellings(row["product"], row["product_spellings"]),
            _spellings(row["release"], row["release_spellings"]),
        )
        for row in csv_table(TABLES / "operating_systems.csv", _COLUMNS)
    )


def _spellings(name: str, other_spellings: str) -> tuple[str, ...]:
    spellings = [_compact(spelling) for spelling in (name, *other_spellings.split(";")) if spelling]
    without_windows = [
        spelling.removeprefix("windows")
        for spelling in spellings
        if spelling.startswith("windowsserver2")
    ]
    return tuple(spellings + without_windows)


def _compact(mention: str) -> str:
    mention = _TRADE_MARK.sub(r"\1", mention)
    mention = re.sub(r"service\s*pack", "sp", mention, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9.]", "", _NOISE.sub("", mention.casefold()))


def _parse_mention(mention: str) -> _Mention:
    """Split a mention; version and build first, as their digits could be a release's name."""
    nt_version, build, revision = "", None, None
    if match := _VERSION.search(mention):
        nt_version, build = match[1], int(match[2] or match[4])
        revision = int(match[3]) if match[3] else None
    elif match := _BUILD.search(mention):
        build, revision = int(match[1]), int(match[2]) if match[2] else None
    elif match := _lone_build(mention):
        build = int(match[0])
    if match is None and (match := _BARE_VERSION.search(mention)):
        nt_version = match[1]
    without_version = mention.replace(match[0], " ") if match else mention
    compact = _compact(_letters().sub(" ", without_version))
    product = _product(compact)
    before, _, tail = compact.partition(product) if product else ("", "", compact)
    releases, after = _split_releases(tail)
    return _Mention(product, releases, nt_version, build, revision, (before, *after))


def _lone_build(mention: str) -> re.Match[str] | None:
    """A build of four digits, as only old releases have; other numbers may name a release."""
    builds = {str(build) for release in _releases() for build in release.builds if build < 10_000}
    numbers = re.finditer(r"(?<![\d.])\d{4}(?![\d.])", mention)
    return next((number for number in numbers if number[0] in builds), None)


def _product(compact: str) -> str:
    """The longest spelling of a product in a mention without spaces; '' if none."""
    spellings = (spelling for release in _releases() for spelling in release.product_spellings)
    return max((spelling for spelling in spellings if spelling in compact), key=len, default="")


@cache
def _release_spellings() -> tuple[str, ...]:
    return tuple(spelling for release in _releases() for spelling in release.release_spellings)


def _split_releases(tail: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The releases named behind the product, and the characters around their names."""
    long_names = [name for name in _release_spellings() if len(name) > 4 and name in tail]
    for name in long_names:
        tail = tail.replace(name, " ")
    names = tuple(dict.fromkeys(long_names + _RELEASE.findall(tail)))
    return names, tuple(_RELEASE.sub(" ", tail).split())


def _unknown_words(mention: str) -> str:
    """Why a mention without a build is refused: words that are no product, release or edition.

    They may name a system that the catalogue lacks; a build would identify it. '' if there is none.
    """
    words = [
        word for word in re.split(r"[\s,;:()/]+", normalize("NFC", mention).casefold()) if word
    ]
    latin_words = [word for word in words if not any(c.isalnum() and not c.isascii() for c in word)]
    edition_words, latin_pattern = _edition_words()
    unknown = [word for word in words if word not in latin_words and word not in edition_words]
    parsed = _parse_mention(" ".join(latin_words))
    unknown += [word for word in parsed.unmatched if not latin_pattern.fullmatch(word.strip("."))]
    unknown += [name for name in parsed.releases if name not in _release_spellings()]
    if not unknown:
        return ""
    return f"{mention.strip()[:80]!r} holds {' '.join(unknown)!r}, which is no known edition"


@cache
def _edition_words() -> tuple[frozenset[str], re.Pattern[str]]:
    """Every word of an edition's name, and a pattern for ASCII words joined without spaces."""
    table = _word_table()
    lists = [table["neutral"], table["servicing"], table["architectures"], table["editions"]]
    phrases = [phrase for words in (*lists, *table["translated"]) for phrase in words]
    all_words = frozenset(word for phrase in phrases for word in phrase.casefold().split())
    latin_phrases = sorted({re.escape(_compact(phrase)) for phrase in phrases if phrase.isascii()})
    return all_words, re.compile(f"(?:{'|'.join(latin_phrases)})*")


@cache
def _word_table() -> Any:
    lists = ("neutral", "servicing", "architectures", "editions", "letters")
    old: Shape = {"names": [str], "versions": [str], "source": str}
    shape: Shape = {
        "source": str,
        "translated": [[str]],
        "too_old": old,
        **{key: [str] for key in lists},
    }
    return yaml_table(TABLES / "os_words.yaml", shape)


@cache
def _letters() -> re.Pattern[str]:
    letters = "|".join(_word_table()["letters"])
    return re.compile(rf"(?<![\w.])(?:{letters})(?![\w.])", re.IGNORECASE)


def _fitting(parsed: _Mention) -> list[_Release]:
    if not parsed.product and parsed.build is None:
        return []
    releases = [
        release
        for release in _releases()
        if (not parsed.product or parsed.product in release.product_spellings)
        and (not parsed.releases or not set(parsed.releases).isdisjoint(release.release_spellings))
    ]
    if parsed.nt_version:
        releases = [release for release in releases if release.os.nt_version == parsed.nt_version]
    if parsed.build is not None:
        releases = [release for release in releases if parsed.build in release.builds]
    return releases


def _with_build(os: OperatingSystem, parsed: _Mention) -> OperatingSystem:
    return replace(os, build=parsed.build or os.build, revision=parsed.revision)


def _ambiguous(mention: str, releases: Sequence[_Release]) -> str:
    systems = (release.os for release in releases)
    names = list(dict.fromkeys(f"{os.product} {os.release}".strip() for os in systems))
    shown = " or ".join(names) if len(names) < 4 else f"anything from {names[0]} to {names[-1]}"
    return f"{mention.strip()!r} leaves open which release it is: {shown}"


def _beyond_catalogue(parsed: _Mention, mention: str) -> OperatingSystem | Unidentified:
    """The system of a mention that fits no release: a later build of a known product, or none."""
    shown = repr(mention.strip()[:80])
    if not parsed.product and parsed.build is None:
        return Unidentified(f"{shown} names no Windows release in the catalogue", faulty=True)
    if parsed.build is None:
        return Unidentified(f"{shown} names a release that {_label(parsed)} never had", faulty=True)
    if parsed.product in ("windows10", "win10") and parsed.build >= _FIRST_WINDOWS_11:
        # Windows 11 calls itself Windows 10 in its registry; the build decides.
        return _later(replace(parsed, product="windows11", releases=()), shown)
    return _later(parsed, shown)


def _later(parsed: _Mention, shown: str) -> OperatingSystem | Unidentified:
    """A build that the catalogue lacks, of a product that it has: an update or a preview."""
    fitting = _fitting(parsed)
    if fitting:
        return _with_build(fitting[0].os, parsed)
    listed = any(parsed.build in release.builds for release in _releases())
    family = [
        release.os
        for release in _releases()
        if parsed.product and parsed.product in release.product_spellings
    ]
    newest = max(family, key=lambda os: os.build, default=None)
    if listed or newest is None or (parsed.build or 0) < min(os.build for os in family):
        reason = f"{shown}: build {parsed.build} is no build of {_label(parsed)}"
        return Unidentified(reason, faulty=listed or newest is not None)
    if parsed.releases or parsed.nt_version not in ("", newest.nt_version):
        return Unidentified(f"{shown}: release and build do not belong together", faulty=True)
    return _with_build(replace(newest, release=""), parsed)


def _label(parsed: _Mention) -> str:
    for release in _releases():
        if parsed.product in release.product_spellings:
            return release.os.product
    return "a Windows known here"
