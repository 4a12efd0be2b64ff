"""Commands load only what they need: `--help` and `sysmon check` stay quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "contoso" / "ws" / "sysmon.xml"
HEAVY = (
    "jinja2",
    "logreach.coverage.detections",
    "logreach.coverage.network",
    "mitreattack",
    "msgspec",
    "networkx",
    "numpy",
    "openpyxl",
    "rich",
    "sigma",
)
SCRIPT = """
import sys
from logreach.cli import app
app(sys.argv[1:], standalone_mode=False)
print("\\n".join(sys.modules))
"""


# What reads tables takes as long again as the rest of the help.
HELP = (*HEAVY, "yaml", "logreach.coverage", "logreach.inventories.files.tables")


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], HELP),
        (["assess", "--help"], HELP),
        (["inventory", "--help"], HELP),
        (["sysmon", "check", str(EXAMPLE)], HEAVY),
    ],
    ids=str,
)
def test_a_command_loads_no_package_that_it_does_not_use(
    words: list[str], heavy: tuple[str, ...]
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=False
    )
    loaded = set(run.stdout.splitlines())
    assert "logreach.cli.exits" in loaded, run.stderr
    assert loaded & set(heavy) == set()
