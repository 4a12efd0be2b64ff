"""Audit entries of objects, from the output of Get-Acl -Audit and from lists of SDDL.

A descriptor without an S: part may come from a command that did not read audit entries. Then the
object's entries are unknown; only `audited=True`, for a command that read them, proves none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.patterns import linear
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.text import LineFinder, lines
from logreach.inventories.windows.facts import SACL, Sacl
from logreach.inventories.windows.objects.object_names import normal
from logreach.inventories.windows.objects.sddl import read_sacl

LONGEST = 32 * 1024 * 1024  # characters
_ROW = r"""\s*"?(?P<path>[^";]+?)"?\s*[;,\t](?:\s*\d\s*,)?\s*"?(?P<sddl>[OGDS]:.*)"""
_HEADLESS = r"""\s*"?(?P<path>[^";()]+\\[^";()]*)"?\s*[;,\t]\s*"?\(.*"""
_HEADING = re.compile(
    r"^\s*\"?(path|object|name|dn|distinguishedname|key)\b.*\bsddl\b", re.IGNORECASE
)
_PAIR = re.compile(r"^(?P<name>\w+)\s*:\s?(?P<value>.*)$")
_ENTRY = "("  # the beginning of an entry in a descriptor
_HINT = "Export with audit entries (Get-Acl -Audit, elevated)."
_NO_SACL = "the descriptor holds no SACL part (S:)"


@dataclass(slots=True)
class SaclCollector:
    """The facts and faults that a reader of audit entries has collected from one input."""

    source: str
    sha256: str
    strength: Strength = Strength.OBSERVED
    audited: bool = False
    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)

    def fault(self, message: str, line: int, hint: str = "", entry: str = "") -> Fault:
        """Add a fault at a line (0: unknown) and, within it, an entry of the descriptor."""
        place = ", ".join(part for part in (f"line {line}" if line else "", entry) if part)
        fault = Fault(message, self.source, place, hint)
        self.faults.append(fault)
        return fault

    def descriptor(self, path: str, sddl: str, line: int) -> None:
        """Add an object with its descriptor."""
        name = normal(path)
        if name is None:
            self.fault(f"{path[:80]!r} is no key, file or directory object", line)
            return
        key = SACL(name.name)
        try:
            sacl = read_sacl(sddl.strip().rstrip('"'))
        except InputError as error:
            for fault in error.faults:
                self.lose(key, f"{path[:80]}: {fault.message}", line, fault.hint, fault.where)
            return
        if sacl is None and not self.audited:
            self.lose(key, f"{path[:80]}: {_NO_SACL}", line, _HINT)
            return
        self.state(key, sacl or Sacl(()), line, sddl)

    def headless(self, path: str, line: int) -> None:
        """Add an object whose audit entries are written without 'S:' before them."""
        name = normal(path)
        hint = "Write audit entries behind 'S:', as in S:(AU;SA;KA;;;WD)."
        if name is None:
            self.fault(f"{path[:80]}: {_NO_SACL}", line, hint)
        else:
            self.lose(SACL(name.name), f"{path[:80]}: {_NO_SACL}", line, hint)

    def lose(
        self, key: FactKey[object], message: str, line: int, hint: str, entry: str = ""
    ) -> None:
        """Add an object whose audit entries stay unknown, with the fault."""
        fault = self.fault(message, line, hint, entry)
        self.missing.append((key, Missing(str(fault), fault)))

    def state(self, key: FactKey[object], sacl: Sacl, line: int, quote: str) -> None:
        """Add the audit entries of one object."""
        evidence = Evidence(
            self.source, self.sha256, f"line {line}" if line else "", quote.strip()[:160]
        )
        self.statements.append(Statement(key, sacl, evidence, self.strength))

    def doubt_last(self, fault: Fault) -> None:
        """Make the last object unknown: an unreadable line may continue its descriptor."""
        if self.statements:
            last = self.statements.pop()
            self.missing.append((last.key, Missing(str(fault), fault)))

    def reading(self) -> Reading:
        """Everything collected; if the input gave no fact at all, every object is unknown."""
        if not (self.statements or self.faults or self.missing):
            self.fault("names no object", 1)
        if not self.statements and not self.missing:
            reason = Missing(str(self.faults[0]), self.faults[0])
            return Reading((), tuple(self.faults), ((SACL.every, reason),))
        return Reading(tuple(self.statements), tuple(self.faults), tuple(self.missing))


