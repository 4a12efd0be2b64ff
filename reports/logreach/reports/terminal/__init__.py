"""What commands print for people: short by default, whole where it is asked for."""

from logreach.reports.terminal.layout import titled_table

__all__ = ["titled_table"]
