"""Members of a local group on the host, as the script of `logreach collect` writes them.

An object {"GroupSID": ..., "Members": [{"Name": ..., "SID": ...}]}, out of `Get-LocalGroupMember`.
"""

from __future__ import annotations

from typing import Any

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.log_access import LOCAL_GROUP, GroupMembers, account


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` lists the members of a group."""
    return looks_like_json(head) and '"GroupSID"' in head and '"Members"' in head


def read(source: Source) -> Reading:
    """Every group with all of its members; InputError where one cannot be read."""
    return Reading(
        tuple(_group(source, row, number) for number, row in enumerate(parse_rows(source), 1))
    )


def _group(source: Source, row: dict[str, Any], number: int) -> Statement:
    sid, listed = row.get("GroupSID"), row.get("Members")
    listing = [listed] if isinstance(listed, dict) else listed if listed is not None else []
    if not isinstance(sid, str) or not isinstance(listing, list):
        raise InputError(source.fault("is no group with its members", f"record {number}"))
    names = [_member(source, member, number) for member in listing]
    evidence = source.evidence(f"record {number}", f"{sid}: {', '.join(names) or 'no members'}")
    return Statement(
        LOCAL_GROUP(sid.upper()), GroupMembers(frozenset(map(account, names))), evidence
    )


def _member(source: Source, member: object, number: int) -> str:
    fields = member if isinstance(member, dict) else {}
    names = [fields.get(key) for key in ("SID", "Name")]
    written = next((name for name in names if isinstance(name, str) and name.strip()), None)
    if written is None:
        raise InputError(source.fault("has a member without SID and Name", f"record {number}"))
    return written
