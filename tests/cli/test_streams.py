"""What a command prints comes out in every encoding, and how a command ends is told by its code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from logreach.cli import app
from logreach.cli.exits import Exit, exit_code_of, print_faults
from logreach.cli.streams import escaped
from logreach.inventories.files.faults import Fault

HOST = "東京ß…"
INVENTORY = f"hosts: [{{name: '{HOST}', os: Windows 11 23H2, audit_policy: gone-{HOST}.csv}}]\n"
RULE = f"""title: {HOST}
id: 00000000-0000-4000-8000-000000000001
logsource: {{product: windows, category: process_creation}}
detection: {{a: {{Image: '{HOST}.exe'}}, condition: a}}
level: high
"""
SYSMON = f"""<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="include">
<Image condition="is" name="{HOST}">{HOST}.exe</Image><Image condition="is"> {HOST}.exe</Image></ProcessCreate>
</EventFiltering></Sysmon>"""
EVENT = {"event_id": 1, "fields": {"Image": f"{HOST}.exe"}}
COMMANDS = {
    "assess": "assess DIR --out DIR/out --technique T1543.003 --format json",
    "assess with tables": "assess DIR --out DIR/out --technique T1543.003 --format csv -v",
    "assess to standard output": "assess DIR --out - --technique T1543.003 --format json",
    "resilience": "resilience DIR --technique T1543.003 -v",
    "compare": "compare DIR --with baseline=asd --technique T1543.003 -v",
    "explain": "explain Security:4688 DIR",
    "explain in full": "explain Security:4688 DIR --full",
    "explain a technique": "explain T1543.003 DIR",
    "explain a technique in full": "explain T1543.003 DIR --full",
    "explain a rule": f"explain {HOST} DIR --rules DIR/rules",
    "rules": "rules DIR --rules DIR/rules",
    "rules as JSON": "rules DIR --rules DIR/rules --format json",
    "inventory show": "inventory show DIR --all",
    "inventory check": "inventory check DIR",
    "sysmon check": "sysmon check DIR/東京.xml",
    "sysmon try": "sysmon try DIR/東京.xml --jsonl DIR/events.jsonl",
    "sysmon rules": "sysmon rules DIR/東京.xml --rules DIR/rules",
    "attack show": "attack show --unparsed",
    "collect": "collect",
    "schema": "schema",
    "help": "assess --help",
    "a wrong option": f"assess --{HOST}",
    "a wrong host": "assess DIR --host 大阪",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "inventory.yaml").write_text(INVENTORY, "utf-8")
    (tmp_path / "rules" / "rule.yml").write_text(RULE, "utf-8")
    (tmp_path / "東京.xml").write_text(SYSMON, "utf-8")
    (tmp_path / "events.jsonl").write_text(json.dumps(EVENT), "utf-8")
    return tmp_path


def _put(monkeypatch: pytest.MonkeyPatch, encoding: str) -> Callable[[], str]:
    """Give the process streams of an encoding; what they took is told afterwards."""
    raw = io.BytesIO()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding, write_through=True))
    return lambda: raw.getvalue().decode(encoding)


def _run(words: list[str]) -> int:
    return exit_code_of(lambda: app(words, standalone_mode=False))


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "utf-8"])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_fails_on_what_an_encoding_cannot_hold(
    name: str, encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _put(monkeypatch, encoding)
    code = _run(COMMANDS[name].replace("DIR", str(folder)).split(" "))
    text = told()
    assert "Traceback" not in text
    assert code == (2 if "wrong" in name else 1 if "check" in name else 0), text
    if any(word in text for word in ("東京", "\\u6771\\u4eac")):
        assert (encoding == "utf-8") is ("東京" in text)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_tree_is_drawn_with_what_the_encoding_holds(
    encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _put(monkeypatch, encoding)
    assert _run(["explain", "Security:4688", str(folder), "--full"]) == Exit.OK
    assert ("+-- " in told()) is (encoding == "cp1252")
    assert ("├── " in told()) is (encoding == "utf-8")


@pytest.mark.parametrize("text", ["東京", "é", "\U0001f600", "\udcff"])
def test_what_is_escaped_is_json_for_the_same_text(text: str) -> None:
    error = UnicodeEncodeError("ascii", f"a{text}b", 1, 1 + len(text), "")
    shown, end = escaped(error)
    assert json.loads(f'"{shown}"') == text
    assert end == 1 + len(text)
    assert escaped(UnicodeEncodeError("ascii", "…", 0, 1, ""))[0] == "..."
    assert escaped(UnicodeEncodeError("ascii", "✓✗", 0, 2, ""))[0] == "+x"


def test_a_fault_is_one_line_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_faults((Fault("no such file", "a\x1b]0;b\x07\n\u202e東\udcff"),))
    told = capsys.readouterr().err
    assert told == "error: no such file in a\\x1b]0;b\\x07\\n\\u202e東\\udcff\n"


@pytest.mark.parametrize("words", [["schema"], ["--help"], ["sysmon", "try", "--help"], ["bad"]])
def test_a_closed_pipe_ends_quietly_with_141(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "w", encoding="utf-8") as pipe:  # noqa: PTH123 - a descriptor, not a path
        monkeypatch.setattr(sys, "stdout", pipe)
        monkeypatch.setattr(sys, "stderr", pipe)
        assert _run(words) == Exit.PIPE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [["schema"], ["--help"]])
def test_a_full_disk_under_standard_output_is_a_fault(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert _run(words) == Exit.INPUT
    assert "No space left" in capsys.readouterr().err


def _raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(KeyboardInterrupt(), 130, ""), (ZeroDivisionError("oh"), 3, "a defect of logreach")],
    ids=["Ctrl-C", "a defect"],
)
def test_an_end_that_no_command_foresees_has_a_code_of_its_own(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(_raising(error)) == code
    told = capsys.readouterr().err
    assert said in told
    assert ("Traceback" in told) is (code == Exit.DEFECT)


def test_ctrl_c_inside_a_command_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logreach.reports.json.schema", _raising(KeyboardInterrupt()))
    assert _run(["schema"]) == Exit.INTERRUPTED


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["bad"], 2)])
def test_the_entry_point_ends_the_process_with_the_code(words: list[str], code: int) -> None:
    program = [sys.executable, "-c", "from logreach.cli import main; main()", *words]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    ended = subprocess.run(program, capture_output=True, env=environment, check=False)
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr


def test_a_pipe_that_is_closed_while_a_tree_is_drawn_ends_with_141(folder: Path) -> None:
    command = [sys.executable, "-c", "from logreach.cli import main; main()"]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*command, "explain", "Security:4688", str(folder), "--full"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert done.returncode == Exit.PIPE
    assert b"Traceback" not in done.stderr
