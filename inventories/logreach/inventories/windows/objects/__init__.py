"""Audit entries on objects."""
