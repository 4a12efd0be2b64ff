"""Log sizes and audit entries among the security settings of a report of Group Policy.

They are what a security template says in [Application Log], [File Security] and [Registry Keys]
([MS-GPSB] 2.2.3, 2.2.7, 2.2.9), told as XML: `EventLog` with the template's own names of settings,
`File` and `Registry` with path, mode and descriptor.
"""

from __future__ import annotations

from collections.abc import Iterable

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement
from logreach.inventories.windows.group_policy import gpt_template

_LOGS = ("Application", "Security", "System")
_OBJECTS = {"File": "file security", "Registry": "registry keys"}
ELEMENTS = ("EventLog", *_OBJECTS)
"""The elements of a report that hold such settings."""


def read(source: Source, elements: Iterable[XmlElement]) -> Reading:
    """What these elements set, read as the lines of a template."""
    lines: list[tuple[str, int, str]] = []
    for element in elements:
        if element.name == "EventLog":
            log, name = element.text_of("Log"), element.text_of("Name")
            number = element.text_of("SettingNumber")
            if log in _LOGS:
                lines.append((f"{log} log".casefold(), element.line, f"{name} = {number}"))
            continue
        path, mode, sddl = element.text_of("Path"), element.text_of("Mode"), _sddl(element)
        if not path:
            continue  # the list of a whole extension, which is called the same
        lines.append((_OBJECTS[element.name], element.line, f'"{path}",{mode},"{sddl}"'))
    return gpt_template.read_lines(source, lines)


def _sddl(element: XmlElement) -> str:
    descriptor = element.child("SecurityDescriptor")
    return descriptor.text_of("SDDL") if descriptor else ""
