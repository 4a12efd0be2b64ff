"""Registry exports: `.reg` files of `reg export`, and the output of `reg query`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.patterns import linear
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import REGISTRY_FAMILIES, SETTING
from logreach.inventories.windows.registry import registry_values, system_values
from logreach.inventories.windows.registry.registry_types import registry_type
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key
from logreach.inventories.windows.registry.settings import settings

_HEADERS = ("Windows Registry Editor Version 5.00", "REGEDIT4")
_KEY = re.compile(r"\[(-?)(HK[^\]]*)\]")
_VALUE = re.compile(r'(@|"(?:[^"\\]|\\.)*")\s*=\s*(.*)', re.DOTALL)
# A text whose closing quote is not in its first line, and where one ends.
_TEXT_BEGINS = re.compile(r'(?:@|"(?:[^"\\]|\\.)*")\s*=\s*"(?:[^"\\]|\\.)*\\?\Z')
_TEXT_ENDS = re.compile(r'(?:\A|[^\\])(?:\\\\)*"\s*\Z')
_KIND = re.compile(r"dword|hex(?:\([0-9a-f]{1,8}\))?")
_QUERY_KEY = re.compile(r"HKEY_[A-Z_]+(?:\\.*)?")
_QUERY_VALUE = r"\s{2,}(?P<name>.+?)\s{2,}(?P<type>REG_[A-Z_]+)(?P<data>(?:\s{2,}|\t).*)?"
_QUERY_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_DAMAGED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")  # no export has such characters
_LONGEST_LINE = 4 * 1024 * 1024
_COUNT_OF_MATCHES = re.compile(r"[^\s\[H].*\d")


def looks_like_reg(head: str) -> bool:
    """Whether a file that begins with `head` is a .reg file."""
    return head.lstrip().startswith(_HEADERS)


def looks_like_query(head: str) -> bool:
    """Whether a file that begins with `head` is `reg query` output."""
    return bool(re.search(r"^HKEY_LOCAL_MACHINE\\", head, re.MULTILINE)) and "REG_" in head


def read_reg(source: Source) -> Reading:
    """Read a .reg file. A complete export proves that values absent below its keys do not exist."""
    reg_text = source.text()
    if not looks_like_reg(reg_text):
        raise InputError(source.fault("is not a .reg file (its header is missing)"))
    export = _Export(source)
    roots: dict[str, str] = {}
    key: str | None = None  # '' is a key of another hive
    for number, line in _logical_lines(reg_text):
        if match := _KEY.fullmatch(line):
            key = machine_key(match[2]) or ""
            _add_root(roots, "" if match[1] else key)
        elif not line:
            key = None
        elif (match := _VALUE.fullmatch(line)) and key is not None:
            if key:
                export.add(_reg_value(key, match, f"line {number}"))
        elif match:
            export.lose("value stands below no key", f"line {number}")
        elif not line.startswith((";", *_HEADERS)):
            export.lose("line is neither a key nor a value", f"line {number}")
    if match := _DAMAGED.search(reg_text):
        line_number = reg_text.count("\n", 0, match.start()) + 1
        export.lose("holds a character that no export has", f"line {line_number}")
    export.check_end(reg_text)
    return export.reading(() if export.faults else roots.values())


def _add_root(roots: dict[str, str], key: str) -> None:
    """Add the key of a new export, by its folded name, unless it lies below one listed before.

    An export lists a key before those below it, and may hold thousands side by side.
    """
    above = folded = key.casefold()
    while above:
        if above in roots:
            return
        above = above.rpartition("\\")[0]
    if key:
        roots[folded] = key


def _logical_lines(reg_text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers: hex values that continue after a backslash are joined, and texts
    that hold line breaks. A line with a key ends a text that was cut off."""
    joined, first_line, in_text = "", 0, False
    for number, line in lines(reg_text):
        first_line = first_line if joined else number
        stripped = line.strip()
        if in_text and (_KEY.fullmatch(stripped) or len(joined) > _LONGEST_LINE):
            yield first_line, joined.rstrip("\n")
            joined, first_line, in_text = "", number, False
        hex_goes_on = stripped.endswith("\\") and "hex" in (joined or stripped) and not in_text
        if hex_goes_on and len(joined) < _LONGEST_LINE:
            joined += stripped[:-1]
            continue
        if in_text or _TEXT_BEGINS.match(stripped):
            in_text = not _TEXT_ENDS.search(line)
            joined += f"{line}\n" if in_text else line
            if in_text:
                continue
            yield first_line, joined.strip()
        else:
            yield first_line, joined + stripped
        joined = ""
    if joined:
        yield first_line, joined.rstrip("\n")


@dataclass(frozen=True, slots=True)
class _UnreadableValue:
    """A value that cannot be read, with its line and the fault's message."""

    key: str
    name: str
    location: str
    message: str


