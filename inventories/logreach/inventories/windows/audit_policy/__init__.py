"""Audit policies."""
