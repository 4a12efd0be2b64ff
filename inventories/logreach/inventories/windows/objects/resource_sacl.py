"""Global object access auditing, as `auditpol /resourceSACL /view` prints it.

The labels follow the display language of Windows, so entries are known by their shape: a number,
then the resource type ('File' or 'Key' in every language), the account, the outcomes, the
condition (from Windows 8), and the accesses below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.text import lines
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_word
from logreach.inventories.windows.facts import SACL, Ace, AuditSetting, Sacl
from logreach.inventories.windows.host_words import no_global_sacl
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.object_names import GLOBAL_FILE, GLOBAL_KEY
from logreach.inventories.windows.objects.sacls import LONGEST, Found

_FIELD = re.compile(r"^\s*(?P<label>[^:]{1,60}):\s*(?P<value>.*?)\s*$")
_TYPES = {"file": GLOBAL_FILE, "key": GLOBAL_KEY}
_NONE = ("(null)", "")
_RIGHT = re.compile(r"^\s*(?:[A-Z][A-Z0-9_ /]+|0[xX][0-9a-fA-F]+)\s*$")


@dataclass(slots=True)
class _Entry:
    line: int
    values: list[str] = field(default_factory=list)
    accesses: list[tuple[int, str]] = field(default_factory=list)


def read(text: str, source: str, sha256: str = "", *, kind: str = "") -> Reading:
    """Global audit entries on files and keys.

    `kind` ('file' or 'key') says which of the two was asked for, where the command named one; it
    matters where the answer is that there are no entries. Without it the file's name tells.
    """
    found = Found(source, sha256)
    kind = kind or _kind_of(source)
    said = refusal(text)
    if len(text) > LONGEST or not text.strip("\0 \t\r\n") or said:
        message = f"a command's refusal: {said}" if said else "empty, or too long"
        found.fault(message, 1)
        return found.reading()
    entries = list(_entries(text))
    by_name: dict[str, list[Ace]] = {}
    broken: set[str] = set()
    for entry in entries:
        name = _name(entry)
        ace = _ace(entry, name, found)
        if not name:
            broken.update(_TYPES.values())
        elif ace is None:
            broken.add(name)
        else:
            by_name.setdefault(name, []).append(ace)
    _settle(by_name, broken, kind, text, found)
    return found.reading()


def _settle(
    by_name: dict[str, list[Ace]], broken: set[str], kind: str, text: str, found: Found
) -> None:
    """State each type that the output tells; one that lost an entry is missing."""
    empty = set() if by_name or broken else _told_empty(kind, text)
    asked = {f"global:{kind}"} if kind in _TYPES else set(_TYPES.values())
    for name in sorted(asked | set(by_name)):
        key = SACL(name)
        if name in broken:
            found.missing.append((key, Missing(f"{name}: {found.faults[0]}", found.faults[0])))
        elif name in by_name or name in empty:
            quote = text.strip().splitlines()[0]
            found.state(key, Sacl(tuple(by_name.get(name, ()))), 1, quote)
        else:
            found.missing.append((key, Missing(f"{found.source} does not tell {name}")))
    if not (by_name or broken or empty):
        hint = (
            "Save the outputs for /type:File and /type:Key in files with these words in their "
            "names, or export with auditpol /backup, which is alike in every language."
        )
        found.fault("no entry, and not told of which type there is none", 1, hint)


def _told_empty(kind: str, text: str) -> set[str]:
    """The types of which an output without entries says that there are none.

    The sentence names no type: it must be known which was asked for, unless it stands there
    twice, for both. In a language in which it is not known, it could as well be an error.
    """
    said = sum(1 for _, line in lines(text) if line.strip().casefold() in no_global_sacl())
    if kind in _TYPES:
        return {f"global:{kind}"} if said else set()
    return set(_TYPES.values()) if said >= len(_TYPES) else set()


def _kind_of(source: str) -> str:
    """The type in a file's name, as a word of its own."""
    words = set(re.findall(r"[a-z]+", source.rpartition("/")[2].lower().rpartition(".")[0]))
    named = [kind for kind in _TYPES if kind in words]
    return named[0] if len(named) == 1 else ""


def _entries(text: str) -> Iterator[_Entry]:
    """Groups of fields that begin with a numbered one."""
    entry: _Entry | None = None
    for number, line in lines(text):
        pair = _FIELD.match(line)
        if pair is not None and pair["value"].isdecimal() and (entry is None or entry.values):
            if entry is not None:
                yield entry
            entry = _Entry(number)
        elif entry is not None and pair is not None:
            entry.values.append(pair["value"])
        elif entry is not None and len(entry.values) >= 3 and _RIGHT.match(line):
            entry.accesses.append((number, line.strip()))
    if entry is not None:
        yield entry


def _name(entry: _Entry) -> str:
    return _TYPES.get(entry.values[0].casefold(), "") if entry.values else ""


def _ace(entry: _Entry, name: str, found: Found) -> Ace | None:
    if not name or len(entry.values) < 3:
        found.fault("an entry without its resource type, account and outcomes", entry.line)
        return None
    outcome = _outcome(entry.values[2])
    if outcome is None:
        message = f"{entry.values[2][:40]!r} is no outcome in any language known"
        found.fault(message, entry.line)
        return None
    rights = _rights(entry, name.removeprefix("global:"), found)
    if rights is None:
        return None
    condition = entry.values[3] if len(entry.values) > 3 else ""
    return Ace(
        principal=entry.values[1].strip("{}"),
        rights=rights,
        success=outcome.success,
        failure=outcome.failure,
        inherits_to_children=True,
        inherits_to_files=True,
        condition="" if condition in _NONE else condition,
    )


def _outcome(words: str) -> AuditSetting | None:
    """Outcomes as one of auditpol's own phrases, or as a list of single words."""
    whole = outcome_of_word(words)
    if isinstance(whole, AuditSetting):
        return whole
    parts = [outcome_of_word(word) for word in re.split(r"[,;/|]", words)]
    if not all(isinstance(part, AuditSetting) for part in parts):
        return None
    settings = [part for part in parts if isinstance(part, AuditSetting)]
    return AuditSetting(
        success=any(one.success for one in settings), failure=any(one.failure for one in settings)
    )


def _rights(entry: _Entry, kind: str, found: Found) -> int | None:
    mask = 0
    for number, word in entry.accesses:
        bits = int(word, 16) if word[:2].lower() == "0x" else access_rights.bits(kind, word)
        if bits is None:
            found.fault(f"{word[:40]!r} is no access right of a {kind}", number)
            return None
        mask |= bits
    if not entry.accesses:
        found.fault("an entry without accesses", entry.line)
        return None
    return mask
