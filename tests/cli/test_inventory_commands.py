"""`logreach inventory show` and `check`."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from click.testing import Result
from format_samples import AUDITPOL
from typer.testing import CliRunner

from logreach.cli import inventory
from logreach.cli.exits import GuardedGroup

AUDIT = """Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting
WS1,System,Process Creation,{0CCE922B-69AE-11D9-BED3-505054503030},Success,
WS1,System,Registry,{0CCE921E-69AE-11D9-BED3-505054503030},No Auditing,
"""
CLEAN = """hosts:
  - {name: WS, count: 850, os: Windows 11 23H2, audit_policy: a.csv, sysmon: none}
"""
BROKEN = """hosts:
  - {name: WS, os: Windows 11, audit_policy: gone.csv, settings: {powershell_module_logging: true}}
  - {name: DC, os: Windows Server 2022, role: domain-controller, assume: windows-default, files: [o.json]}
"""


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(cls=GuardedGroup, pretty_exceptions_enable=False)
    made.add_typer(inventory.app, name="inventory")
    made.command("other")(lambda: None)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(AUDIT)
    (tmp_path / "o.json").write_text(
        '{"Caption": "Microsoft Windows Server 2019 Standard", "BuildNumber": "17763"}'
    )
    return tmp_path


def run(app: typer.Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_show_tells_each_host_in_a_few_lines(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder))
    assert result.exit_code == 0
    assert "850 hosts in 1 entry, 2 files read" in result.stdout
    for line in (
        "WS (850 hosts)",
        "  system        Windows 11 23H2 (build 22631)",
        "  role          workstation",
        "  audit policy  2 of 60 subcategories known, 1 on",
        "  sysmon        not installed",
        "  forwarding    unknown",
    ):
        assert line in result.stdout.splitlines()


def test_show_all_gives_every_fact_with_its_evidence(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder), "--host", "WS", "--all")
    assert (
        "  audit subcategory Process Creation = Success  [observed] a.csv line 2" in result.stdout
    )
    assert (
        "  audit subcategory Logon unknown: a.csv does not list this subcategory" in result.stdout
    )


def test_show_marks_what_is_assumed_or_unknown(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(BROKEN)
    result = run(app, "inventory", "show", str(folder))
    assert "59 of 60 subcategories known" in result.stdout
    assert "59 assumed" in result.stdout
    assert "unknown: 'Windows 11' leaves open which release it is" in result.stdout
    assert "powershell_module_logging on" in result.stdout
    assert "disagreement  operating system: Windows Server 2019" in result.stdout
    assert "inventory check" in result.stderr


def test_show_of_an_unknown_host_names_the_known(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder), "--host", "WZ")
    assert result.exit_code == 2
    assert "WS" in result.stderr


def test_check_of_a_clean_inventory_ends_with_zero(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    (folder / "a.csv").write_text(AUDITPOL)
    result = run(app, "inventory", "check", str(folder))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 faults, 0 disagreements" in result.stderr


def test_check_lists_faults_and_disagreements_and_ends_with_one(
    app: typer.Typer, folder: Path
) -> None:
    (folder / "inventory.yaml").write_text(BROKEN)
    result = run(app, "inventory", "check", str(folder))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    kinds = [next(word for word in line.split(": ") if word.isalpha()) for line in lines]
    assert kinds == ["fault", "fault", "disagreement"]
    assert "gone.csv" in result.stdout
    assert "Windows Server 2022 LTSC (build 20348) (inventory.yaml line 3)" in lines[-1]


def test_check_tells_a_sysmon_that_cannot_run_on_that_windows(
    app: typer.Typer, folder: Path
) -> None:
    host = "{name: A, os: Windows Server 2019, sysmon: {inbox: true}}"
    (folder / "inventory.yaml").write_text(f"hosts: [{host}]")
    result = run(app, "inventory", "check", str(folder))
    assert result.exit_code == 1
    assert "disagreement: A: sources disagree: Windows brings a Sysmon of its own" in result.stdout


LEFT_OUT = """Name,Enabled,OperatingSystem
WS,True,Windows 11 23H2
NAS,True,Samba
OLD,False,Windows 11 23H2
"""


def test_what_is_left_out_is_a_note_and_no_fault(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "ad.csv").write_text(LEFT_OUT)
    checked = run(app, "inventory", "check", str(tmp_path))
    assert checked.exit_code == 0
    assert checked.stdout.splitlines() == [
        f"{tmp_path / 'ad.csv'}: note: 1 device without Windows is not judged",
        f"{tmp_path / 'ad.csv'}: note: 1 computer account that is disabled is not judged",
    ]
    counts = "1 entry for 1 host, 1 file read, 0 faults, 0 disagreements"
    assert checked.stderr.endswith(f"{tmp_path.name}: {counts}\n")
    shown = run(app, "inventory", "show", str(tmp_path))
    assert shown.stdout.startswith(f"{tmp_path.name}: 1 host in 1 entry, 1 file read\n")
    assert shown.stderr == "2 notes on the input; see: logreach inventory check\n"


def test_one_fault_is_told_as_one(app: typer.Typer, folder: Path) -> None:
    text = "hosts: [{name: WS, os: Windows 11 23H2, audit_policy: gone.csv}]"
    (folder / "inventory.yaml").write_text(text)
    checked = run(app, "inventory", "check", str(folder))
    assert "1 file read, 1 fault, 0 disagreements" in checked.stderr
    shown = run(app, "inventory", "show", str(folder))
    assert shown.stderr == "1 fault on the input; see: logreach inventory check\n"


@pytest.mark.parametrize("text", ["hosts: [", "hosts: [{nam: A}]", ""])
def test_an_unusable_inventory_ends_with_two(app: typer.Typer, folder: Path, text: str) -> None:
    (folder / "inventory.yaml").write_text(text)
    for command in ("show", "check"):
        result = run(app, "inventory", command, str(folder))
        assert result.exit_code == 2
        assert "inventory.yaml" in result.stderr
        assert "Traceback" not in result.output


SIZES = """hosts:
  - name: A
    channels: {Security: {enabled: true, max_bytes: 20971520, retention: overwrite}, System: true}
  - {name: B, channels: {Security: {max_bytes: 4294967296, retention: retain}}}
"""


def test_show_tells_how_long_channels_keep_at_a_volume(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(SIZES)
    words = ("--volume", "security=400", "--volume", "System=10")
    result = run(app, "inventory", "show", str(folder), *words)
    assert result.exit_code == 0
    kept = [line.split(None, 1)[1] for line in result.stdout.splitlines() if "kept " in line]
    assert kept == [
        "security: 1.2 hours at 400 MiB a day, then the oldest are overwritten; warning: less than a day",
        "System: unknown: the inventory does not say how large it may grow",
        "security: 245.8 hours at 400 MiB a day, then nothing more is written",
        "System: unknown: the inventory does not say",
    ]


@pytest.mark.parametrize("volume", ["Security", "Security=much", "Security=0", "=5", "Security=-1"])
def test_a_volume_is_a_channel_and_a_number(app: typer.Typer, folder: Path, volume: str) -> None:
    (folder / "inventory.yaml").write_text(SIZES)
    result = run(app, "inventory", "show", str(folder), "--volume", volume)
    assert result.exit_code == 2
    assert "no channel with a number of MiB a day" in result.stderr
