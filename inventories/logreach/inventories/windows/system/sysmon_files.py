"""Sysmon on a host: its configuration in XML, and what `sysmon -c` prints.

The configuration stays text in the fact; the Sysmon platform of `coverage` evaluates it.
"""

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


def is_config(head: str) -> bool:
    """Whether a file that begins with `head` is a Sysmon configuration."""
    without_comments = _COMMENT.sub("", head).lstrip()
    return without_comments.startswith("<") and bool(_ROOT.search(without_comments[:2000]))


def config(source: Source) -> str:
    """The XML of a configuration; InputError where the file is not a Sysmon configuration."""
    root, xml = read_xml(source)
    if root.name.casefold() != "sysmon":
        message = f"is not a Sysmon configuration (its root element is {root.name!r})"
        raise InputError(source.fault(message, f"line {root.line}"))
    return xml


def read_config(source: Source) -> Reading:
    """Read a configuration among a host's files: Sysmon is installed, in an unknown version."""
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
# What stands below the file and its hash: the algorithms, then the rules or that there are none.
_RULES = "Rule configuration (version"
_BELOW_THE_HASH = ("HashingAlgorithms:", _RULES, "No rules installed")
_FIRST_WITH_HASH = 11
_ABOVE_THE_HASH = ("Config file:", "Config hash:")


def is_listing(head: str) -> bool:
    """Whether a file that begins with `head` is `sysmon -c` output of an installed Sysmon."""
    return any(phrase in head for phrase in _INSTALLED) and "Sysmon" in head


def read_listing(source: Source) -> Reading:
    """Read from `sysmon -c` that Sysmon is installed, its version and its configuration's digest.

    The output also prints the rules, but a configuration cannot be rebuilt from that reliably.
    """
    listing = source.text()
    if not is_listing(listing):
        hint = "Save the output of `sysmon -c` on a host with Sysmon."
        raise InputError(source.fault("is not the output of an installed Sysmon", hint=hint))
    banner = _BANNER.search(listing)
    state = SysmonState(installed=True, version=banner[1] if banner else None)
    quote = banner[0] if banner else "Current configuration"
    digest = _HASH.search(listing)
    if digest:
        quote = f"{quote}, configuration {digest[1].lower()}"
    faults = (source.fault(_CUT, hint=_CUT_HINT),) if lost_digest(listing) else ()
    return Reading((Statement(SYSMON, state, source.evidence("line 1", quote)),), faults)


_CUT = "does not have the hash of the configuration that Sysmon has loaded"
_CUT_HINT = "The file seems cut off; save the output of `sysmon -c` again."


def lost_digest(listing: str) -> bool:
    """Whether `sysmon -c` printed a digest that is not here whole: which file is loaded is unknown.

    A Sysmon that was never given a file prints neither file nor hash, and has no rules. So does
    7.01, and maybe any before 11, also with rules (listings of 7.01 and 15.11 in public notes).
    """
    if _HASH.search(listing):
        return False
    if any(phrase in listing for phrase in _ABOVE_THE_HASH):
        return True
    if not any(phrase in listing for phrase in _BELOW_THE_HASH):
        return True
    banner = _BANNER.search(listing)
    is_old = banner is not None and int(banner[1].partition(".")[0]) < _FIRST_WITH_HASH
    return _RULES in listing and not is_old


def loaded_digest(listing: str) -> str:
    """The SHA-256 of the configuration in `sysmon -c` output; '' if there is none."""
    match = _HASH.search(listing)
    return match[1].lower() if match else ""
