"""Sysmon on a host: its configuration as XML, kept whole for whoever evaluates it."""

from __future__ import annotations

import re

from logreach.inventories.facts import FactKey, FactKind, Reading, Statement, Strength, SysmonState
from logreach.inventories.faults import InputError
from logreach.inventories.sources import Source
from logreach.inventories.xml_text import parse

KEY = FactKey(FactKind.SYSMON)
_ROOT = re.compile(r"<\s*sysmon\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)


def is_config(text: str) -> bool:
    """Whether a text is a Sysmon configuration."""
    bare = _COMMENT.sub("", text).lstrip()
    return bare.startswith("<") and bool(_ROOT.search(bare[:2000]))


def config(source: Source) -> str:
    """The configuration's text; InputError where it is no Sysmon configuration."""
    root, text = parse(source)
    if root.name.casefold() != "sysmon":
        message = f"is no Sysmon configuration (its root element is {root.name!r})"
        raise InputError(source.fault(message, f"line {root.line}"))
    return text


def read_config(source: Source) -> Reading:
    """A configuration found beside a host's other files: Sysmon is there, version not told."""
    state = SysmonState(installed=True, config=config(source), config_source=source.path)
    evidence = source.evidence("line 1", "Sysmon configuration")
    return Reading((Statement(KEY, state, evidence, Strength.DECLARED),))
