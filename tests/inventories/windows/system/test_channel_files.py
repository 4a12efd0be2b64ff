"""Lists of event log channels: whole ones, short ones and damaged ones."""

from __future__ import annotations

import json

import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import CHANNEL, SYSMON, ChannelState, SysmonState
from logreach.inventories.windows.log_access import CHANNEL_ACCESS
from logreach.inventories.windows.system.channel_files import (
    read_list_log,
    read_wevtutil,
    read_wevtutil_xml,
)


def list_log(*names: str) -> Reading:
    records = [{"LogName": name, "IsEnabled": True} for name in names]
    return read_list_log(Source.of("logs.json", json.dumps(records).encode()))


CHANNELS = [f"Channel {number}" for number in range(99)]
ABSENT = SysmonState(installed=False)


@pytest.mark.parametrize(
    ("names", "absent"),
    [
        (["Security", *CHANNELS], True),
        (["Security", *CHANNELS[1:]], False),
        (["System", *CHANNELS], False),
        (["Security", *CHANNELS, "Microsoft-Windows-Sysmon/Operational"], False),
    ],
    ids=["complete", "too short", "read without rights", "with Sysmon"],
)
def test_only_a_complete_list_without_its_channel_proves_that_sysmon_is_absent(
    names: list[str], absent: bool
) -> None:
    values = {statement.key: statement.value for statement in list_log(*names).statements}
    assert (values.get(SYSMON) == ABSENT) is absent


def test_a_record_without_a_name_makes_every_channel_unknown() -> None:
    reading = read_list_log(Source.of("logs.json", b'[{"IsEnabled": true}]'))
    assert [key for key, _ in reading.missing] == [CHANNEL.every, CHANNEL_ACCESS.every]


@pytest.mark.parametrize(
    ("logging", "retention"),
    [
        ("  retention: false\n  autoBackup: true", "overwrite"),
        ("  retention: true\n  autoBackup: false", "retain"),
        ("  retention: true\n  autoBackup: true", "archive"),
        ("", None),
    ],
)
def test_wevtutil_says_what_a_full_log_does(logging: str, retention: str | None) -> None:
    output = f"name: Security\nenabled: true\nlogging:\n{logging}\n  maxSize: 1024\n"
    (statement,) = read_wevtutil(Source.of("gl.txt", output.encode())).statements
    assert statement.value == ChannelState(enabled=True, max_bytes=1024, retention=retention)


def test_a_file_without_a_channel_is_refused() -> None:
    with pytest.raises(InputError, match="names no channel"):
        read_wevtutil(Source.of("gl.txt", b"enabled: true\n"))


def test_a_listing_leaves_open_what_it_does_not_list() -> None:
    """A record may have been lost: neither a policy nor a default stands in for it."""
    keys = [key for key, _ in list_log("System", "Application").missing]
    assert keys == [CHANNEL.every]
    assert list_log("System").missing == ()


WEVTUTIL = "name: {}\nenabled: false\nlogging:\n  retention: false\n  maxSize: 1024\n"
WEVTUTIL_XML = """<channel name="{}" enabled="false" channelAccess="O:BAG:SYD:(A;;0x1;;;BA)">
<logging><retention>false</retention><maxSize>1024</maxSize></logging></channel>"""


@pytest.mark.parametrize("name", ["Srity", "Recurity", "Securitx", "Systen"])
def test_a_name_that_is_nearly_that_of_a_log_of_every_windows_is_a_fault(name: str) -> None:
    readings = [
        read_wevtutil(Source.of("gl.txt", WEVTUTIL.format(name).encode())),
        read_wevtutil_xml(Source.of("gl.xml", WEVTUTIL_XML.format(name).encode())),
    ]
    meant = CHANNEL("System" if name == "Systen" else "Security")
    for reading in readings:
        assert "which may be" in str(reading.faults[-1])
        assert meant in [key for key, _ in reading.missing]


@pytest.mark.parametrize("name", ["Security", "HardwareEvents", "Windows PowerShell", "OAlerts"])
def test_other_names_are_no_fault(name: str) -> None:
    text = WEVTUTIL_XML.format(name).encode()
    assert read_wevtutil_xml(Source.of("gl.xml", text)).faults == ()
