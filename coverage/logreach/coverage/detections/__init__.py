"""Sigma rules: read, compiled and judged."""
