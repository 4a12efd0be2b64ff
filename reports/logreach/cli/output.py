"""The folder for the reports: looked at before the work, and filled with whole files only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from logreach.inventories.files.faults import Fault, InputError


def look_at(out: Path, inventory: Path) -> None:
    """Raise InputError where a folder for reports plainly cannot be made or written to.

    Minutes of work come before the first report; this is told before them. Where the sub-folders
    of the inventory are its hosts, the next run would take the reports for one.
    """
    if _among_hosts(out.resolve(), inventory.resolve()):
        hint = "Give a folder outside of it with --out."
        raise _unwritable("the next run would take it for a host of the inventory", out, hint)
    nearest = next(one for one in (out, *out.absolute().parents) if os.path.lexists(one))
    if not nearest.is_dir():
        raise _unwritable(f"{nearest} is no folder", out)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unwritable(f"nothing may be written to {nearest}", out)


def _among_hosts(out: Path, inventory: Path) -> bool:
    from logreach.inventories.reading.manifest import MANIFEST

    inside = out == inventory or inventory in out.parents
    return inside and inventory.is_dir() and not (inventory / MANIFEST).is_file()


@contextmanager
def whole_files(out: Path) -> Iterator[Path]:
    """Give a folder to write to; what is in it afterwards takes its place in `out`.

    Where writing fails, the reports of an earlier run stay as they were, and InputError tells why.
    """
    part = out / f".logreach-{os.getpid()}.part"
    try:
        part.mkdir(parents=True, exist_ok=True)
        yield part
        for path in sorted(part.rglob("*")):
            if path.is_file():
                place = out / path.relative_to(part)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
    except OSError as error:
        raise _told(error, part, out) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def left_from_earlier(written: Sequence[Path]) -> list[Path]:
    """The layers beside those that this run has written."""
    layers = {path for path in written if path.parent.name == "navigator"}
    folders = {path.parent for path in layers}
    return sorted(one for at in folders for one in at.glob("profile-*.json") if one not in layers)


def _told(error: OSError, part: Path, out: Path) -> InputError:
    named = error.filename2 or error.filename
    place = Path(str(named).replace(str(part), str(out))) if named else out
    hint = ""
    if isinstance(error, PermissionError):
        hint = "Look whether it is read-only, or open in another program."
    return _unwritable(error.strerror or str(error), place, hint)


def _unwritable(why: str, place: Path, hint: str = "") -> InputError:
    return InputError(Fault(f"cannot write {place}: {why}", hint=hint))
