"""The table of what the parts of shippers' configurations do to events."""

from __future__ import annotations

from functools import cache
from typing import Any

from logreach.inventories.files.tables import TABLES, Shape, yaml_table

_SHAPE: Shape = {
    "wazuh": {"source": str, "classic_logs": [str], "other_systems": [str]},
    "nxlog": {"source": str, "keeps_all": [str], "unread": [str]},
    "fluent_bit": {
        "source": str,
        "keeps_all": [str],
        "adds": {...: [str]},
        "nowhere": [str],
        "classic_logs": [str],
    },
    "opentelemetry": {
        "source": str,
        "keeps_all": [str],
        "nowhere": [str],
        "operators_keep": [str],
    },
}


def parts(shipper: str, what: str) -> tuple[str, ...]:
    """The parts of a shipper that a list of the table names."""
    return tuple(_table()[shipper][what])


def settings_that_add(filter_name: str) -> tuple[str, ...]:
    """The settings of a filter of Fluent Bit that only add to events; none where it is not such."""
    return tuple(_table()["fluent_bit"]["adds"].get(filter_name, ()))


@cache
def _table() -> Any:
    return yaml_table(TABLES / "shipper_parts.yaml", _SHAPE)
