"""Readers of what Windows and its tools write."""
