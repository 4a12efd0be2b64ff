"""Which Windows a text names: product names, releases, versions and builds as tools spell them."""

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
_NOISE = re.compile(r"\((?:r|tm)\)|microsoft|service\s*pack", re.IGNORECASE)
_RELEASE = re.compile(r"\d\dh\d|sp\d|rtm|(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_FIRST_WINDOWS_11 = 22000


@dataclass(frozen=True, slots=True)
class Unidentified:
    """Why a text gives no single Windows; `wrong` where it contradicts itself."""

    reason: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    os: OperatingSystem
    other_builds: tuple[int, ...]
    products: tuple[str, ...]
    releases: tuple[str, ...]

    @property
    def builds(self) -> tuple[int, ...]:
        return (self.os.build, *self.other_builds)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a text says, piece by piece; `rest` is what is left of it, without spaces."""

    product: str = ""
    releases: tuple[str, ...] = ()
    nt_version: str = ""
    build: int | None = None
    revision: int | None = None
    rest: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def identify(text: str, kind: OsKind | None = None) -> OperatingSystem | Unidentified:
    """The Windows that a text names ('Windows 11 23H2', '10.0.22631.3007', '22631').

    `kind` settles only what the text leaves open: builds that a client and a server share.
    """
    named = _named(text)
    rows = _fitting(named)
    if rows and named.build is None and (odd := _odd_words(text)):
        return Unidentified(odd, wrong=True)
    if kind is not None and any(row.os.kind is kind for row in rows):
        rows = [row for row in rows if row.os.kind is kind]
    if len({(row.os.build, row.os.kind) for row in rows}) == 1:
        return _with_build(rows[0].os, named)
    if rows:
        return Unidentified(_open(text, rows))
    return _beyond_catalogue(named, text)


@cache
def catalogue() -> tuple[OperatingSystem, ...]:
    """Every release known, clients first."""
    return tuple(row.os for row in _rows())


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(
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


def _spellings(name: str, others: str) -> tuple[str, ...]:
    every = [_compact(one) for one in (name, *others.split(";")) if one]
    bare = [one.removeprefix("windows") for one in every if one.startswith("windowsserver2")]
    return tuple(every + bare)


def _compact(text: str) -> str:
    text = re.sub(r"service\s*pack", "sp", text, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9.]", "", _NOISE.sub("", text.casefold()))


def _named(text: str) -> _Named:
    """Take a text apart: version and build first, so that their digits name no release."""
    nt_version, build, revision = "", None, None
    if match := _VERSION.search(text):
        nt_version, build = match[1], int(match[2] or match[4])
        revision = int(match[3]) if match[3] else None
    elif match := _BUILD.search(text):
        build, revision = int(match[1]), int(match[2]) if match[2] else None
    elif match := _lone_build(text):
        build = int(match[0])
    if match is None and (match := _BARE_VERSION.search(text)):
        nt_version = match[1]
    bare = text.replace(match[0], " ") if match else text
    rest = _compact(_letters().sub(" ", bare))
    product = _product(rest)
    before, _, tail = rest.partition(product) if product else ("", "", rest)
    releases, after = _releases(tail)
    return _Named(product, releases, nt_version, build, revision, (before, *after))


def _lone_build(text: str) -> re.Match[str] | None:
    """A four-digit build, which only old Windows has, where it is no release's name."""
    known = {str(build) for row in _rows() for build in row.builds if build < 10_000}
    return next(
        (one for one in re.finditer(r"(?<![\d.])\d{4}(?![\d.])", text) if one[0] in known), None
    )


def _product(rest: str) -> str:
    found = [one for row in _rows() for one in row.products if one in rest]
    return max(found, key=len, default="")


def _releases(tail: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The releases that a text names, and what stands before, between and behind them."""
    written = [one for row in _rows() for one in row.releases if len(one) > 4 and one in tail]
    for one in written:
        tail = tail.replace(one, " ")
    named = tuple(dict.fromkeys(written + _RELEASE.findall(tail)))
    return named, tuple(_RELEASE.sub(" ", tail).split())


def _odd_words(text: str) -> str:
    """What a name without a build holds beside product, release and edition; '' if nothing.

    It may stand for a system that no table has; a build would prove which one it is.
    """
    words = [one for one in re.split(r"[\s,;:()/]+", normalize("NFC", text).casefold()) if one]
    ours = [one for one in words if not any(c.isalnum() and not c.isascii() for c in one)]
    foreign = [one for one in words if one not in ours and one not in _known_words()[0]]
    named = _named(" ".join(ours))
    releases = {one for row in _rows() for one in row.releases}
    foreign += [one for one in named.rest if not _known_words()[1].fullmatch(one.strip("."))]
    foreign += [one for one in named.releases if one not in releases]
    if not foreign:
        return ""
    return f"{text.strip()[:80]!r} holds {' '.join(foreign)!r}, which is no edition known here"


@cache
def _known_words() -> tuple[frozenset[str], re.Pattern[str]]:
    """Words in other letters than ours, and a pattern of any others joined without spaces."""
    table = _word_table()
    lists = [table["neutral"], table["servicing"], table["architectures"], table["editions"]]
    known = [one for words in (*lists, *table["translated"]) for one in words]
    every = frozenset(word for one in known for word in one.casefold().split())
    plain = sorted({re.escape(_compact(one)) for one in known if one.isascii()})
    return every, re.compile(f"(?:{'|'.join(plain)})*")


@cache
def _word_table() -> Any:
    lists = ("neutral", "servicing", "architectures", "editions", "letters")
    shape: Shape = {"source": str, "translated": [[str]], **{key: [str] for key in lists}}
    return yaml_table(TABLES / "os_words.yaml", shape)


@cache
def _letters() -> re.Pattern[str]:
    letters = "|".join(_word_table()["letters"])
    return re.compile(rf"(?<![\w.])(?:{letters})(?![\w.])", re.IGNORECASE)


def _fitting(named: _Named) -> list[_Row]:
    if not named.product and named.build is None:
        return []
    rows = [row for row in _rows() if not named.product or named.product in row.products]
    if named.releases:
        rows = [row for row in rows if any(one in row.releases for one in named.releases)]
    if named.nt_version:
        rows = [row for row in rows if row.os.nt_version == named.nt_version]
    if named.build is not None:
        rows = [row for row in rows if named.build in row.builds]
    return rows


def _with_build(os: OperatingSystem, named: _Named) -> OperatingSystem:
    return replace(os, build=named.build or os.build, revision=named.revision)


def _open(text: str, rows: Sequence[_Row]) -> str:
    names = list(dict.fromkeys(f"{row.os.product} {row.os.release}".strip() for row in rows))
    shown = " or ".join(names) if len(names) < 4 else f"anything from {names[0]} to {names[-1]}"
    return f"{text.strip()!r} leaves open which release it is: {shown}"


def _beyond_catalogue(named: _Named, text: str) -> OperatingSystem | Unidentified:
    shown = repr(text.strip()[:80])
    if not named.product and named.build is None:
        return Unidentified(f"{shown} names no Windows release that is known here", wrong=True)
    if named.build is None:
        return Unidentified(f"{shown} names a release that {_label(named)} never had", wrong=True)
    if named.product in ("windows10", "win10") and named.build >= _FIRST_WINDOWS_11:
        # Windows 11 still calls itself Windows 10 in its own registry; the build decides.
        return _later(replace(named, product="windows11", releases=()), shown)
    return _later(named, shown)


def _later(named: _Named, shown: str) -> OperatingSystem | Unidentified:
    """A build that the catalogue lacks, under a product that it has: an update or a preview."""
    exact = _fitting(named)
    if exact:
        return _with_build(exact[0].os, named)
    listed = any(named.build in row.builds for row in _rows())
    family = [row.os for row in _rows() if named.product and named.product in row.products]
    newest = max(family, key=lambda os: os.build, default=None)
    if listed or newest is None or (named.build or 0) < min(os.build for os in family):
        reason = f"{shown}: build {named.build} is no build of {_label(named)}"
        return Unidentified(reason, wrong=listed or newest is not None)
    if named.releases or named.nt_version not in ("", newest.nt_version):
        return Unidentified(f"{shown}: release and build do not belong together", wrong=True)
    return _with_build(replace(newest, release=""), named)


def _label(named: _Named) -> str:
    for row in _rows():
        if named.product in row.products:
            return row.os.product
    return "a Windows known here"
