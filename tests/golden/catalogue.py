"""The inventories whose answers are frozen: where each lies, and what it is assessed with.

An inventory has a name such as `own/wef` or `rule/15_numeric_id`; the part before the slash is its
group.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared"
CASES = SHARED / "cases"
WINDOWS_RULES = SHARED / "data" / "sigma" / "rules" / "windows"

# Reference files that an inventory of our own borrows: its path inside of the inventory, and the
# path below ../shared/data. Third-party files are copied at run time, never committed.
BORROWED: Mapping[str, Mapping[str, str]] = {
    "gpo/nsa-windows": {"gpo": "gpo/nsa-windows"},
    "gpo/nsa-windows-firewall": {"gpo": "gpo/nsa-windows-firewall"},
    "own/sysmon-reference": {
        "sysmon/swift.xml": "sysmon/configs/swiftonsecurity.xml",
        "sysmon/modular.xml": "sysmon/configs/modular-sysmonconfig.xml",
        "sysmon/excludes.xml": "sysmon/configs/modular-sysmonconfig-excludes-only.xml",
        "sysmon/mde.xml": "sysmon/configs/modular-sysmonconfig-mde-augment.xml",
        "sysmon/filedelete.xml": "sysmon/configs/modular-sysmonconfig-with-filedelete.xml",
    },
    "own/wef-reference": {"wef": "wef/palantir"},
}


@dataclass(frozen=True, order=True)
class Inventory:
    """A folder to assess, the rules of its own, and the reference files that it borrows."""

    name: str
    folder: Path
    rules: Path | None = None
    borrowed: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def has_third_party_text(self) -> bool:
        """Whether texts may quote third-party files, so that only their hashes are kept."""
        return bool(self.borrowed)

    def missing_references(self) -> list[Path]:
        """The files and folders that this inventory needs and that are not at hand."""
        borrowed = [SHARED / "data" / path for path in self.borrowed.values()]
        needed = [self.folder, *borrowed, *([self.rules] if self.rules else [])]
        return [path for path in needed if not path.exists()]

    def assemble(self, workspace: Path) -> Path:
        """The folder to assess: the committed one, or a copy with the borrowed files in it."""
        if not self.borrowed:
            return self.folder
        copy = workspace / self.folder.name
        shutil.copytree(self.folder, copy)
        for path, reference in self.borrowed.items():
            _copy(SHARED / "data" / reference, copy / path)
        return copy


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, copy_function=shutil.copyfile)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def all_inventories(frozen_names: Iterable[str]) -> dict[str, Inventory]:
    """Every inventory by name, those whose references are absent included.

    Cases are known by their frozen names too, so that an absent ../shared skips tests instead of
    losing them.
    """
    frozen_cases = {name for name in frozen_names if name.split("/")[0] in _CASE_FOLDERS}
    own = [*_committed(), Inventory("contoso", ROOT / "examples" / "contoso")]
    names = {*_case_names(), *frozen_cases} - {inventory.name for inventory in own}
    return {one.name: one for one in sorted([*own, *map(_case, names)])}


def _committed() -> Iterator[Inventory]:
    for group in ("own", "gpo"):
        for folder in sorted((HERE / "inventories" / group).iterdir()):
            name = f"{group}/{folder.name}"
            yield Inventory(name, folder, borrowed=BORROWED.get(name, {}))


def _case_names() -> Iterator[str]:
    for group, folder in _CASE_FOLDERS.items():
        if (CASES / folder).is_dir():
            yield from (f"{group}/{path.name}" for path in (CASES / folder).iterdir())


_CASE_FOLDERS = {"case": "inventories", "damaged": "damaged", "rule": "rules"}


def _case(name: str) -> Inventory:
    group, title = name.split("/")
    case = CASES / _CASE_FOLDERS[group] / title
    if group == "rule":
        return Inventory(name, case / "inv", rules=case / "rules")
    if group == "damaged":
        return Inventory(name, case)
    if (case / "in" / "rule.yml").exists():
        return Inventory(name, case / "in" / "inv", rules=case / "in" / "rule.yml")
    return Inventory(name, case / "in")
