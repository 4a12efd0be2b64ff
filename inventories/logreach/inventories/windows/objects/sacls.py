"""Audit entries of objects, from what Windows prints: Get-Acl -Audit, SDDL lists, auditpol.

A descriptor without an S: part says nothing where it is not certain that audit entries were
asked for: then the fact is missing, never 'no entries'. `audited=True` says that they were.
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
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import SACL, Sacl
from logreach.inventories.windows.objects.object_names import normal
from logreach.inventories.windows.objects.sddl import read_sacl

LONGEST = 32 * 1024 * 1024  # characters
_ROW = re.compile(r"""^\s*"?(?P<path>[^";]+?)"?\s*[;,\t](?:\s*\d\s*,)?\s*"?(?P<sddl>[OGDS]:.*)$""")
_HEADLESS = re.compile(r"""^\s*"?(?P<path>[^";()]+\\[^";()]*)"?\s*[;,\t]\s*"?\(""")
_HEADING = re.compile(
    r"^\s*\"?(path|object|name|dn|distinguishedname|key)\b.*\bsddl\b", re.IGNORECASE
)
_PAIR = re.compile(r"^(?P<name>\w+)\s*:\s?(?P<value>.*)$")
_ENTRY = "("  # how an entry of a descriptor begins
_HINT = "Export with audit entries (Get-Acl -Audit, elevated)."
_NO_SACL = "the descriptor holds no SACL part (S:)"


@dataclass(slots=True)
class Found:
    """Gathers what one input says of objects; shared by the readers of this family."""

    source: str
    sha256: str
    strength: Strength = Strength.OBSERVED
    audited: bool = False
    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)

    def fault(self, message: str, line: int, hint: str = "", where: str = "") -> Fault:
        place = ", ".join(part for part in (f"line {line}" if line else "", where) if part)
        found = Fault(message, self.source, place, hint)
        self.faults.append(found)
        return found

    def descriptor(self, path: str, sddl: str, line: int) -> None:
        """One object with its descriptor."""
        name = normal(path)
        if name is None:
            self.fault(f"{path[:80]!r} is no key, file or directory object", line)
            return
        key = SACL(name.name)
        try:
            sacl = read_sacl(sddl.strip().rstrip('"'))
        except InputError as error:
            for one in error.faults:
                lost = self.fault(f"{path[:80]}: {one.message}", line, one.hint, one.where)
                self.missing.append((key, Missing(str(lost), lost)))
            return
        if sacl is None and not self.audited:
            self.lose(key, f"{path[:80]}: {_NO_SACL}", line, _HINT)
            return
        self.state(key, sacl or Sacl(()), line, sddl)

    def headless(self, path: str, line: int) -> None:
        """One object with entries that no part of a descriptor holds."""
        name = normal(path)
        hint = "Write audit entries behind 'S:', as in S:(AU;SA;KA;;;WD)."
        if name is None:
            self.fault(f"{path[:80]}: {_NO_SACL}", line, hint)
        else:
            self.lose(SACL(name.name), f"{path[:80]}: {_NO_SACL}", line, hint)

    def lose(self, key: FactKey[object], message: str, line: int, hint: str) -> None:
        """One fact that should be told and is not."""
        lost = self.fault(message, line, hint)
        self.missing.append((key, Missing(str(lost), lost)))

    def state(self, key: FactKey[object], sacl: Sacl, line: int, quote: str) -> None:
        """One settled fact."""
        evidence = Evidence(
            self.source, self.sha256, f"line {line}" if line else "", quote.strip()[:160]
        )
        self.statements.append(Statement(key, sacl, evidence, self.strength))

    def doubt_last(self, fault: Fault) -> None:
        """The last object's descriptor may go on in a line that is none by itself."""
        if self.statements:
            last = self.statements.pop()
            self.missing.append((last.key, Missing(str(fault), fault)))

    def reading(self) -> Reading:
        """Everything found; missing as a family where an input gave nothing at all."""
        if not (self.statements or self.faults or self.missing):
            self.fault("tells of no object", 1)
        if not self.statements and not self.missing:
            lost = Missing(str(self.faults[0]), self.faults[0])
            return Reading((), tuple(self.faults), ((SACL.every, lost),))
        return Reading(tuple(self.statements), tuple(self.faults), tuple(self.missing))


