"""Files of audit entries on objects: Get-Acl, lists of SDDL, `auditpol /resourceSACL`."""

from __future__ import annotations

import re

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import Sacl
from logreach.inventories.windows.objects import resource_sacl, sacls

# The first line of a list by `logreach collect`: a descriptor in it without S: audits nothing.
AUDITED = "# Get-Acl -Audit"
_GLOBAL_SACL = re.compile(r"^[^:\n]{1,60}:\s*(?:File|Key)\s*$", re.MULTILINE | re.IGNORECASE)
_NO_GLOBAL_SACL = re.compile(r"no global SACL", re.IGNORECASE)  # auditpol's own words in English
_SDDL = re.compile(
    r"""(?:^[ \t]*Sddl[ \t]*:|"Sddl"\s*:"""
    r"""|^[^;\n]{3,1024};\s*"?(?:[OGDS]:[A-Z(]|\((?:AU|AL|A|D);))""",
    re.MULTILINE,
)
_LIST = re.compile(r"\A\s*(?:[\[{#]|null\b)|^[^;\n]{3,1024};", re.MULTILINE)
_KINDS = ("file", "key")


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` lists security descriptors or global SACLs."""
    if head.startswith(AUDITED) or _SDDL.search(head) or _GLOBAL_SACL.search(head):
        return True
    return bool(_NO_GLOBAL_SACL.search(head))


def read(source: Source) -> Reading:
    """Read a file of audit entries; its content decides which of the formats it has."""
    listing = source.text()
    if not (_SDDL.search(listing) or listing.startswith(AUDITED) or _is_list(listing)):
        return _read_global(source, listing)
    audited = listing.startswith(AUDITED)
    if audited:
        listing = listing.replace(AUDITED, "", 1)
    reading = sacls.read(listing, source.path, source.sha256, audited=audited)
    ended = listing.endswith(("\n", "\r")) or listing.lstrip().startswith(("{", "["))
    return reading if ended or not reading.statements else _without_last_object(source, reading)


def _is_list(listing: str) -> bool:
    """Whether a file without descriptors is nevertheless a list of objects, perhaps empty."""
    return bool(_LIST.search(listing)) and not _GLOBAL_SACL.search(listing)


def _without_last_object(source: Source, reading: Reading) -> Reading:
    """The reading with its last object unknown: a file that ends within a line may be cut off."""
    last_statement = reading.statements[-1]
    message = f"ends within the line of {last_statement.key.name}, whose entries may be cut off"
    fault = source.fault(
        message, last_statement.evidence.where, "Export again, or end the last line."
    )
    unknown = (last_statement.key, Missing(str(fault), fault))
    return Reading(reading.statements[:-1], (*reading.faults, fault), (*reading.missing, unknown))


def _read_global(source: Source, output: str) -> Reading:
    """Read `auditpol /resourceSACL /view`.

    The output does not repeat the type asked for, so only a file whose name ends in 'file' or
    'key' proves that there are no entries of that type.
    """
    stem = source.path.rpartition("/")[2].rpartition(".")[0].casefold()
    kind = next((kind for kind in _KINDS if stem.endswith(kind)), "")
    reading = resource_sacl.read(output, source.path, source.sha256, kind=kind)
    named_type = {f"global:{kind}"} if kind else set[str]()
    statements = tuple(
        statement
        for statement in reading.statements
        if statement.key.name in named_type
        or (isinstance(statement.value, Sacl) and statement.value.aces)
    )
    return Reading(statements, reading.faults, reading.missing)
