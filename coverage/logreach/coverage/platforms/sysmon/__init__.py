"""Sysmon on a host: its version, its configuration, and what that keeps."""
