"""XML files of an inventory, parsed without entities or DTDs; faults name file and line."""

from __future__ import annotations

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_lines import Element, OwnDtdError, XmlError, parse_all


def parse(source: Source) -> tuple[Element, str]:
    """The root element and the text; InputError where it is no sound XML."""
    text = source.text()
    try:
        holder = parse_all(text.lstrip())
    except OwnDtdError as error:
        where, hint = f"line {error.line}", "Remove it."
        raise InputError(source.fault(str(error), where, hint)) from error
    except XmlError as error:
        raise InputError(source.fault(f"is no sound XML: {error}", f"line {error.line}")) from error
    if len(holder.children) != 1:
        raise InputError(source.fault("is no XML document with one root element"))
    return holder.children[0], text