def read(listing: str, source: str, sha256: str = "", *, audited: bool = False) -> Reading:
    """Read descriptors that Get-Acl printed (Format-List, ConvertTo-Json) or 'path;SDDL' lines.

    `source` is the file's path in the inventory.
    """
    collector = SaclCollector(source, sha256, audited=audited)
    listing = listing.lstrip("\ufeff")
    error_line = refusal(listing)
    if len(listing) > LONGEST:
        collector.fault(f"{len(listing)} characters, over {LONGEST}", 0)
    elif not listing.strip("\0 \t\r\n"):
        collector.fault("empty", 1, _HINT)
    elif listing.lstrip()[:1] in ("{", "["):
        _read_json(listing, collector)
    elif any(_PAIR.match(line) and line.lower().startswith("path") for _, line in lines(listing)):
        _read_format_list(listing, collector)
    else:
        _read_list(listing, collector)
    if error_line and not collector.statements:
        message = f"holds an error message, not audit entries: {error_line}"
        collector.faults[:] = [Fault(message, source, "line 1", _HINT)]
        collector.missing.clear()
    return collector.reading()


def of_policy(path: str, sddl: str, evidence: Evidence) -> Statement | None:
    """The audit entries that a security template sets on an object; None if it sets none.

    InputError where the path or the descriptor cannot be read.
    """
    sacl = read_sacl(sddl.strip())
    name = normal(path)
    if name is None:
        message = f"{path[:80]!r} is not a key or file"
        raise InputError(Fault(message, evidence.source, evidence.where))
    if sacl is None:
        return None
    return Statement(SACL(name.name), sacl, evidence, Strength.POLICY)


def _read_json(json_text: str, collector: SaclCollector) -> None:
    try:
        document = json.loads(json_text, strict=False)
    except json.JSONDecodeError as error:
        collector.fault(f"not JSON: {error.msg}", error.lineno, _HINT)
        return
    except (RecursionError, ValueError):
        collector.fault("JSON is nested too deeply or has a number with too many digits", 1)
        return
    objects = document if isinstance(document, list) else [document]
    places = LineFinder(json_text, misses=20)
    for number, record in enumerate(objects, 1):
        path_and_sddl = _path_and_sddl(record)
        if path_and_sddl is None:
            collector.fault("an object without Path and Sddl", 0, _HINT, f"object {number}")
        else:
            quote = json.dumps(path_and_sddl[1])[1:-1]
            collector.descriptor(*path_and_sddl, places.line_of(quote))


def _path_and_sddl(record: Any) -> tuple[str, str] | None:
    if not isinstance(record, dict):
        return None
    by_name = {str(key).casefold(): value for key, value in record.items()}
    path = next((by_name[key] for key in ("path", "pspath", "object") if by_name.get(key)), None)
    sddl = by_name.get("sddl")
    return (path, sddl) if isinstance(path, str) and isinstance(sddl, str) else None


def _read_format_list(listing: str, collector: SaclCollector) -> None:
    """Read blocks of 'Name : value'; long values continue in indented lines."""
    numbered = list(lines(listing))
    width = max((len(line) for _, line in numbered), default=0)
    for block in _blocks(numbered):
        values: dict[str, tuple[int, str]] = {}
        name, previous = "", ""
        for number, line in block:
            pair = _PAIR.match(line)
            if pair is not None:
                name = pair["name"].casefold()
                values[name] = (number, pair["value"].strip())
            elif name in ("path", "sddl"):
                # PowerShell breaks a line within a word only if the line is full.
                gap = "" if name == "sddl" or len(previous) >= width - 1 else " "
                start, value = values[name]
                values[name] = (start, value + gap + line.strip())
            previous = line
        if "sddl" in values and "path" in values:
            collector.descriptor(values["path"][1], values["sddl"][1], values["sddl"][0])
        elif values or block[0][1].lstrip().startswith(_ENTRY):
            hint = "Use Get-Acl's own output."
            fault = collector.fault("an object without Path and Sddl", block[0][0], hint)
            if not values:
                collector.doubt_last(fault)


def _blocks(numbered: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Groups of lines; an empty line ends a group."""
    block: list[tuple[int, str]] = []
    for number, line in numbered:
        if line.strip("\0 \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _read_list(listing: str, collector: SaclCollector) -> None:
    """Read lines of a path and a descriptor, with or without a heading line."""
    for number, line in lines(listing):
        stripped = line.strip("\0 \t")
        if not stripped or stripped.startswith("#") or _HEADING.match(stripped):
            continue
        row = linear(_ROW).groups_of(stripped)
        if row is not None:
            collector.descriptor(row["path"], row["sddl"].replace('""', '"'), number)
            continue
        headless = linear(_HEADLESS).groups_of(stripped)
        if headless is not None:
            collector.headless(headless["path"], number)
            continue
        fault = collector.fault(
            f"neither 'path;SDDL' nor a heading: {stripped[:60]!r}", number, _HINT
        )
        collector.doubt_last(fault)
