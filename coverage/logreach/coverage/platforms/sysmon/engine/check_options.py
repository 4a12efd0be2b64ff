"""Checks of what stands beside the filters: hashes, clipboard, name lookup, archive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.check_elements import effect
from logreach.coverage.platforms.sysmon.engine.config import Condition, Config, Element, Filter
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.literals import shape
from logreach.coverage.platforms.sysmon.engine.outcomes import Outcome, View, model

_ALGORITHM = re.compile(r"\b(MD5|SHA1|SHA256|IMPHASH)=", re.IGNORECASE)
_HASH_FIELDS = frozenset(("Hashes", "Hash"))
_NAME_FIELDS = frozenset(("SourceHostname", "DestinationHostname"))
_OFF = frozenset(("false", "0", "no", "off", "disabled"))


def check_options(config: Config) -> Iterator[Hit]:
    """Everything about options, and filters that need one."""
    yield from _order(config)
    yield from _events(config)
    for elements in config.elements.values():
        for element in elements:
            for one in element.filters:
                yield from _hashes(config, element, one)
                yield from _names(config, one)


def _order(config: Config) -> Iterator[Hit]:
    empty = [option for option in config.options if not option.value]
    if not empty:
        return
    for option in config.options:
        if option.line >= empty[0].line and option is not empty[0] and option.value:
            words = {"option": option.name, "empty": empty[0].name}
            yield Hit("option-after-empty-option", option.line, words)


def _events(config: Config) -> Iterator[Hit]:
    logged = {tag: _may_log(config, ids[0]) for tag, ids in manifest.tags(config.binary).items()}
    lines = {tag: elements[0].line for tag, elements in config.elements.items()}
    if logged.get("ClipboardChange") and not config.option("CaptureClipboard"):
        yield Hit("clipboard-not-captured", lines["ClipboardChange"])
    if logged.get("FileDelete") and logged.get("FileDeleteDetected"):
        yield Hit("delete-events-share", lines["FileDeleteDetected"])
    keeping = [tag for tag in ("FileDelete", "ClipboardChange") if logged.get(tag)]
    if keeping and not config.option("ArchiveDirectory"):
        yield Hit("archive-default", lines[keeping[0]], {"tags": " and ".join(keeping)})


def _may_log(config: Config, event_id: int) -> bool:
    return bool(View(model(config, event_id), {}).outcome() & Outcome.LOGGED)


def algorithms(config: Config) -> frozenset[str] | None:
    """The hash algorithms that are computed, upper case; None: all. SHA1 is the default."""
    option = config.option("HashAlgorithms")
    chosen = option.value.strip().upper() if option else ""
    if not chosen:
        return frozenset(("SHA1",))
    return None if "*" in chosen else frozenset(part.strip() for part in chosen.split(","))


def _hashes(config: Config, element: Element, one: Filter) -> Iterator[Hit]:
    if one.field not in _HASH_FIELDS:
        return
    chosen = algorithms(config)
    words = {"filter": str(one), "field": one.field}
    named = {name.upper() for name in _ALGORITHM.findall(one.value)}
    if chosen is not None:
        found = shape(one.condition, one.value)
        told = effect(element, one, always=found is not None and found.negated)
        for algorithm in sorted(named - chosen):
            listed = ", ".join(sorted(chosen))
            extra = {"algorithm": algorithm, "chosen": listed, "effect": told}
            yield Hit("hash-not-computed", one.line, {**words, **extra})
    whole = one.condition in (Condition.IS, Condition.IS_ANY)
    if whole and len(named) == 1 and (chosen is None or len(chosen) > 1) and "," not in one.value:
        yield Hit("whole-hash-field", one.line, words)


def _names(config: Config, one: Filter) -> Iterator[Hit]:
    option = config.option("DnsLookup")
    if one.field in _NAME_FIELDS and option and option.value.strip().lower() in _OFF:
        yield Hit("dns-lookup-off", one.line, {"filter": str(one), "value": option.value.strip()})
