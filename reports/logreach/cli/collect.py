"""`logreach collect`: the script that gathers a host's facts with Windows' own commands."""

from __future__ import annotations

from importlib.resources import files

import typer

SCRIPT = "collect.ps1"


def script() -> str:
    """The PowerShell script: plain ASCII, so that every PowerShell reads it alike."""
    return (files("logreach.cli") / SCRIPT).read_text("ascii")


def collect() -> None:
    """Print a read-only PowerShell script (5.1 and 7) that gathers what an inventory needs.

    It runs only Windows' own commands (auditpol, reg, Get-WinEvent, gpresult, Get-Acl and the
    like, and Sysmon's 'sysmon -c'), keeps what they print in one folder a host, changes nothing
    and sends nothing. Run it as administrator: audit policy and audit entries are readable to
    nobody else. Save it with: logreach collect > collect.ps1
    """
    typer.echo(script(), nl=False)
