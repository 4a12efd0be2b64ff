"""The baselines that logreach brings, and how a baseline is named: by its name, or by a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import LARGEST_FILE, Source
from logreach.inventories.files.tables import TABLES, table_bytes
from logreach.inventories.windows.baselines import baseline_file, policy_rules_baseline
from logreach.inventories.windows.baselines.requirements import Baseline
from logreach.inventories.windows.group_policy import policy_rules
from logreach.inventories.windows.registry.settings import nearest

_FOLDER = TABLES / "baselines"
_HEAD = 4096


@cache
def shipped_baselines() -> dict[str, Baseline]:
    """Every baseline of logreach's own, by name."""
    read = (
        baseline_file.read(Source.of(path.name, table_bytes(path)), shipped=True)
        for path in sorted(_FOLDER.glob("*.yaml"))
    )
    return {baseline.name: baseline for baseline in read}


def find_baseline(named: str) -> Baseline:
    """A baseline by its name, or in a file: YAML, or PolicyAnalyzer's. Raises InputError for a
    name that is none, with the nearest one, and for a file that is no baseline."""
    baseline = shipped_baselines().get(named.casefold())
    if baseline is not None:
        return baseline
    path = Path(named)
    is_path = path.suffix or "/" in named or "\\" in named
    if not path.is_file():
        if is_path:
            raise InputError(
                Fault("no such file", named, hint="Name a baseline, or a file of one.")
            )
        names = shipped_baselines()
        hint = f"{nearest(named, names)} CIS, PCI DSS and ISO need a file of your own."
        raise InputError(Fault(f"no baseline is called {named!r}", hint=hint))
    source = _source(path)
    head = source.text()[:_HEAD]
    if policy_rules.looks_like(head):
        return policy_rules_baseline.read(source)
    if head.lstrip().startswith("<"):
        hint = "Name a YAML file (see README) or a .PolicyRules file of PolicyAnalyzer."
        raise InputError(source.fault("is no baseline", hint=hint))
    return baseline_file.read(source)


def _source(path: Path) -> Source:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(Fault("is too large to be a baseline", str(path)))
        return Source.of(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(Fault(f"cannot be read ({error.strerror})", str(path))) from None
