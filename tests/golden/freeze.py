"""Freeze the answers of `logreach assess`, or check that they are as they were frozen.

    python tests/golden/freeze.py --check [NAME...]          # exit 1 where an answer differs
    python tests/golden/freeze.py --check --texts [NAME...]  # compare texts too
    python tests/golden/freeze.py --write [NAME...]          # freeze answers and texts
    python tests/golden/freeze.py --write --texts [NAME...]  # freeze texts alone
    python tests/golden/freeze.py --show NAME                # print the frozen lines

A NAME selects an inventory, or a group of them such as `own`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden.answers import Statements, statements_of
from golden.catalogue import WINDOWS_RULES, Inventory, all_inventories
from golden.difference import difference
from golden.runs import WITHOUT_RULES, assess, variants_of
from golden.storage import freeze, frozen, frozen_names, group_of, spell

_PROCESSES = 2
# Texts that quote Sigma's rules are frozen for these inventories alone, since they take much room.
_TEXTS_WITH_RULES = {"contoso"}


def compare(inventory: Inventory, variants: Iterable[str], cache: Path, texts: bool) -> list[str]:
    """How an inventory's answers (and texts) differ from the frozen ones."""
    variants = tuple(variants)
    now = observe(inventory, variants, cache)
    lines = difference(frozen(inventory.name, "answers"), now.answers, variants)
    if texts:
        changed = difference(frozen(inventory.name, "texts"), now.texts, variants)
        lines += [line if line.startswith(" ") else f"text of {line}" for line in changed]
    return lines + now.contradictions


def observe(inventory: Inventory, variants: tuple[str, ...], cache: Path) -> Statements:
    """Assess an inventory and say what comes out."""
    runs = assess(inventory, variants, cache)
    kept = set(variants) if inventory.name in _TEXTS_WITH_RULES else {WITHOUT_RULES}
    return statements_of(runs, hide_texts=inventory.has_third_party_text, texts_of=kept)


def _check(cache: Path, texts: bool, inventory: Inventory) -> list[str]:
    return compare(inventory, variants_of(inventory), cache, texts)


def _observe_all(cache: Path, inventory: Inventory) -> Statements:
    return observe(inventory, variants_of(inventory), cache)


def _selected(names: list[str]) -> list[Inventory]:
    inventories = all_inventories(frozen_names()).values()
    unknown = [n for n in names if not any(_is_named(one, n) for one in inventories)]
    if unknown:
        sys.exit(f"no such inventory: {', '.join(unknown)}")
    return [one for one in inventories if not names or any(_is_named(one, n) for n in names)]


def _is_named(inventory: Inventory, name: str) -> bool:
    return inventory.name == name or inventory.name.startswith(f"{name}/")


def _run(arguments: argparse.Namespace) -> int:
    inventories = _selected(arguments.names)
    absent = [one.name for one in inventories if one.missing_references()]
    if absent or not WINDOWS_RULES.exists():
        sys.exit(f"reference data is not at hand: {', '.join(absent) or WINDOWS_RULES.name}")
    with (
        tempfile.TemporaryDirectory(prefix="logreach-cache-") as cache,
        ProcessPoolExecutor(_PROCESSES) as pool,
    ):
        if arguments.check:
            check = partial(_check, Path(cache), arguments.texts)
            return _report(zip(inventories, pool.map(check, inventories), strict=True))
        observed = pool.map(partial(_observe_all, Path(cache)), inventories)
        _freeze(dict(zip(inventories, observed, strict=True)), texts_alone=arguments.texts)
    return 0


def _report(compared: Iterable[tuple[Inventory, list[str]]]) -> int:
    differs = []
    for inventory, lines in compared:
        differs.append(bool(lines))
        heading = f"{inventory.name}: {'differs' if lines else 'same'}"
        sys.stdout.write("".join(f"{line}\n" for line in [heading, *lines]))
        sys.stdout.flush()
    sys.stdout.write(f"{len(differs)} inventories, {sum(differs)} different\n")
    return 1 if any(differs) else 0


def _freeze(observed: Mapping[Inventory, Statements], *, texts_alone: bool) -> None:
    groups = sorted({group_of(inventory.name) for inventory in observed})
    for group in groups:
        members = {one.name: all_of for one, all_of in observed.items() if _is_named(one, group)}
        freeze(group, "texts", {name: member.texts for name, member in members.items()})
        if not texts_alone:
            freeze(group, "answers", {name: member.answers for name, member in members.items()})
        sys.stdout.write(f"{group}: {len(members)} frozen\n")


def _show(names: list[str]) -> None:
    for inventory in _selected(names):
        for what in ("answers", "texts"):
            statements = frozen(inventory.name, what)
            for said in sorted(statements):
                scope = spell(statements[said])
                line = f"{inventory.name} | {said.kind} | {said.subject} | {scope} | {said.value}"
                sys.stdout.write(f"{line}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true")
    action.add_argument("--write", action="store_true")
    action.add_argument("--show", action="store_true")
    parser.add_argument("--texts", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _arguments()
    if chosen.show:
        with contextlib.suppress(BrokenPipeError):
            _show(chosen.names)
    else:
        sys.exit(_run(chosen))
