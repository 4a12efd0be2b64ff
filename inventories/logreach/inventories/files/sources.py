"""The files of an inventory: read once each, with their digests, and none outside its folder."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TypeVar, cast

from logreach.inventories.files.evidence import Evidence, InputFile
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.text import Judge, decode

LARGEST_FILE = 64 * 1024 * 1024  # bytes; the largest honest export is a tenth of it
MOST_FILES = 50_000  # in one inventory
_LONGEST_QUOTE = 160
_DEEPEST = 64  # folders below the inventory's; a GPO's backup needs ten
_LEADS_UP = "link leads to a folder that contains the link; it was not followed"
_LEADS_UP_HINT = "Link to the folder that is needed, not to one above it."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the inventory: its path there (with '/'), its bytes and their SHA-256."""

    path: str
    data: bytes = field(repr=False)
    sha256: str = ""

    @classmethod
    def of(cls, path: str, data: bytes) -> Source:
        """A source from bytes at hand."""
        return cls(path, data, hashlib.sha256(data).hexdigest())

    def text(self, judge: Judge | None = None) -> str:
        """The file as text; InputError where it is empty or no text.

        `judge` counts the words of a decoded text that the reader knows; it decides between code
        pages where the bytes alone cannot.
        """
        problem, decoded = decode(self.data, judge)
        if problem:
            raise InputError(self.fault(problem))
        return decoded

    def evidence(self, place: str = "", quote: str = "") -> Evidence:
        """Evidence from this file; the quote is cut to a readable length."""
        quote = " ".join(quote.split())
        if len(quote) > _LONGEST_QUOTE:
            quote = quote[: _LONGEST_QUOTE - 3] + "..."
        return Evidence(self.path, self.sha256, place, quote)

    def fault(self, message: str, place: str = "", hint: str = "") -> Fault:
        """A fault of this file."""
        return Fault(message, self.path, place, hint)