@dataclass(slots=True)
class _Export:
    """The values of an export that have been read so far, and faults for those that cannot be."""

    source: Source
    is_query: bool = False
    values: list[RegistryValue] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)

    def add(self, value: RegistryValue | _UnreadableValue) -> None:
        if isinstance(value, RegistryValue):
            self.values.append(value)
            return
        # What could not be read may have swallowed the lines behind it.
        self.lose(value.message, value.location)
        fault = self.faults[-1]
        self.missing.extend(registry_values.unknown_settings(value.key, value.name, fault))

    def lose(self, message: str, location: str, hint: str = "") -> None:
        """A fault that may concern any value of the file."""
        fault = self.source.fault(message, location, hint)
        self.faults.append(fault)
        reason = Missing(str(fault), fault)
        self.missing.extend((family.every, reason) for family in REGISTRY_FAMILIES)

    def check_end(self, written: str) -> None:
        """A fault where the blank line is absent with which both commands end."""
        rows = [line for _, line in lines(written)]
        last = f"line {len(rows)}"
        ended = not rows[-1]
        if ended:
            rows.pop()
        if self.is_query:
            # It may write the keys below, or the number of matches, behind the blank line.
            if ended and _COUNT_OF_MATCHES.match(rows[-1]):
                rows.pop()
            while rows and rows[-1].startswith("HKEY_"):
                rows.pop()
                ended = True
        if not ended or len(rows) < 2 or rows[-1].strip(" \t"):
            message = "does not end with the blank line that `reg` writes"
            self.lose(message, last, "The file seems cut off; export it again.")

    def reading(self, complete_below: Iterable[str] = ()) -> Reading:
        settled = registry_values.reading(
            self.source, self.values, Strength.OBSERVED, complete_below
        )
        system = system_values.reading(self.source, self.values)
        if self.faults:
            # A lost value may have named another system.
            reason = Missing(str(self.faults[0]), self.faults[0])
            unknown_facts = tuple((statement.key, reason) for statement in system.statements)
            system = Reading(faults=system.faults, missing=(*system.missing, *unknown_facts))
        return Reading(
            (*settled.statements, *system.statements),
            (*self.faults, *settled.faults, *system.faults),
            (*settled.missing, *system.missing, *self.missing),
        )


def _reg_value(key: str, match: re.Match[str], location: str) -> RegistryValue | _UnreadableValue:
    name = "" if match[1] == "@" else _unescaped(match[1][1:-1])
    try:
        data, type_ = _reg_data(match[2])
    except ValueError:
        message = f"value {name!r} cannot be read: {match[2][:40]!r}"
        return _UnreadableValue(key, name, location, message)
    return RegistryValue(key, name, data, location, type_)


def _reg_data(written: str) -> tuple[int | str | None, str]:
    """A value and its type as a .reg file writes them; None for '-', which deletes the value.

    ValueError where the value is damaged.
    """
    if written == "-":
        return None, ""
    if len(written) > 1 and written.startswith('"') and written.endswith('"'):
        return _unescaped(written[1:-1]), "REG_SZ"
    kind, colon, digits = written.partition(":")
    kind = kind.casefold()
    if not colon or not _KIND.fullmatch(kind):
        raise ValueError(written)
    if kind == "dword":
        if len(digits) != 8:
            raise ValueError(written)  # cut off: fewer digits would be another number
        return int(digits, 16), "REG_DWORD"
    type_ = registry_type("reg_file", kind)
    return type_.decode(bytes.fromhex(digits.replace(",", " "))), type_.name


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def read_query(source: Source) -> Reading:
    """Read `reg query` output. It may leave values out, so it does not prove that any is absent."""
    listing = source.text()
    export = _Export(source, is_query=True)
    key: str | None = None  # '' is a key of another hive
    asked: dict[str, None] = {}  # a list of the keys below has one right behind the other
    in_list, behind_key = False, False
    for number, line in lines(listing):
        in_list = behind_key and line.startswith("HKEY_")
        if _QUERY_KEY.fullmatch(line.strip()) and not line.startswith(" "):
            if in_list and key:
                asked.pop(key, None)
            key = machine_key(line) or ""
            if key and not in_list:
                asked[key] = None
        elif key is not None and (row := linear(_QUERY_VALUE).groups_of(line)):
            if key:
                export.add(_query_value(key, row, f"line {number}"))
        elif line.strip() and (line.startswith((" ", "\t")) or "HKEY_" in line):
            export.lose("line is neither a key nor a value of one", f"line {number}")
        elif line.strip():
            key = None  # the number of matches, or a key that cannot be read
        behind_key = line.startswith("HKEY_")
    if not export.values and not export.faults:
        raise InputError(source.fault("holds no registry value"))
    export.check_end(listing)
    export.missing.extend(_not_listed(source, export.values, asked))
    return export.reading()


def _not_listed(
    source: Source, values: Collection[RegistryValue], asked: Iterable[str]
) -> Iterator[tuple[FactKey[object], Missing]]:
    """The settings that should stand among the values of a listed key, and do not.

    A query for one value leaves out the others, so that they are not absent, but unknown: no policy
    that has been applied lacks its value.
    """
    keys = {value.key.casefold() for value in values} | {key.casefold() for key in asked}
    listed = {value.path.casefold() for value in values}
    for setting in settings().values():
        paths = [path.casefold() for path in setting.registry if "*" not in path]
        if any(path.rpartition("\\")[0] in keys for path in paths) and listed.isdisjoint(paths):
            reason = f"{source.path} lists the key of {setting.registry[0]} without this value"
            yield SETTING(setting.name), Missing(reason)


def _query_value(key: str, row: dict[str, str], location: str) -> RegistryValue | _UnreadableValue:
    name, type_, data = row["name"].strip(), row["type"], row["data"].strip()
    if registry_type("name", type_).size:
        if not _QUERY_NUMBER.fullmatch(data):
            message = f"value {name!r} is no number: {data[:40]!r}"
            return _UnreadableValue(key, name, location, message)
        return RegistryValue(key, name, int(data, 16), location, type_)
    if type_ == "REG_BINARY" and re.fullmatch(r"[0-9A-Fa-f]{2}", data):
        return RegistryValue(key, name, int(data, 16), location, type_)
    return RegistryValue(key, name, data.replace("\\0", ";"), location, type_)
