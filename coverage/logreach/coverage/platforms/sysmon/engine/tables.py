"""The tables about Sysmon in `knowledge/`, each with the columns that it must have."""

from __future__ import annotations

from pathlib import Path

from logreach.inventories.files.tables import TableRow, csv_table

FOLDER = Path(__file__).parents[1] / "knowledge"
_COLUMNS = {
    "conditions.csv": ("condition", "since", "source"),
    "defaults.csv": ("version", "event_ids", "source"),
    "environment.csv": ("variable", "value", "certain"),
    "event_systems.csv": ("event_id", "absent_to_build", "from_build", "source"),
    "events.csv": ("event_id", "tag", "option", "since"),
    "fields.csv": ("event_id", "since", "scope", "fields"),
    "inbox.csv": ("os", "from_build", "update", "schema", "source"),
    "options.csv": ("option", "content", "since", "until", "source"),
    "registry_roots.csv": ("text", "instead", "source"),
    "releases.csv": ("version", "published", "schema", "source"),
    "schemas.csv": ("schema", "binary", "engine", "source"),
    "systems.csv": (
        "version",
        "client",
        "client_build",
        "server",
        "server_build",
        "standing",
        "source",
    ),
    "types.csv": ("field", "type"),
    "values.csv": ("event_id", "field", "values", "source"),
    "volumes.csv": ("event_id", "volume", "source"),
}


def table_rows(table: str) -> tuple[TableRow, ...]:
    """The rows of a CSV file of `knowledge/`."""
    return csv_table(FOLDER / table, _COLUMNS[table])
