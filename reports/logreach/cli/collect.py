"""`logreach collect`: the script that gathers a host's facts with Windows' own commands."""

from __future__ import annotations

from logreach.cli.output import say_own

SCRIPT = "collect.ps1"


def script() -> str:
    """The PowerShell script: plain ASCII, which every PowerShell decodes the same."""
    # importlib.resources takes 8 ms to load, for which `logreach --help` must not wait for.
    from importlib.resources import files

    return (files("logreach.cli") / SCRIPT).read_text("ascii")


def collect() -> None:
    """Print a read-only PowerShell script (5.1 and 7) that gathers the facts of an inventory.

    It runs only Windows' own commands (auditpol, reg, Get-WinEvent, gpresult, Get-Acl and
    similar) and 'sysmon -c', saves their output in one folder a host, changes nothing else and
    sends nothing. Run it as administrator: only administrators can read audit policy and audit
    entries. Save it with: logreach collect > collect.ps1
    """
    say_own(script(), newline=False)
