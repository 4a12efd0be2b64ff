"""`logreach sysmon`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import shared
from typer.testing import CliRunner, Result

from logreach.cli.sysmon import app

CONFIG = """<Sysmon schemaversion="4.90"><EventFiltering><RuleGroup groupRelation="or">
<ProcessCreate onmatch="include">
<Image condition="image" name="Service">sc.exe</Image></ProcessCreate>
<ImageLoad onmatch="include"/></RuleGroup>
</EventFiltering></Sysmon>
"""
SYSMON = "Microsoft-Windows-Sysmon"
SYSTEM = {"Provider": {"#attributes": {"Name": SYSMON}}, "EventID": 1}
BEATS = {"provider_name": SYSMON, "event_id": "7", "event_data": {"Image": "a"}}
RECORDS: list[dict[str, object]] = [
    {"event_id": 1, "fields": {"Image": "C:\\sc.exe"}},
    {"Event": {"System": SYSTEM, "EventData": {"Image": "C:\\reg.exe"}}},
    {"winlog": BEATS},
    {"EventID": 16, "EventData": {}},
    {"EventID": 6, "Signed": "false"},
    {"winlog": {"provider_name": "Microsoft-Windows-Security-Auditing", "event_id": 4688}},
]
EVENTS = "".join(json.dumps(one) + "\n" for one in RECORDS)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "sysmon.xml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def _run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_check_of_a_sound_configuration_ends_with_0(config: Path) -> None:
    result = _run("check", config)
    assert result.exit_code == 0
    assert (
        "info: an empty include is the only element for ImageLoad [logs-nothing]" in result.stdout
    )
    assert "errors: 0, warnings: 0" in result.stderr


def test_check_of_a_doubtful_configuration_ends_with_1(config: Path) -> None:
    config.write_text(CONFIG.replace(">sc.exe<", "> sc.exe<"), encoding="utf-8")
    result = _run("check", config, "--level", "warning")
    assert result.exit_code == 1
    first, *rest = result.stdout.splitlines()
    assert first.startswith(f"{config}:3: warning: ")
    assert rest[-1].startswith("    fix: ")


def test_check_lists_what_sysmon_refuses(config: Path) -> None:
    config.write_text(CONFIG.replace("ImageLoad", "ImageLoaded"), encoding="utf-8")
    result = _run("check", config, "--format", "json")
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {one["lint"] for one in found} == {"refused"}
    assert {one["line"] for one in found} == {4}


@pytest.mark.parametrize(
    "args",
    [
        ("check", "no-such-file.xml"),
        ("check", "{config}", "--sysmon-version", "1.0"),
        ("check", "{notes}"),
        ("try", "{config}"),
        ("try", "{config}", "--evtx", "{notes}"),
        ("try", "{notes}", "--jsonl", "{notes}"),
        ("try", "{config}", "--jsonl", "no-such-file.jsonl"),
    ],
)
def test_what_cannot_be_used_ends_with_2(args: tuple[str, ...], config: Path) -> None:
    notes = config.with_name("notes.txt")
    notes.write_text("no XML, no log", encoding="utf-8")
    result = _run(*(arg.format(config=config, notes=notes) for arg in args))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["check", "try"])
def test_a_fault_of_a_configuration_names_the_file(command: str, config: Path) -> None:
    config.write_text("# not XML", encoding="utf-8")
    log = config.with_name("events.jsonl")
    log.write_text(EVENTS, encoding="utf-8")
    result = _run(command, config, *(("--jsonl", log) if command == "try" else ()))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: the configuration is not well-formed XML")
    assert f"in {config} line 1" in result.stderr


def test_a_wrong_version_of_sysmon_is_no_fault_of_the_configuration(config: Path) -> None:
    result = _run("check", config, "--sysmon-version", "99x")
    assert result.exit_code == 2
    assert "'99x' is no version of Sysmon. Give a released version" in result.stderr
    assert str(config) not in result.stderr


def test_try_shows_what_would_have_been_kept_and_why(config: Path) -> None:
    log = config.with_name("events.jsonl")
    log.write_text(EVENTS, encoding="utf-8")
    result = _run("try", config, "--jsonl", log)
    assert result.exit_code == 0
    assert [line.removeprefix(f"{log}: ") for line in result.stdout.splitlines()] == [
        "line 1: Sysmon:1 kept rule 'Service': Image image \"sc.exe\" (line 3) in "
        '<ProcessCreate onmatch="include"> (line 2)',
        "line 2: Sysmon:1 dropped: nothing matches; default of the only element (line 2)",
        "line 3: Sysmon:7 dropped: the event is switched off",
        "line 4: Sysmon:16 kept: this event is never filtered",
        "line 5: Sysmon:6 dropped: no element; Sysmon's own default",
    ]
    assert "Sysmon:1: 1 kept, 1 dropped" in result.stderr
    assert "1 record of other providers was skipped" in result.stderr


def test_try_shows_only_what_was_asked_for(config: Path) -> None:
    log = config.with_name("events.jsonl")
    log.write_text(EVENTS, encoding="utf-8")
    result = _run("try", config, "--jsonl", log, "--kept", "--format", "json")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["event_id"] for one in found] == [1, 16]
    assert found[0]["by"][0]["line"] == 3


def test_try_tells_lines_that_are_no_events_and_goes_on(config: Path) -> None:
    log = config.with_name("events.jsonl")
    log.write_text('{"event_id": 1}\n[1]\nnothing\n{"event_id": "x"}\n', encoding="utf-8")
    result = _run("try", config, "--jsonl", log)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.count("error: ") == 3


def test_try_reads_a_real_event_log() -> None:
    log = shared("evtx/T1543.003/ID13-New_service_for_Mimikatz.evtx")
    config = shared("sysmon/configs/modular-sysmonconfig.xml")
    result = _run("try", config, "--evtx", log)
    assert result.exit_code == 0
    assert result.stdout.count("Sysmon:13 kept") == 2


AND = """<Sysmon schemaversion="4.50"><EventFiltering><RuleGroup groupRelation="or">
<RegistryEvent onmatch="include"><Rule groupRelation="and">
<TargetObject condition="contains">Tcpip</TargetObject><Image condition="end with">evil.exe</Image>
</Rule></RegistryEvent></RuleGroup></EventFiltering></Sysmon>"""
CREATED = {"EventID": 12, "EventType": "CreateKey", "TargetObject": "Tcpip", "Image": "a.exe"}


@pytest.mark.parametrize(
    ("version", "line", "count"),
    [
        ("13.02", "Sysmon:12 dropped: ", "0 kept, 1 dropped"),
        ("13.10", "Sysmon:12 kept: ", "1 kept, 0 dropped"),
        ("13.21", "Sysmon:12 unknown, dropped: ", "0 kept, 0 dropped, 1 unknown"),
        ("13.22", "Sysmon:12 dropped: ", "0 kept, 1 dropped"),
    ],
)
def test_try_takes_the_defects_of_a_release_into_account(
    version: str, line: str, count: str, config: Path
) -> None:
    config.write_text(AND, encoding="utf-8")
    log = config.with_name("events.jsonl")
    log.write_text(json.dumps(CREATED), encoding="utf-8")
    result = _run("try", config, "--jsonl", log, "--sysmon-version", version)
    assert result.exit_code == 0
    assert line in result.stdout
    assert count in result.stderr
    assert ("warning: Sysmon 13." in result.stderr) is (version in ("13.10", "13.21"))
    found = json.loads(
        _run("try", config, "--jsonl", log, "--sysmon-version", version, "--format", "json").stdout
    )
    assert found["kept"] is {"13.10": True, "13.21": None}.get(version, False)
    assert ("doubt" in found) is (version in ("13.10", "13.21"))


@pytest.mark.parametrize("version", ["9.2", "9.21", "10.41", "10.42", "12.01", "13.02", "16.0"])
def test_check_answers_for_releases_whether_they_are_listed_or_not(
    version: str, config: Path
) -> None:
    xml = CONFIG.replace("4.90", "4.20").replace('<ImageLoad onmatch="include"/>', "")
    config.write_text(xml, encoding="utf-8")
    result = _run("check", config, "--sysmon-version", version)
    assert result.exit_code == 0, result.output
    assert "errors: 0, warnings: 0" in result.stderr
    assert ("[release-not-known]" in result.stdout) is (version in ("9.2", "9.21", "16.0"))


def test_a_file_for_the_sysmon_of_windows_is_checked_for_that(config: Path) -> None:
    config.write_text(
        """<Sysmon schemaversion="4.91"><EventFiltering>
        <FileExecutableDetected onmatch="exclude"/></EventFiltering></Sysmon>""",
        encoding="utf-8",
    )
    result = _run("check", config)
    assert result.exit_code == 0, result.output
