"""Global object access auditing, as `auditpol /resourceSACL /view` prints it.

The labels are in the display language of Windows, so an entry is recognised by its form: a number,
then the resource type ('File' or 'Key' in every language), the account, the outcomes, the
condition (since Windows 8), and the accesses in lines of their own.
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
from logreach.inventories.windows.objects.sacls import LONGEST, SaclCollector

_FIELD = re.compile(r"^\s*(?P<label>[^:]{1,60}):(?P<value>.*)$")
_NAME_BY_TYPE = {"file": GLOBAL_FILE, "key": GLOBAL_KEY}
_NONE = ("(null)", "")
_RIGHT = re.compile(r"^\s*(?:[A-Z][A-Z0-9_ /]++|0[xX][0-9a-fA-F]+)\s*$")


@dataclass(slots=True)
class _GlobalEntry:
    line: int
    values: list[str] = field(default_factory=list)
    accesses: list[tuple[int, str]] = field(default_factory=list)


def read(output: str, source: str, sha256: str = "", *, kind: str = "") -> Reading:
    """Read the global audit entries on files and keys.

    `kind` is the type that the command asked for ('file' or 'key'). The answer 'no entries' does
    not repeat it; without `kind` the name of the file decides.
    """
    collector = SaclCollector(source, sha256)
    kind = kind or _kind_in_file_name(source)
    error_line = refusal(output)
    if len(output) > LONGEST or not output.strip("\0 \t\r\n") or error_line:
        message = "empty, or too long"
        if error_line:
            message = f"holds an error message, not audit entries: {error_line}"
        collector.fault(message, 1)
        return collector.reading()
    entries = list(_entries(output))
    by_name: dict[str, list[Ace]] = {}
    broken: set[str] = set()
    for entry in entries:
        name = _name(entry)
        ace = _ace(entry, name, collector)
        if not name:
            broken.update(_NAME_BY_TYPE.values())
        elif ace is None:
            broken.add(name)
        else:
            by_name.setdefault(name, []).append(ace)
    _state_types(by_name, broken, kind, output, collector)
    return collector.reading()


def _state_types(
    by_name: dict[str, list[Ace]],
    broken: set[str],
    kind: str,
    output: str,
    collector: SaclCollector,
) -> None:
    """State the entries of each type; a type with an unreadable entry is unknown."""
    empty = set() if by_name or broken else _types_without_entries(kind, output)
    expected = {f"global:{kind}"} if kind in _NAME_BY_TYPE else set(_NAME_BY_TYPE.values())
    for name in sorted(expected | set(by_name)):
        key = SACL(name)
        if name in broken:
            fault = collector.faults[0]
            collector.missing.append((key, Missing(f"{name}: {fault}", fault)))
        elif name in by_name or name in empty:
            quote = output.strip().splitlines()[0]
            collector.state(key, Sacl(tuple(by_name.get(name, ()))), 1, quote)
        else:
            reason = f"{collector.source} does not list the entries of {name}"
            collector.missing.append((key, Missing(reason)))
    if not (by_name or broken or empty):
        hint = (
            "Save the outputs for /type:File and /type:Key in files with these words in their "
            "names, or export with auditpol /backup, which has both in every language."
        )
        collector.fault("has no entry, and does not say for which type", 1, hint)


def _types_without_entries(kind: str, output: str) -> set[str]:
    """The types for which an output without entries says that there are none.

    The sentence does not name the type: the type asked for must be known, unless the sentence
    occurs twice, once for each. In an unknown language it could also be an error message.
    """
    count = sum(1 for _, line in lines(output) if line.strip().casefold() in no_global_sacl())
    if kind in _NAME_BY_TYPE:
        return {f"global:{kind}"} if count else set()
    return set(_NAME_BY_TYPE.values()) if count >= len(_NAME_BY_TYPE) else set()


def _kind_in_file_name(source: str) -> str:
    """The type that the file's name contains as a word; '' if none or both."""
    words = set(re.findall(r"[a-z]+", source.rpartition("/")[2].lower().rpartition(".")[0]))
    kinds = [kind for kind in _NAME_BY_TYPE if kind in words]
    return kinds[0] if len(kinds) == 1 else ""


def _entries(output: str) -> Iterator[_GlobalEntry]:
    """The entries; each begins with a field whose value is its number."""
    entry: _GlobalEntry | None = None
    for number, line in lines(output):
        field_match = _FIELD.match(line)
        value = field_match["value"].strip() if field_match is not None else ""
        numbered = value.isdecimal()
        if numbered and (entry is None or entry.values):
            if entry is not None:
                yield entry
            entry = _GlobalEntry(number)
        elif entry is not None and field_match is not None:
            entry.values.append(value)
        elif entry is not None and len(entry.values) >= 3 and _RIGHT.match(line):
            entry.accesses.append((number, line.strip()))
    if entry is not None:
        yield entry


def _name(entry: _GlobalEntry) -> str:
    return _NAME_BY_TYPE.get(entry.values[0].casefold(), "") if entry.values else ""


def _ace(entry: _GlobalEntry, name: str, collector: SaclCollector) -> Ace | None:
    if not name or len(entry.values) < 3:
        collector.fault("entry lacks its resource type, account or outcomes", entry.line)
        return None
    outcome = _outcome(entry.values[2])
    if outcome is None:
        message = f"{entry.values[2][:40]!r} is no outcome in any known language"
        collector.fault(message, entry.line)
        return None
    rights = _rights(entry, name.removeprefix("global:"), collector)
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
    """The outcomes, written as one of auditpol's phrases or as a list of words."""
    setting = outcome_of_word(words)
    if isinstance(setting, AuditSetting):
        return setting
    word_outcomes = [outcome_of_word(word) for word in re.split(r"[,;/|]", words)]
    if not all(isinstance(outcome, AuditSetting) for outcome in word_outcomes):
        return None
    settings = [outcome for outcome in word_outcomes if isinstance(outcome, AuditSetting)]
    return AuditSetting(
        success=any(setting.success for setting in settings),
        failure=any(setting.failure for setting in settings),
    )


def _rights(entry: _GlobalEntry, kind: str, collector: SaclCollector) -> int | None:
    mask = 0
    for number, word in entry.accesses:
        right = int(word, 16) if word[:2].lower() == "0x" else access_rights.bits(kind, word)
        if right is None:
            collector.fault(f"{word[:40]!r} is not an access right of a {kind}", number)
            return None
        mask |= right
    if not entry.accesses:
        collector.fault("entry has no accesses", entry.line)
        return None
    return mask
