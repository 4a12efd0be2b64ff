"""The files of an inventory: found safely, read once, with their digests."""

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

        `judge` says how much of a decoded text makes sense to the reader; it decides between
        code pages where the bytes alone cannot.
        """
        problem, text = decode(self.data, judge)
        if problem:
            raise InputError(self.fault(problem))
        return text

    def evidence(self, where: str = "", quote: str = "") -> Evidence:
        """Evidence from this file; the quote is cut to a readable length."""
        quote = " ".join(quote.split())
        if len(quote) > _LONGEST_QUOTE:
            quote = quote[: _LONGEST_QUOTE - 3] + "..."
        return Evidence(self.path, self.sha256, where, quote)

    def fault(self, message: str, where: str = "", hint: str = "") -> Fault:
        """A fault of this file."""
        return Fault(message, self.path, where, hint)


class Folder:
    """An inventory folder. Nothing outside it is read; every file read is remembered."""

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
        """Of what was walked so far, what lies at or below a path and could not be looked into."""
        return tuple(
            fault for one, fault in self._unread.items() if one == path or path in one.parents
        )

    @property
    def files(self) -> tuple[InputFile, ...]:
        """Every file that was read, by path."""
        return tuple(InputFile(path, self._read[path].sha256) for path in sorted(self._read))

    def locate(self, written: str, source: str = "", where: str = "") -> Path:
        """The real path of a file or folder named in the inventory; InputError if it leaves it."""
        parts = _parts(written)
        if parts is None:
            raise InputError(_outside(written, source, where))
        found = self._match(parts)
        if found is None:
            hint = "Paths are relative to the inventory folder."
            raise InputError(Fault(f"no such file or folder: {written}", source, where, hint))
        if not self._inside(found):
            raise InputError(_outside(written, source, where))
        return found

    def read(self, path: Path) -> Source:
        """Read a located file; InputError where it cannot be read or is too large."""
        name = self.name(path)
        if name not in self._read:
            self._read[name] = Source.of(name, self._bytes(path, name))
        return self._read[name]

    def once(self, path: str, make: Callable[[], T], what: object) -> T:
        """What `make` gives for a path, made once: thousands of hosts may share a file."""
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
        """All regular files below a folder, in the order of their names, links out left alone.

        Links to folders of the inventory are followed, once each. What is left alone and what
        cannot be listed is remembered: see `unread`.
        """
        seen = 0
        home, entered = Path(os.path.realpath(folder)), set[Path]()
        for here, folders, files in os.walk(folder, onerror=self._unlisted, followlinks=True):
            found = sorted(folders, key=str.casefold)
            folders[:] = [one for one in found if self._enters(Path(here, one), home, entered)]
            for file in sorted(files, key=str.casefold):
                path = Path(here, file)
                if self._noted(path):
                    yield path
                seen += 1
                if seen > MOST_FILES:
                    message = f"more than {MOST_FILES} files in one folder"
                    raise InputError(Fault(message, self.name(folder)))

    def _enters(self, path: Path, home: Path, entered: set[Path]) -> bool:
        """Whether a folder found below `home` is walked; `entered` are links followed so far."""
        if not self._noted(path):
            return False
        if not path.is_symlink():
            return True
        real = Path(os.path.realpath(path))
        if real in home.parents:
            message = "link leads to a folder that holds it; it was not followed"
            self._unread[path] = Fault(message, self.name(path), hint="Link what is meant alone.")
            return False
        if any(one == real or one in real.parents for one in (home, *entered)):
            return False  # walked under its own name, or by a link before
        entered.add(real)
        return True

    def _unlisted(self, error: OSError) -> None:
        path = Path(error.filename)
        self._unread[path] = Fault(f"folder cannot be read ({error.strerror})", self.name(path))

    def _noted(self, path: Path) -> bool:
        """Whether a path lies inside; a link that leads out is noted, so that it is told."""
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

    def _match(self, parts: tuple[str, ...]) -> Path | None:
        """Follow the parts; where a name is absent, one that differs in letter case will do."""
        here = self.root
        for part in parts:
            step = here / part
            if not _exists(step):
                alike = [name for name in _names(here) if name.casefold() == part.casefold()]
                if len(alike) != 1:
                    return None
                step = here / alike[0]
            here = step
        return here


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _names(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir()]
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


def _outside(written: str, source: str, where: str) -> Fault:
    hint = "Copy what is needed into the inventory folder and name it relative to that."
    return Fault(f"path leaves the inventory folder: {written!r}", source, where, hint)
