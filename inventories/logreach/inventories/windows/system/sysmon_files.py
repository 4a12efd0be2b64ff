"""Sysmon on a host: its configuration as XML, kept whole for whoever evaluates it."""

from __future__ import annotations

import re

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import read_xml
from logreach.inventories.windows.facts import SYSMON, SysmonState

_ROOT = re.compile(r"<\s*sysmon\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)


def is_config(text: str) -> bool:
    """Whether a text is a Sysmon configuration."""
    bare = _COMMENT.sub("", text).lstrip()
    return bare.startswith("<") and bool(_ROOT.search(bare[:2000]))


def config(source: Source) -> str:
    """The configuration's text; InputError where it is no Sysmon configuration."""
    root, text = read_xml(source)
    if root.name.casefold() != "sysmon":
        message = f"is no Sysmon configuration (its root element is {root.name!r})"
        raise InputError(source.fault(message, f"line {root.line}"))
    return text


def read_config(source: Source) -> Reading:
    """A configuration found beside a host's other files: Sysmon is there, version not told."""
    state = SysmonState(
        installed=True,
        config=config(source),
        config_source=source.path,
        config_sha256=source.sha256,
    )
    evidence = source.evidence("line 1", "Sysmon configuration")
    return Reading((Statement(SYSMON, state, evidence, Strength.DECLARED),))


_BANNER = re.compile(r"System Monitor v(\d{1,3}\.\d{1,3})\b")
_HASH = re.compile(r"Config hash:\s*(?:\w+=)?([0-9A-Fa-f]{64})\b")
_INSTALLED = ("Current configuration:", "Service name:", "Rule configuration (version")


def is_listing(text: str) -> bool:
    """Whether a text is what `sysmon -c` prints of an installed Sysmon."""
    return any(mark in text for mark in _INSTALLED) and "Sysmon" in text


def read_listing(source: Source) -> Reading:
    """`sysmon -c`: that Sysmon runs, its version, and the digest of its configuration file.

    The rules are printed there too, but not so that they could be read back without doubt.
    """
    text = source.text()
    if not is_listing(text):
        hint = "Expected is what `sysmon -c` prints where Sysmon is installed."
        raise InputError(source.fault("tells of no installed Sysmon", hint=hint))
    banner = _BANNER.search(text)
    state = SysmonState(installed=True, version=banner[1] if banner else None)
    quote = banner[0] if banner else "Current configuration"
    digest = _HASH.search(text)
    if digest:
        quote = f"{quote}, configuration {digest[1].lower()}"
    return Reading((Statement(SYSMON, state, source.evidence("line 1", quote)),))


def loaded_digest(text: str) -> str:
    """The SHA-256 of the configuration that `sysmon -c` names; '' where it names none."""
    match = _HASH.search(text)
    return match[1].lower() if match else ""