def read(text: str, source: str, sha256: str = "", *, audited: bool = False) -> Reading:
    """Descriptors as Get-Acl prints them (Format-List, ConvertTo-Json), or 'path;SDDL' lines."""
    found = Found(source, sha256, audited=audited)
    text = text.lstrip("\ufeff")
    said = refusal(text)
    if len(text) > LONGEST:
        found.fault(f"{len(text)} characters, over {LONGEST}", 0)
    elif not text.strip("\0 \t\r\n"):
        found.fault("empty", 1, _HINT)
    elif text.lstrip()[:1] in ("{", "["):
        _json(text, found)
    elif any(_PAIR.match(line) and line.lower().startswith("path") for _, line in lines(text)):
        _format_list(text, found)
    else:
        _rows(text, found)
    if said and not found.statements:
        found.faults[:] = [Fault(f"a command's refusal: {said}", source, "line 1", _HINT)]
        found.missing.clear()
    return found.reading()


def of_policy(path: str, sddl: str, evidence: Evidence) -> Statement | None:
    """What a security template sets on an object; None where it leaves auditing alone.

    InputError where the path or the descriptor cannot be read.
    """
    sacl = read_sacl(sddl.strip())
    name = normal(path)
    if name is None:
        raise InputError(Fault(f"{path[:80]!r} is no key or file", evidence.source, evidence.where))
    if sacl is None:
        return None
    return Statement(SACL(name.name), sacl, evidence, Strength.POLICY)


def _json(text: str, found: Found) -> None:
    try:
        document = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        found.fault(f"not JSON: {error.msg}", error.lineno, _HINT)
        return
    except (RecursionError, ValueError):
        found.fault("JSON nested too deep, or with a number too long", 1)
        return
    objects = document if isinstance(document, list) else [document]
    for number, one in enumerate(objects, 1):
        told = _told(one)
        if told is None:
            found.fault("an object without Path and Sddl", 0, _HINT, f"object {number}")
        else:
            found.descriptor(*told, _line_of(text, told[1]))


def _told(one: Any) -> tuple[str, str] | None:
    if not isinstance(one, dict):
        return None
    by_name = {str(key).casefold(): value for key, value in one.items()}
    path = next((by_name[key] for key in ("path", "pspath", "object") if by_name.get(key)), None)
    sddl = by_name.get("sddl")
    return (path, sddl) if isinstance(path, str) and isinstance(sddl, str) else None


def _line_of(text: str, quote: str) -> int:
    """The line of a descriptor in a JSON text, for the reader's eyes; 0 if not found."""
    at = text.find(json.dumps(quote)[1:-1])
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _format_list(text: str, found: Found) -> None:
    """Blocks of 'Name : value'; long values go on in indented lines."""
    numbered = list(lines(text))
    width = max((len(line) for _, line in numbered), default=0)
    for block in _blocks(numbered):
        values: dict[str, tuple[int, str]] = {}
        name, last = "", ""
        for number, line in block:
            pair = _PAIR.match(line)
            if pair is not None:
                name = pair["name"].casefold()
                values[name] = (number, pair["value"].strip())
            elif name in ("path", "sddl"):
                # PowerShell breaks within a word only where the line is full.
                gap = "" if name == "sddl" or len(last) >= width - 1 else " "
                start, value = values[name]
                values[name] = (start, value + gap + line.strip())
            last = line
        if "sddl" in values and "path" in values:
            found.descriptor(values["path"][1], values["sddl"][1], values["sddl"][0])
        elif values or block[0][1].lstrip().startswith(_ENTRY):
            hint = "Use Get-Acl's own output."
            fault = found.fault("an object without Path and Sddl", block[0][0], hint)
            if not values:
                found.doubt_last(fault)


def _blocks(numbered: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Objects are set apart by empty lines."""
    block: list[tuple[int, str]] = []
    for number, line in numbered:
        if line.strip("\0 \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _rows(text: str, found: Found) -> None:
    """Lines of a path and a descriptor, with or without a heading."""
    for number, line in lines(text):
        stripped = line.strip("\0 \t")
        if not stripped or stripped.startswith("#") or _HEADING.match(stripped):
            continue
        row = _ROW.match(stripped)
        if row is not None:
            found.descriptor(row["path"], row["sddl"].replace('""', '"'), number)
            continue
        headless = _HEADLESS.match(stripped)
        if headless is not None:
            found.headless(headless["path"], number)
            continue
        fault = found.fault(f"neither 'path;SDDL' nor a heading: {stripped[:60]!r}", number, _HINT)
        found.doubt_last(fault)
