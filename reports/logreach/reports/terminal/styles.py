"""The colours of the terminal, which only repeat what the words say."""

from __future__ import annotations

from rich.text import Text

from logreach.coverage.engine.verdict import Verdict
from logreach.reports.labels import group_of

STYLES = {
    "achievable": "bold blue",
    "conditional": "cyan",
    "unknown": "yellow",
    "not achievable": "bold red",
    "not applicable": "dim",
}


def labelled(verdict: Verdict) -> Text:
    """The label of a verdict in its colour."""
    return Text(verdict.label, style=STYLES[group_of(verdict.label)])
