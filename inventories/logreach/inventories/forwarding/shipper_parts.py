"""The table of what the parts of shippers' configurations do to events."""

from __future__ import annotations

from functools import cache

from logreach.inventories.files.tables import TABLES, Shape, yaml_table

_SHAPE: Shape = {
    "sources": {...: str},
    "wazuh": {"classic_logs": [str], "other_systems": [str]},
    "nxlog": {"keeps_all": [str], "unread": [str]},
    "fluent_bit": {"keeps_all": [str], "nowhere": [str], "classic_logs": [str]},
    "opentelemetry": {"keeps_all": [str], "nowhere": [str], "operators_keep": [str]},
}


@cache
def parts(shipper: str, what: str) -> tuple[str, ...]:
    """The parts of a shipper that a list of the table names."""
    return tuple(yaml_table(TABLES / "shipper_parts.yaml", _SHAPE)[shipper][what])
