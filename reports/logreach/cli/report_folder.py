"""The folder for the reports: checked before the work, and filled with whole files only."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.wording import counted

_LAYERS = "navigator"
_FEW = 4
"""More files of one kind in the folder are told by their number."""
_PART = re.compile(r"\.logreach-(\d+)\.part")


def check_writable(out: Path, inventory: Path) -> None:
    """Raise InputError where a folder for reports plainly cannot be made or written to.

    Minutes of work come before the first report, so this is checked first. Where the sub-folders
    of the inventory are its hosts, the next run would take the reports for a host.
    """
    if _among_hosts(out.resolve(), inventory.resolve()):
        hint = "Name a folder outside of the inventory with --out."
        raise _unwritable("the next run would read it as a host of the inventory", out, hint)
    nearest = next(path for path in (out, *out.absolute().parents) if os.path.lexists(path))
    if not nearest.is_dir():
        raise _unwritable(f"{nearest} is not a folder", out)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unwritable(f"{nearest} is not writable", out)


def _among_hosts(out: Path, inventory: Path) -> bool:
    from logreach.inventories.reading.manifest import MANIFEST

    inside = out == inventory or inventory in out.parents
    return inside and inventory.is_dir() and not (inventory / MANIFEST).is_file()


@contextmanager
def whole_files(out: Path) -> Iterator[Path]:
    """Yield a folder to write to; its files then replace those in `out`.

    Where writing fails, the reports of an earlier run stay as they were, and InputError says why.
    """
    from logreach.coverage.attack.files import clear_leftovers

    temporary = out / f".logreach-{os.getpid()}.part"
    try:
        clear_leftovers(out, _PART)
        out.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield temporary
        for path in sorted(temporary.rglob("*")):
            if path.is_file():
                target = out / path.relative_to(temporary)
                _refuse_links(target.parent, out)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)  # takes the place of a link, and does not follow it
    except OSError as error:
        raise _write_error(error, temporary, out) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _refuse_links(folder: Path, out: Path) -> None:
    """Raise InputError where a folder for reports is a link, which would lead them elsewhere."""
    below = takewhile(lambda path: path != out, (folder, *folder.parents))
    for path in below:
        if path.is_symlink():
            raise _unwritable("it is a link", path, "Remove the link, or name another folder.")


def reports_text(written: Sequence[Path]) -> str:
    """'Reports in out: assessment.json, .xlsx, 18 .csv, navigator (7 files)'; '' for none."""
    if not written:
        return ""
    root = Path(os.path.commonpath([path.parent for path in written]))
    if root.name == _LAYERS and all(path.parent == root for path in written):
        root = root.parent
    names: dict[str, int] = {}
    for path in written:
        name = path.relative_to(root).parts[0]
        names[name] = names.get(name, 0) + 1
    files: list[str] = []
    folders: list[str] = []
    of_kind = Counter(Path(name).suffix for name in names)
    many = {kind: count for kind, count in of_kind.items() if count > _FEW and kind}
    for name, count in names.items():
        if (root / name).is_dir():
            folders.append(f"{name} ({counted(count, 'file')})")
        elif Path(name).suffix not in many:
            same_stem = files and Path(name).stem == Path(files[0]).stem
            files.append(Path(name).suffix if same_stem else name)
    files += [f"{count} {kind}" for kind, count in many.items()]
    return f"Reports in {root}: {', '.join(files + folders)}"


def left_from_earlier(written: Sequence[Path]) -> list[Path]:
    """The layers of an earlier run, beside those that this run has written."""
    layers = {path for path in written if path.parent.name == _LAYERS}
    folders = {path.parent for path in layers}
    return sorted(
        path for folder in folders for path in folder.glob("*.json") if path not in layers
    )


def _write_error(error: OSError, temporary: Path, out: Path) -> InputError:
    filename = error.filename2 or error.filename
    path = Path(str(filename).replace(str(temporary), str(out))) if filename else out
    hint = ""
    if isinstance(error, PermissionError):
        hint = "Check whether it is read-only, or open in another program."
    return _unwritable(error.strerror or str(error), path, hint)


def _unwritable(cause: str, path: Path, hint: str = "") -> InputError:
    return InputError(Fault(f"cannot write {path}: {cause}", hint=hint))
