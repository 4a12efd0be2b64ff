"""Lints on options such as HashAlgorithms, and on filters and events that depend on an option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.check_elements import effect
from logreach.coverage.platforms.sysmon.engine.config import (
    Condition,
    Config,
    EventElement,
    Filter,
)
from logreach.coverage.platforms.sysmon.engine.lints import Hit
from logreach.coverage.platforms.sysmon.engine.outcomes import (
    DomainEvaluation,
    Outcome,
    event_model,
)
from logreach.coverage.platforms.sysmon.engine.value_sets import formula

_ALGORITHM = re.compile(r"\b(MD5|SHA1|SHA256|IMPHASH)=", re.IGNORECASE)
_HASH_FIELDS = frozenset(("Hashes", "Hash"))
_NAME_FIELDS = frozenset(("SourceHostname", "DestinationHostname"))
_FALSE = frozenset(("false", "0", "no", "off", "disabled"))


def check_options(config: Config) -> Iterator[Hit]:
    """Lints on options, and on filters and events that need one."""
    yield from _order(config)
    yield from _events(config)
    for elements in config.elements.values():
        for element in elements:
            for filter_ in element.filters:
                yield from _hashes(config, element, filter_)
                yield from _host_names(config, filter_)


def _order(config: Config) -> Iterator[Hit]:
    """Options that follow an empty one, at which the engine may stop reading."""
    empty = [option for option in config.options if not option.value]
    if not empty:
        return
    for option in config.options:
        if option.line >= empty[0].line and option is not empty[0] and option.value:
            words = {"option": option.name, "empty": empty[0].name}
            yield Hit("option-after-empty-option", option.line, words)


def _events(config: Config) -> Iterator[Hit]:
    """Events that may be logged and depend on an option or compete with another event."""
    logged = {
        tag: bool(DomainEvaluation(event_model(config, ids[0]), {}).outcome() & Outcome.LOGGED)
        for tag, ids in manifest.tags(config.sysmon_schema).items()
    }
    lines = {tag: elements[0].line for tag, elements in config.elements.items()}
    if logged.get("ClipboardChange") and not config.option("CaptureClipboard"):
        yield Hit("clipboard-not-captured", lines["ClipboardChange"])
    if logged.get("FileDelete") and logged.get("FileDeleteDetected"):
        yield Hit("delete-events-share", lines["FileDeleteDetected"])
    archiving = [tag for tag in ("FileDelete", "ClipboardChange") if logged.get(tag)]
    if archiving and not config.option("ArchiveDirectory"):
        yield Hit("archive-default", lines[archiving[0]], {"tags": " and ".join(archiving)})


def algorithms(config: Config) -> frozenset[str] | None:
    """The hash algorithms that Sysmon computes, in upper case; None: all. The default is SHA1."""
    option = config.option("HashAlgorithms")
    names = option.value.strip().upper() if option else ""
    if not names:
        return frozenset(("SHA1",))
    return None if "*" in names else frozenset(name.strip() for name in names.split(","))


def _hashes(config: Config, element: EventElement, filter_: Filter) -> Iterator[Hit]:
    """Filters on a hash that is not computed, or that compare one hash with the entire field."""
    if filter_.field not in _HASH_FIELDS:
        return
    computed = algorithms(config)
    words = {"filter": str(filter_), "field": filter_.field}
    sought = {name.upper() for name in _ALGORITHM.findall(filter_.value)}
    if computed is not None:
        condition = formula(filter_.condition, filter_.value)
        always = condition is not None and condition.negated
        for algorithm in sorted(sought - computed):
            missing = {
                "algorithm": algorithm,
                "chosen": ", ".join(sorted(computed)),
                "effect": effect(element, filter_, always),
            }
            yield Hit("hash-not-computed", filter_.line, {**words, **missing})
    compares_field = filter_.condition in (Condition.IS, Condition.IS_ANY)
    several_computed = computed is None or len(computed) > 1
    if compares_field and len(sought) == 1 and several_computed and "," not in filter_.value:
        yield Hit("whole-hash-field", filter_.line, words)


def _host_names(config: Config, filter_: Filter) -> Iterator[Hit]:
    """Filters on host names that Sysmon does not look up."""
    option = config.option("DnsLookup")
    if filter_.field in _NAME_FIELDS and option and option.value.strip().lower() in _FALSE:
        words = {"filter": str(filter_), "value": option.value.strip()}
        yield Hit("dns-lookup-off", filter_.line, words)
