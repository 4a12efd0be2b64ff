"""Commands print a page unless they are asked for more, and say how much more there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT
from typer.testing import CliRunner, Result

from logreach.cli import app

CONTOSO = str(ROOT / "examples" / "contoso")
ONLY = ("--technique", "T1543.003")
RULE = """title: Rule {number}
id: 00000000-0000-4000-8000-{number:012}
level: high
tags: [attack.t1543.003]
logsource: {{product: windows, category: process_creation}}
detection: {{a: {{Image: 'a{number}.exe'}}, condition: a}}
"""


def run(*words: object, width: int = 80) -> Result:
    result = CliRunner(env={"COLUMNS": str(width)}).invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines())


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Hosts and files that are not there: as many profiles, faults and rules as there are."""
    inventory, rules = tmp_path / "many", tmp_path / "rules"
    for folder in (inventory, rules):
        folder.mkdir()
    hosts = [
        f"  - {{name: HOST-{n}, os: Windows 11 23H2, audit_policy: gone-{n}.csv, "
        f"settings: {{process_creation_command_line: {'true' if n % 2 else 'false'}}}, "
        f"channels: {{C{n}: true}}}}"
        for n in range(60)
    ]
    (inventory / "inventory.yaml").write_text("hosts:\n" + "\n".join(hosts), "utf-8")
    for number in range(30):
        (rules / f"{number}.yml").write_text(RULE.format(number=number), "utf-8")
    return tmp_path


@pytest.mark.parametrize("width", [80, 120])
def test_assess_is_a_page_with_its_faults(many: Path, width: int) -> None:
    words = ("--out", many / "out", "--rules", many / "rules", *ONLY, "--format", "csv")
    result = run("assess", many / "many", *words, width=width)
    assert result.exit_code == 0
    assert rows(result.stdout, width) + rows(result.stderr, width) <= 24
    assert "60 faults in the input" in result.stderr
    assert f"All: logreach inventory check {many / 'many'}" in result.stderr
    assert f"Reports in {many / 'out'}: " in "".join(result.stdout.replace("\n", " "))
    assert max(map(len, result.stdout.splitlines())) <= width


def test_assess_verbosely_has_tables_and_every_fault(many: Path) -> None:
    result = run("assess", many / "many", "--out", many / "out", *ONLY, "--format", "csv", "-v")
    assert result.stderr.count("no such file or folder") == 60
    assert "Completeness of what ATT&CK names" in result.stdout
    assert "All: " not in result.stderr


def test_assess_quietly_prints_nothing_but_what_ends_the_run(tmp_path: Path) -> None:
    words = ("--out", tmp_path, "--format", "csv", *ONLY)
    assert run("assess", CONTOSO, *words, "--quiet").output == ""
    below = run("assess", CONTOSO, *words, "-q", "--fail-under", "100", "--technique", "T1112")
    assert below.exit_code == 1
    assert below.output == "this is below --fail-under 100\n"
    assert run("assess", CONTOSO, "-q", "--host", "gone").output.startswith("error: ")


def test_a_pipeline_gets_the_document_and_nothing_else(tmp_path: Path) -> None:
    piped = run("assess", CONTOSO, "--out", "-", "--format", "json", *ONLY)
    assert piped.exit_code == 0
    document = json.loads(piped.stdout)
    assert "Detection: " in piped.stderr
    run("assess", CONTOSO, "--out", tmp_path, "--format", "json", *ONLY)
    assert (tmp_path / "assessment.json").read_text("utf-8") == piped.stdout
    assert document["inventory"] == "contoso"
    quiet = run("assess", CONTOSO, "--out", "-", "--format", "json", *ONLY, "-q")
    assert (quiet.stdout, quiet.stderr) == (piped.stdout, "")
    judged = run("assess", CONTOSO, "--out", "-", "--format", "json", *ONLY, "--fail-under", "100")
    assert judged.stdout == piped.stdout
    assert not Path("-").exists()


