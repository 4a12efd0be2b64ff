"""Rules out of files and folders."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from logreach.coverage.detections import cache
from logreach.coverage.detections.conversion import NO_CONVERSION, Conversion
from logreach.coverage.detections.documents import RuleFile, documents, rule_files
from logreach.coverage.detections.mapping import knowledge
from logreach.coverage.detections.model import Rule, RuleSet
from logreach.coverage.detections.narrowing import filters_of
from logreach.coverage.detections.serialised import content_of, rules_from
from logreach.inventories.files.faults import Fault


def load_rules(
    paths: Iterable[Path],
    *,
    cache_dir: Path | None = None,
    conversion: Conversion = NO_CONVERSION,
) -> RuleSet:
    """Every rule under some folders and files, in the order of their names.

    `conversion` is what the site makes of them before they run.

    What cannot be read or judged is in the set too and says why; what is wrong with the files is
    in its faults. `cache_dir` keeps compiled rules (None: no cache; `attack.files.cache_folder()`
    is the user's). Raises `InputError` where a path does not exist.
    """
    files, faults = rule_files(paths)
    rules, rule_faults = _cached(files, cache_dir, conversion)
    rules, doubles = _told_apart(rules)
    return RuleSet(tuple(rules), (*faults, *rule_faults, *doubles))


def _cached(
    files: Sequence[RuleFile], folder: Path | None, conversion: Conversion
) -> tuple[list[Rule], list[Fault]]:
    if folder is None:
        return _compiled(files, conversion)
    name = cache.digest(files, conversion.key)
    kept = cache.load(folder, name)
    try:
        return rules_from(kept), [Fault(*entry) for entry in kept["faults"]]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        rules, faults = _compiled(files, conversion)
        entries = [[fault.message, fault.source, fault.where, fault.hint] for fault in faults]
        cache.store(folder, name, {**content_of(rules), "faults": entries})
        return rules, faults


def _compiled(files: Sequence[RuleFile], conversion: Conversion) -> tuple[list[Rule], list[Fault]]:
    from logreach.coverage.detections.compile import Compiler, rules_of

    rules: list[Rule] = []
    faults: list[Fault] = []
    read = [documents(file) for file in files]
    filters = filters_of(document for loaded, _ in read for document in loaded)
    compiler = Compiler(knowledge(), filters, conversion, conversion.pipeline())
    for loaded, unreadable in read:
        compiled, wrong = rules_of(loaded, compiler)
        rules += compiled
        faults += [*unreadable, *wrong]
    return rules, faults


def _told_apart(rules: list[Rule]) -> tuple[list[Rule], list[Fault]]:
    """Rules that share an id get a number behind it, so that no verdict hides another."""
    counts: Counter[str] = Counter()
    first: dict[str, Rule] = {}
    faults: list[Fault] = []
    for index, rule in enumerate(rules):
        counts[rule.id] += 1
        if counts[rule.id] == 1:
            first[rule.id] = rule
            continue
        first_rule = first[rule.id]
        message = (
            f"Sigma rule: the id {rule.id} is also that of {first_rule.file} line {first_rule.line}"
        )
        faults.append(Fault(message, rule.file, f"line {rule.line}", "Give it an id of its own."))
        rules[index] = dataclasses.replace(rule, id=f"{rule.id}#{counts[rule.id]}")
    return rules, faults
