"""Broken files: never a traceback, never a hang, never a wrong 'off', always a named fault."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from format_samples import BY_READER, GUIDS, LOG, SAMPLES, assert_never_off, read

from logreach.inventories import load
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import recognise
from logreach.inventories.windows.facts import AUDIT, OS


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("auditpol.csv", "0" * 5_000_000)
    return held.getvalue()


NESTED = "".join(
    f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "x"}{"&e0;" * 9}">' for n in range(1, 9)
)
WRONG: dict[str, bytes] = {
    "empty": b"",
    "only a byte order mark": b"\xff\xfe",
    "only zero bytes": b"\0" * 1000,
    "only blanks": b" \r\n\t\r\n",
    "access denied": b"ERROR: Access is denied.\r\n",
    "no privilege": b"Error 0x00000522 occurred:\r\nA required privilege is not held.\r\n",
    "an unknown command": b"'auditpol' is not recognized as an internal or external command,\r\n",
    "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "an entity bomb": f"<!DOCTYPE x [<!ENTITY e0 'x'>{NESTED}]><Sysmon>&e8;</Sysmon>".encode(),
    "an outside entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Sysmon>&e;</Sysmon>',
    "an archive": archive(),
    "a program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" * 50,
    "noise": bytes(range(256)) * 20,
    "a very long field": b"WS1,System," + b"x" * 300_000 + b",,,\r\n",
    "a very long line of XML": b"<Sysmon>" + b"<a>" * 5000,
    "deep JSON": b"[" * 100_000,
    "a long number": b'{"LogName": "Security", "IsEnabled": true, "x": ' + b"9" * 10_000 + b"}",
    "many comments": b"<!-- a -->" * 3000 + b"<b",
    "half a surrogate": "a,b\ud800,c".encode("utf-16-le", "surrogatepass"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_good_file_is_read_without_fault(name: str) -> None:
    reading = read(SAMPLES[name])
    assert reading.statements
    assert reading.faults == ()
    assert_never_off(reading, name)


def test_every_format_that_is_known_by_its_content_has_a_sample_here() -> None:
    found = [
        recognise.read(Source.of("H/file", data))[0] for data in [*SAMPLES.values(), LOG.encode()]
    ]
    assert {one.name for one in found if one} == {one.name for one in recognise.FORMATS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_off_anywhere_says_nothing_is_off(name: str) -> None:
    data = SAMPLES[name]
    step = max(1, len(data) // 60)
    for end in [*range(0, len(data), step), len(data) - 2, len(data) - 1]:
        assert_never_off(read(data[:end]), end)


@pytest.mark.parametrize("name", BY_READER)
def test_a_gpo_file_cut_off_anywhere_says_nothing_is_off(name: str) -> None:
    reader, data = BY_READER[name]
    for end in range(len(data)):
        source = Source.of("gpo/file", data[:end])
        assert_never_off(recognise.guarded(reader, source), end)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_a_named_fault(name: str) -> None:
    reading = read(WRONG[name])
    assert_never_off(reading, name)
    assert reading.faults
    assert all(fault.source == "H/file" for fault in reading.faults)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", BY_READER)
def test_a_reader_given_a_wrong_file_names_it(name: str, wrong: str) -> None:
    reading = recognise.guarded(BY_READER[name][0], Source.of("gpo/file", WRONG[wrong]))
    assert_never_off(reading, wrong)
    assert reading.faults
    assert all(fault.source == "gpo/file" for fault in reading.faults)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_in_the_wrong_encoding_says_nothing_is_off(name: str) -> None:
    text = SAMPLES[name].decode("utf-16" if SAMPLES[name][:2] == b"\xff\xfe" else "cp850")
    for encoding in ("utf-7", "cp037", "utf-32", "utf-16-be", "cp1252"):
        assert_never_off(read(text.encode(encoding, "replace")), encoding)
    assert_never_off(read(text.encode("utf-16")[1:]), "half a character lost")


def test_a_host_with_a_broken_file_stays_and_so_do_the_others(tmp_path: Path) -> None:
    hosts = ["hosts:"]
    for number, data in enumerate(WRONG.values()):
        (tmp_path / f"{number}.csv").write_bytes(data)
        hosts.append(f"  - {{name: H{number}, os: Windows 11 23H2, audit_policy: {number}.csv}}")
    (tmp_path / "good.csv").write_bytes(SAMPLES["auditpol"])
    hosts.append("  - {name: good, audit_policy: good.csv}")
    (tmp_path / "inventory.yaml").write_text("\n".join(hosts))
    inventory = load(tmp_path)
    assert len(inventory.hosts) == len(WRONG) + 1
    for number, host in enumerate(inventory.hosts[:-1]):
        assert f"{number}.csv" in str(host.faults[0])
        fact = host.facts.get(AUDIT(GUIDS[0].guid))
        assert f"{number}.csv" in getattr(fact, "reason", "")
        assert str(getattr(host.facts.get(OS), "value", "")) == "Windows 11 23H2 (build 22631)"
    assert not inventory.hosts[-1].faults
    assert str(getattr(inventory.hosts[-1].facts.get(AUDIT(GUIDS[0].guid)), "value", "")) == (
        "Success and Failure"
    )


@pytest.mark.parametrize("wrong", ["empty", "no privilege", "a web page", "an archive"])
@pytest.mark.parametrize("named", ["folder: A", "files: [A/auditpol.csv]"])
def test_no_default_stands_for_what_a_broken_file_may_have_told(
    wrong: str, named: str, tmp_path: Path
) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "auditpol.csv").write_bytes(WRONG[wrong])
    host = f"{{name: A, os: Windows Server 2022, role: server, assume: windows-default, {named}}}"
    (tmp_path / "inventory.yaml").write_text(f"hosts: [{host}]")
    audit = load(tmp_path).hosts[0].facts.get(AUDIT(GUIDS[0].guid))
    assert isinstance(audit, Missing)
    assert "A/auditpol.csv" in audit.reason


def test_a_default_stands_where_every_file_was_read(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "h.yaml").write_text("os: Windows Server 2022\nrole: server\n")
    (tmp_path / "inventory.yaml").write_text(
        "hosts: [{name: A, assume: windows-default, folder: A}]"
    )
    assert isinstance(load(tmp_path).hosts[0].facts.get(AUDIT(GUIDS[0].guid)), Known)


def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, audit_policy: big.csv}]")
    inventory = load(tmp_path)
    assert "too large to be an export" in str(inventory.faults[0])
    assert "too large" in getattr(inventory.hosts[0].facts.get(AUDIT(GUIDS[0].guid)), "reason", "")
    assert [one.path for one in inventory.files] == ["inventory.yaml"]


def test_a_pipe_in_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, audit_policy: a.csv}]")
    assert "not a regular file" in str(load(tmp_path).faults[0])


def test_a_file_given_as_the_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("hosts: [{name: H}]")
    with pytest.raises(InputError, match="is a file, not an inventory folder"):
        load(tmp_path / "f.yaml")
    with pytest.raises(InputError, match="no such inventory folder"):
        load(tmp_path / "absent")