class Folder:
    """An inventory folder. Nothing outside it is read; every file that was read is recorded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real = Path(os.path.realpath(root))
        self._read: dict[str, Source] = {}
        self._made: dict[tuple[str, object], object] = {}
        self._unread: dict[Path, Fault] = {}

    @property
    def passed_over(self) -> tuple[Fault, ...]:
        """Every link that is not followed, and every folder that cannot be listed, as a fault."""
        return tuple(self._unread.values())

    def unread(self, path: Path) -> tuple[Fault, ...]:
        """The links and folders at or below a path that a walk so far could not enter."""
        return tuple(
            fault
            for skipped, fault in self._unread.items()
            if skipped == path or path in skipped.parents
        )

    @property
    def files(self) -> tuple[InputFile, ...]:
        """Every file that was read, by path."""
        return tuple(InputFile(path, self._read[path].sha256) for path in sorted(self._read))

    def locate(self, written: str, source: str = "", place: str = "") -> Path:
        """The real path of a file or folder named in the inventory; InputError if it leaves it."""
        names = _parts(written)
        if names is None:
            raise InputError(_outside(written, source, place))
        path = self._match(names)
        if path is None:
            if os.path.lexists(self.root.joinpath(*names)):
                message = f"is a link to nothing, or to itself: {written}"
                raise InputError(Fault(message, source, place))
            hint = "Paths are relative to the inventory folder."
            raise InputError(Fault(f"no such file or folder: {written}", source, place, hint))
        if not self._inside(path):
            raise InputError(_outside(written, source, place))
        if path.is_symlink() and Path(os.path.realpath(path)) in _above(path):
            raise InputError(Fault(f"{_LEADS_UP}: {written}", source, place, _LEADS_UP_HINT))
        return path

    def read(self, path: Path) -> Source:
        """Read a located file; InputError where it cannot be read or is too large."""
        name = self.name(path)
        if name not in self._read:
            self._read[name] = Source.of(name, self._bytes(path, name))
        return self._read[name]

    def once(self, path: str, make: Callable[[], T], what: object) -> T:
        """The result of `make` for a path, computed once: thousands of hosts may share a file."""
        key = (path, what)
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    def name(self, path: Path) -> str:
        """A path as the user knows it: relative to the inventory, with '/'."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.name

    def walk(self, folder: Path) -> Iterator[Path]:
        """All regular files below a folder, sorted by name.

        Links to folders of the inventory are followed, once each. Links that leave the inventory
        and folders that cannot be listed are recorded: see `unread`.
        """
        count = 0
        home, entered = Path(os.path.realpath(folder)), set[Path]()
        for parent, folders, files in os.walk(folder, onerror=self._unlisted, followlinks=True):
            ordered = sorted(folders, key=str.casefold)
            folders[:] = [
                name for name in ordered if self._enters(Path(parent, name), home, entered)
            ]
            for file in sorted(files, key=str.casefold):
                path = Path(parent, file)
                if self._admits(path):
                    yield path
                count += 1
                if count > MOST_FILES:
                    message = f"holds more than {MOST_FILES} files; the rest was not read"
                    self._unread[folder] = Fault(message, self.name(folder))
                    return

    def _enters(self, path: Path, home: Path, entered: set[Path]) -> bool:
        """Whether a folder found below `home` is walked; `entered` are links followed so far."""
        if not self._admits(path):
            return False
        if len(path.parts) - len(self.root.parts) > _DEEPEST:
            message = f"lies deeper than {_DEEPEST} folders, so what is below was not read"
            self._unread[path] = Fault(message, self.name(path))
            return False
        if not path.is_symlink():
            return True
        real = Path(os.path.realpath(path))
        if real in home.parents:
            self._unread[path] = Fault(_LEADS_UP, self.name(path), hint=_LEADS_UP_HINT)
            return False
        if any(walked == real or walked in real.parents for walked in (home, *entered)):
            return False  # walked under its own name, or by a link before
        entered.add(real)
        return True

    def _unlisted(self, error: OSError) -> None:
        path = Path(error.filename)
        self._unread[path] = Fault(f"folder cannot be read ({error.strerror})", self.name(path))

    def _admits(self, path: Path) -> bool:
        """Whether a path lies inside; a link that leads out is recorded as a fault."""
        inside = self._inside(path)
        if not inside:
            self._unread[path] = _outside(self.name(path), "", "")
        return inside

    def _bytes(self, path: Path, name: str) -> bytes:
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise InputError(Fault("not a regular file", name))
            if facts.st_size > LARGEST_FILE:
                size = f"{facts.st_size / 2**20:.0f} MiB"
                message = f"too large to be an export of this kind ({size})"
                limit = f"The limit is {LARGEST_FILE // 2**20} MiB a file."
                raise InputError(Fault(message, name, hint=limit))
            return path.read_bytes()
        except OSError as error:
            raise InputError(Fault(f"cannot be read ({error.strerror})", name)) from error

    def _inside(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return real == self._real or self._real in real.parents

    def _match(self, names: tuple[str, ...]) -> Path | None:
        """Follow the names; where one is absent, one that differs only in letter case will do."""
        folder = self.root
        for written in names:
            path = folder / written
            if not _exists(path):
                spellings = [
                    name for name in _names(folder) if name.casefold() == written.casefold()
                ]
                if len(spellings) != 1:
                    return None
                path = folder / spellings[0]
            folder = path
        return folder


def _above(path: Path) -> tuple[Path, ...]:
    """The real folders in which a link lies."""
    parent = Path(os.path.realpath(path.parent))
    return (parent, *parent.parents)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _parts(written: str) -> tuple[str, ...] | None:
    """The parts of a relative path with '/' or '\\'; None where it is absolute or climbs."""
    windows = PureWindowsPath(written)
    if windows.drive or windows.root or PurePosixPath(written).is_absolute():
        return None
    if ".." in windows.parts or "\0" in written:
        return None
    return windows.parts


def _outside(written: str, source: str, place: str) -> Fault:
    hint = "Copy what is needed into the inventory folder and name it relative to that."
    return Fault(f"path leaves the inventory folder: {written!r}", source, place, hint)
