"""Group Policy Objects, backups and reports."""
