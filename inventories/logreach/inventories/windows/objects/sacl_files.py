"""Files that say what is audited on objects: Get-Acl, SDDL lists, `auditpol /resourceSACL`."""

from __future__ import annotations

import re

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import Sacl
from logreach.inventories.windows.objects import resource_sacl, sacls

# `logreach collect` begins its list so; then a descriptor without S: has no audit entries.
AUDITED = "# Get-Acl -Audit"
_RESOURCE = re.compile(r"^[^:\n]{1,60}:\s*(?:File|Key)\s*$", re.MULTILINE | re.IGNORECASE)
_NO_RESOURCE = re.compile(r"no global SACL", re.IGNORECASE)  # auditpol's own words in English
_SDDL = re.compile(
    r"""(?:^\s*Sddl\s*:|"Sddl"\s*:|^[^;\n]{3,1024};\s*"?(?:[OGDS]:[A-Z(]|\((?:AU|AL|A|D);))""",
    re.MULTILINE,
)
_LIST = re.compile(r"\A\s*(?:[\[{#]|null\b)|^[^;\n]{3,1024};", re.MULTILINE)
_KINDS = ("file", "key")


def looks_like(text: str) -> bool:
    """Whether a text lists security descriptors or global audit entries."""
    if text.startswith(AUDITED) or _SDDL.search(text) or _RESOURCE.search(text):
        return True
    return bool(_NO_RESOURCE.search(text))


def read(source: Source) -> Reading:
    """Read by content."""
    text = source.text()
    if not (_SDDL.search(text) or text.startswith(AUDITED) or _is_list(text)):
        return _global(source, text)
    audited = text.startswith(AUDITED)
    if audited:
        text = text.replace(AUDITED, "", 1)
    told = sacls.read(text, source.path, source.sha256, audited=audited)
    whole = text.endswith(("\n", "\r")) or text.lstrip().startswith(("{", "["))
    return told if whole or not told.statements else _without_last(source, told)


def _is_list(text: str) -> bool:
    """Whether a text without any descriptor is a list of objects all the same, be it empty."""
    return bool(_LIST.search(text)) and not _RESOURCE.search(text)


def _without_last(source: Source, told: Reading) -> Reading:
    """A text that ends within a line may be cut off, and with it the last object's entries."""
    last = told.statements[-1]
    message = f"ends within the entries of {last.key.name}, which may go on"
    fault = source.fault(message, last.evidence.where, "Export again, or end the last line.")
    lost = (last.key, Missing(str(fault), fault))
    return Reading(told.statements[:-1], (*told.faults, fault), (*told.missing, lost))


def _global(source: Source, text: str) -> Reading:
    """`auditpol /resourceSACL /view`. Its text does not tell which type was asked for, so only a
    file whose name ends in 'file' or 'key' can say that there are no entries of that type."""
    stem = source.path.rpartition("/")[2].rpartition(".")[0].casefold()
    kind = next((kind for kind in _KINDS if stem.endswith(kind)), "")
    told = resource_sacl.read(text, source.path, source.sha256, kind=kind)
    sure = {f"global:{kind}"} if kind else set[str]()
    kept = tuple(
        one
        for one in told.statements
        if one.key.name in sure or (isinstance(one.value, Sacl) and one.value.aces)
    )
    return Reading(kept, told.faults, told.missing)
