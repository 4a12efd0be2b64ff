"""The Windows release and the role of a host, from registry values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import ROLE, OsKind
from logreach.inventories.windows.host_words import role_of
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.system.os_files import system_reading

_VERSION_KEY = r"hklm\software\microsoft\windows nt\currentversion"
_OPTIONS_KEY = r"hklm\system\currentcontrolset\control\productoptions"
_INSTALLED = {"client": OsKind.CLIENT, "server": OsKind.SERVER, "server core": OsKind.SERVER}
_FIVE_DIGITS = 10_000  # older builds need the version beside them


def reading(source: Source, values: Iterable[RegistryValue]) -> Reading:
    """The operating system and the role among the values of a host's own registry."""
    by_key: dict[str, dict[str, RegistryValue]] = {_VERSION_KEY: {}, _OPTIONS_KEY: {}}
    for value in values:
        names = by_key.get(value.key.casefold())
        if names is not None:
            names[value.name.casefold()] = value
    system = _system(source, by_key[_VERSION_KEY])
    role = _role(source, by_key[_OPTIONS_KEY])
    return Reading(
        (*system.statements, *role.statements), system.faults, (*system.missing, *role.missing)
    )


def _system(source: Source, values: Mapping[str, RegistryValue]) -> Reading:
    build = values.get("currentbuildnumber") or values.get("currentbuild")
    if build is None or build.number is None:
        return Reading()
    name = _text(values, "productname")
    version = f"{_text(values, 'currentversion')}." if build.number < _FIVE_DIGITS else ""
    revision = values.get("ubr")
    behind = f".{revision.number}" if revision and revision.number is not None else ""
    mention = f"{name} {version}{build.number}{behind}".strip()
    kind = _INSTALLED.get(_text(values, "installationtype").casefold())
    return system_reading(source, mention, kind, None, build.location)


def _role(source: Source, values: Mapping[str, RegistryValue]) -> Reading:
    product = values.get("producttype")
    if product is None:
        return Reading()
    role = role_of("registry_product_types", str(product.data))
    if role is None:
        reason = f"{source.path} names no role that is known: {product.shown[:80]}"
        return Reading(missing=((ROLE, Missing(reason)),))
    return Reading((Statement(ROLE, role, source.evidence(product.location, product.shown)),))


def _text(values: Mapping[str, RegistryValue], name: str) -> str:
    value = values.get(name)
    return "" if value is None or value.data is None else str(value.data).strip()
