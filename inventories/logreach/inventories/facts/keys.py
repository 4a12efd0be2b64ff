"""The names of facts."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FactKind(StrEnum):
    """The families of facts; `FactKey.name` says which one of the family."""

    OS = "os"
    ROLE = "role"
    FEATURE = "feature"  # name: 'ad-cs', 'nps', ...; value: bool
    AUDIT = "audit"  # name: subcategory GUID, upper case without braces
    LEGACY_AUDIT = "legacy-audit"  # name: category as secedit writes it, 'AuditObjectAccess'
    SETTING = "setting"  # name: from tables/settings.yaml; value: bool, int or str
    SYSMON = "sysmon"
    CHANNEL = "channel"  # name: the channel's full name
    SACL = "sacl"  # name: the object's path, upper case; or 'global:file', 'global:key'
    FORWARDING = "forwarding"


class FactKey(NamedTuple):
    """The name of one fact of a host; a tuple, as every question to a host makes one."""

    kind: FactKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)
