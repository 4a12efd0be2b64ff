"""Files that say what is audited on objects: Get-Acl, SDDL lists, `auditpol /resourceSACL`."""

from __future__ import annotations

import re

from logreach.inventories import resource_sacl, sacls
from logreach.inventories.facts import Reading
from logreach.inventories.sources import Source

# `logreach collect` begins its list so; then a descriptor without S: has no audit entries.
AUDITED = "# Get-Acl -Audit"
_RESOURCE = re.compile(r"^[^:\n]{1,60}:\s*(?:File|Key)\s*$", re.MULTILINE | re.IGNORECASE)
_SDDL = re.compile(
    r"""(?:^\s*Sddl\s*:|"Sddl"\s*:|^[^;\n]{3,1024};\s*"?[OGDS]:[A-Z(])""", re.MULTILINE
)


def looks_like(text: str) -> bool:
    """Whether a text lists security descriptors or global audit entries."""
    return text.startswith(AUDITED) or bool(_SDDL.search(text) or _RESOURCE.search(text))


def read(source: Source) -> Reading:
    """Read by content."""
    text = source.text()
    if _RESOURCE.search(text) and not _SDDL.search(text):
        return resource_sacl.read(text, source.path, source.sha256)
    audited = text.startswith(AUDITED)
    if audited:
        text = text.replace(AUDITED, "", 1)
    return sacls.read(text, source.path, source.sha256, audited=audited)
