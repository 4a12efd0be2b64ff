"""Typed facts of hosts, with their evidence."""