@pytest.mark.parametrize("formats", [[], ["excel"], ["json", "html"]])
def test_no_other_report_goes_to_standard_output(formats: list[str]) -> None:
    words = [word for name in formats for word in ("--format", name)]
    result = run("assess", CONTOSO, "--out", "-", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Add --format json" in result.stderr


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not here")
def test_jq_reads_it() -> None:
    words = [CONTOSO, "--out", "-", "--format", "json", *ONLY, "-q"]
    assess = subprocess.run(
        [sys.executable, "-m", "logreach", "assess", *words], capture_output=True, check=True
    )
    query = ["jq", "-r", ".attack.version, (.profiles | length)"]
    done = subprocess.run(query, input=assess.stdout, capture_output=True, check=True)
    assert done.stdout.split()[1:] == [b"6"]


def test_explain_says_verdict_way_broken_link_change_and_evidence() -> None:
    told = run("explain", "Security:4688/CommandLine", CONTOSO, "--host", "KIOSK", width=200)
    headings = [line.split()[0] for line in told.stdout.splitlines()[1:-1]]
    assert headings == ["way", "breaks", "change", "evidence"]
    first, way, breaks, change, evidence, _ = told.stdout.splitlines()
    assert first == "Security:4688/CommandLine: not achievable on 30 hosts (KIOSK)"
    assert "a process was started" in way
    assert "Process Creation is set to Failure; Security:4688 needs Success" in breaks
    assert "makes it achievable: Audit Process Creation: Success (event volume:" in change
    assert evidence.split()[1:4] == ["kiosk/auditpol.csv", "line", "29:"]


def test_rules_lists_four_and_counts_all(many: Path) -> None:
    few = run("rules", CONTOSO, "--rules", many / "rules")
    assert few.stdout.startswith("30 rules, by the best host: ")
    assert len(re.findall(r"^ ?\d+\. gain ", few.stdout, re.MULTILINE)) == 4
    assert rows(few.stdout, 80) <= 24
    assert "4 of 30 rules; -v lists all" in few.stderr
    every = run("rules", CONTOSO, "--rules", many / "rules", "-v")
    assert len(re.findall(r"^ ?\d+\. gain ", every.stdout, re.MULTILINE)) == 30
    asked = run("rules", CONTOSO, "--rules", many / "rules", "--limit", "7", "--format", "json")
    assert len(asked.stdout.splitlines()) == 7
    whole = run("rules", CONTOSO, "--rules", many / "rules", "--format", "json")
    assert len(whole.stdout.splitlines()) == 30


def test_an_inventory_of_many_hosts_is_shown_in_few_lines(many: Path) -> None:
    shown = run("inventory", "show", many / "many")
    assert sum("HOST-" in line for line in shown.stdout.splitlines()) == 8
    assert "and 52 more: -v, or --host NAME" in shown.stderr
    whole = run("inventory", "show", many / "many", "-v")
    assert sum(line.startswith("HOST-") for line in whole.stdout.splitlines()) == 60
    own = run("inventory", "show", many / "many", "--host", "HOST-7")
    assert "  audit policy  unknown" in own.stdout


def test_inventory_check_lists_twenty_and_counts_the_rest(many: Path) -> None:
    few = run("inventory", "check", many / "many")
    assert (few.exit_code, len(few.stdout.splitlines())) == (1, 20)
    assert "and 40 more: -v" in few.stderr
    assert "60 faults" in few.stderr
    assert len(run("inventory", "check", many / "many", "-v").stdout.splitlines()) == 60
    document = json.loads(run("inventory", "check", many / "many", "--format", "json").stdout)
    assert len(document["faults"]) == 60


def test_compare_is_a_page(many: Path) -> None:
    for width in (40, 80):
        result = run("compare", CONTOSO, "--with", "baseline=asd", width=width)
        assert rows(result.stdout, width) <= max(24, 24 * 80 // width), width
    assert re.search(r"gained +T\d+[^\n]*: \w", result.stdout)
    assert "more: -v" in result.stdout


def test_findings_of_a_kind_stand_together(tmp_path: Path) -> None:
    rules = "".join(f'<Image condition="is"> a{n}.exe</Image>\n' for n in range(9))
    config = tmp_path / "sysmon.xml"
    config.write_text(
        f'<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="include">\n{rules}'
        "</ProcessCreate></EventFiltering></Sysmon>",
        "utf-8",
    )
    few = run("sysmon", "check", config)
    assert "    the same on lines 3, 4, 5, 6, 7, 8 and 2 more" in few.stdout.splitlines()
    assert "-v lists each" in few.stderr
    every = run("sysmon", "check", config, "-v")
    assert sum(f"{config}:" in line for line in every.stdout.splitlines()) > 9


def test_recorded_events_beyond_twenty_are_counted(tmp_path: Path) -> None:
    config, log = tmp_path / "sysmon.xml", tmp_path / "events.jsonl"
    config.write_text('<Sysmon schemaversion="4.90"><EventFiltering/></Sysmon>', "utf-8")
    events = [{"event_id": 1, "fields": {"Image": f"a{n}.exe"}} for n in range(50)]
    log.write_text("\n".join(map(json.dumps, events)), "utf-8")
    few = run("sysmon", "try", config, "--jsonl", log)
    assert len(few.stdout.splitlines()) == 20
    assert "and 30 more: -v" in few.stderr
    assert "Sysmon:1: 50 kept" in few.stderr
    assert len(run("sysmon", "try", config, "--jsonl", log, "-v").stdout.splitlines()) == 50
    as_json = run("sysmon", "try", config, "--jsonl", log, "--format", "json")
    assert len(as_json.stdout.splitlines()) == 50


def test_colour_is_left_out_where_it_is_not_wanted() -> None:
    words = [sys.executable, "-m", "logreach", "explain", "T1543.003", CONTOSO]
    plain = subprocess.run(words, capture_output=True, check=True).stdout
    assert b"\x1b" not in plain
