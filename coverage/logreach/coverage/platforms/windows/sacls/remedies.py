"""Remedies: the exact audit entry to add, as a fact, as SDDL and as a command."""

from __future__ import annotations

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.platforms.windows.sacls.needs import WITH_GLOBAL, AccessNeed, ObjectScope
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import Ace, Sacl
from logreach.inventories.windows.objects.object_names import ObjectName

EVERYONE = "S-1-1-0"
_NO_GUID = "00000000-0000-0000-0000-000000000000"


def remedy_for(need: AccessNeed, name: ObjectName | None, key: FactKey[object]) -> Remedy | None:
    """Add one entry to the object's SACL, or a global one for any object of the kind.

    None if no lasting entry can be set (processes, kernel objects, any directory object).
    """
    if need.kind not in ("key", "file", "ad", "service"):
        return None
    if name is None and need.kind not in WITH_GLOBAL:
        return None
    ace = _ace(need, name)
    # The entry alone: the same remedy is made on hosts that have other entries.
    value = Sacl((ace,), spread=name is not None)
    if name is None:
        instruction, objects = _global(need, ace), f"every {need.kind} (global)"
    else:
        instruction, objects = _on_object(need, name, ace), name.name
    title = f"Audit entry on {objects}: {to_sddl(ace)}"
    return Remedy(key, value, instruction, title=title, kind="audit entry")


def _ace(need: AccessNeed, name: ObjectName | None) -> Ace:
    mask = 0
    for bits in need.masks.values():
        mask |= bits
    hands_down = name is None or _hands_down(need)
    return Ace(
        principal=EVERYONE,
        rights=mask,
        success=need.outcome in ("success", "both"),
        failure=need.outcome in ("failure", "both"),
        inherits_to_children=hands_down and need.kind != "service",
        object_type=need.type_guid,
        inherits_to_files=hands_down and need.kind == "file",
    )


def _hands_down(need: AccessNeed) -> bool:
    if need.kind == "ad":
        return need.below or bool(need.class_guid)
    return need.below or need.scope is ObjectScope.TREE


def to_sddl(ace: Ace, inherited_type: str = "", *, only_below: bool = False) -> str:
    """One entry in SDDL."""
    inherits = ("OI" * ace.inherits_to_files) + ("CI" * ace.inherits_to_children)
    flags = f"{inherits}{'IO' * only_below}{'SA' * ace.success}{'FA' * ace.failure}"
    kind = "OU" if ace.object_type or inherited_type else "AU"
    principal = "WD" if ace.principal == EVERYONE else ace.principal
    return f"({kind};{flags};0x{ace.rights:X};{ace.object_type};{inherited_type};{principal})"


def _global(need: AccessNeed, ace: Ace) -> str:
    outcomes = " ".join(f"/{word}" for word in _outcomes(ace))
    kind = need.kind.capitalize()
    return (
        f"add a global audit entry for every {need.kind}: auditpol /resourceSACL /set "
        f"/type:{kind} /user:{{{EVERYONE}}} {outcomes} /access:0x{ace.rights:X}"
    )


def _outcomes(ace: Ace) -> list[str]:
    return [word for word, on in (("success", ace.success), ("failure", ace.failure)) if on]


def _on_object(need: AccessNeed, name: ObjectName, ace: Ace) -> str:
    flags = ",".join(word.capitalize() for word in _outcomes(ace))
    if need.kind == "service":
        service = name.name.removeprefix("service:")
        return f"add {to_sddl(ace)} to the S: part of service {service} (sc sdshow, sc sdset)"
    if need.kind == "ad":
        return _in_directory(need, name, ace, flags)
    inherits = [
        word
        for word, on in (
            ("ContainerInherit", ace.inherits_to_children),
            ("ObjectInherit", ace.inherits_to_files),
        )
        if on
    ]
    rule = "Registry" if need.kind == "key" else "FileSystem"
    rule_expression = (
        f"[Security.AccessControl.{rule}AuditRule]::new([Security.Principal.SecurityIdentifier]"
        f"'{EVERYONE}',[Security.AccessControl.{rule}Rights]0x{ace.rights:X},"
        f"'{','.join(inherits) or 'None'}','None','{flags}')"
    )
    command = f"$p='{_quoted(_powershell_path(name.name))}'; {_commands(rule_expression)}"
    return f"add {to_sddl(ace)} to the SACL of {name.name}; in PowerShell: {command}"


def _powershell_path(name: str) -> str:
    """A path as PowerShell's providers take it."""
    hive, _, subkey = name.partition("\\")
    if hive in ("HKLM", "HKCU"):
        return f"{hive}:\\{subkey}"
    return f"Registry::HKEY_USERS\\{subkey}" if hive == "HKU" else name


def _in_directory(need: AccessNeed, name: ObjectName, ace: Ace, flags: str) -> str:
    by_class = name.name.startswith("ad:")
    root = name.name == "ad:DOMAINDNS"
    class_guid = need.class_guid if by_class and not root else ""
    path = "(Get-ADDomain).DistinguishedName" if by_class else f"'{_quoted(name.name)}'"
    below = "Descendents" if class_guid else "All" if ace.inherits_to_children else "None"
    rule_expression = (
        "[DirectoryServices.ActiveDirectoryAuditRule]::new([Security.Principal."
        f"SecurityIdentifier]'{EVERYONE}',[DirectoryServices.ActiveDirectoryRights]"
        f"0x{ace.rights:X},'{flags}',[guid]'{ace.object_type or _NO_GUID}','{below}',"
        f"[guid]'{class_guid or _NO_GUID}')"
    )
    target = "the domain's root" if by_class else name.name
    entry = to_sddl(ace, class_guid, only_below=bool(class_guid))
    command = f"$p='AD:\\'+{path}; {_commands(rule_expression)}"
    return f"add {entry} to the SACL of {target}; in PowerShell: {command}"


def _commands(rule_expression: str) -> str:
    return f"$a=Get-Acl -Audit $p; $a.AddAuditRule({rule_expression}); Set-Acl $p $a"


def _quoted(path: str) -> str:
    """A path within single quotes in PowerShell."""
    return path.replace("'", "''")
