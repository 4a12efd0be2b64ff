"""Files of many equal parts: the work grows with their number, not with its square."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from counted_calls import calls
from format_samples import DEVICES

from logreach.inventories import load

_REG = "Windows Registry Editor Version 5.00\r\n\r\n"
_CHANNELS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels"


def _keys(below: str) -> Callable[[int], str]:
    return lambda count: (
        _REG
        + "".join(
            f'[HKEY_LOCAL_MACHINE\\{below}\\K{number}]\r\n"Enabled"=dword:00000001\r\n\r\n'
            for number in range(count)
        )
    )


def _channels(count: int) -> str:
    names = (f"Channel-{number}" for number in range(count))
    return json.dumps([{"LogName": name, "IsEnabled": True, "LogMode": 0} for name in names])


def _attributes(root: str, below: str = "") -> Callable[[int], str]:
    return lambda count: (
        f"<{root} " + " ".join(f'a{number}="1"' for number in range(count)) + f">{below}</{root}>"
    )


def _lines(line: str, head: str = "") -> Callable[[int], str]:
    return lambda count: head + "".join(line.format(number) for number in range(count))


_LOCALFILE = (
    "<localfile><location>C{}</location><log_format>eventchannel</log_format></localfile>\n"
)

MANY: dict[str, Callable[[int], str]] = {
    "sibling registry keys": _keys("SOFTWARE"),
    "sibling keys of channels": _keys(_CHANNELS),
    "keys of certificate services": _keys(
        "SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration"
    ),
    "channels as JSON": _channels,
    "channels of wevtutil": _lines(
        "name: C{}\nenabled: true\nlogging:\n  retention: false\n  maxSize: 1\n"
    ),
    "channels in YAML": _lines("  C{}: true\n", "os: Windows 11 23H2\nchannels:\n"),
    "attributes of a Sysmon configuration": _attributes("Sysmon"),
    "attributes of a result of policy": _attributes("Rsop", "<ComputerResults/>"),
    "attributes of queries": _attributes(
        "QueryList", "<Query><Select Path='Security'>*</Select></Query>"
    ),
    "event logs of Winlogbeat": _lines("  - name: C{}\n", "winlogbeat.event_logs:\n"),
    "stanzas of Splunk": _lines("[WinEventLog://C{}]\nblacklist = {}\n".replace("{}\n", "1\n")),
    "queries of a data collection rule": lambda count: (
        '{"dataSources": {"windowsEventLogs": [{"streams": ["s"], "xPathQueries": ["'
        + '",\n"'.join(f"C{number}!*" for number in range(count))
        + '"]}]}, "dataFlows": [{"streams": ["s"]}]}'
    ),
    "entries of Wazuh": lambda count: (
        "<ossec_config>\n"
        + "".join(_LOCALFILE.format(number) for number in range(count))
        + "</ossec_config>"
    ),
    "inputs of NXLog": _lines(
        "<Input i{}>\nModule im_msvistalog\nChannel C\nExec if $EventID == 1 drop();\n</Input>\n"
    ),
    "routes of NXLog": _lines(
        "<Route r{}>\nPath i => p => o\n</Route>\n",
        "<Input i>\nModule im_msvistalog\nChannel C\n</Input>\n<Output o>\nModule om_x\n</Output>\n",
    ),
    "streams of Elastic Agent": _lines(
        "      - name: C{}\n        data_stream: ~\n", "inputs:\n  - type: winlog\n    streams:\n"
    ),
    "inputs of Fluent Bit": _lines(
        "[INPUT]\n    Name winevtlog\n    Channels C{}\n", "[OUTPUT]\n    Name es\n    Match *\n"
    ),
    "variables of Fluent Bit": lambda count: (
        f"@SET A={'C' * count}\n[INPUT]\n    Name winevtlog\n    Channels {'${A}' * count}\n"
    ),
    "inputs and filters of Fluent Bit": lambda count: (
        "".join(f"[INPUT]\n    Name winevtlog\n    Tag a{number}\n" for number in range(count))
        + "[FILTER]\n    Name rewrite_tag\n    Match *\n" * count
    ),
    "outputs of Fluent Bit": _lines(
        "[OUTPUT]\n    Name es\n    Match a{}\n", "[INPUT]\n    Name winevtlog\n    Channels C\n"
    ),
    "receivers and pipelines of the Collector": lambda count: (
        "receivers:\n"
        + "".join(f"  windowseventlog/{number}: {{channel: C}}\n" for number in range(count))
        + "service:\n  pipelines:\n"
        + "".join(
            f"    logs/{number}: {{receivers: [windowseventlog/1], exporters: [otlp]}}\n"
            for number in range(count)
        )
    ),
    "audit entries": _lines(
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\K{};O:BAG:SYD:AI(A;;KA;;;BA)S:AI(AU;SA;KA;;;WD)\n",
        "# Get-Acl -Audit\n",
    ),
    "rows of auditpol's text": _lines(
        "  Subcategory {0}   Success\nCategory {0}\n", "  Logon   Success\n  Logoff   Success\n"
    ),
    "properties of a system": _lines("P{}=1\n", "BuildNumber=19045\n"),
    "rows of msinfo32": _lines(
        "A{}\tB\n", "[System]\nOS\tMicrosoft Windows 10 Pro\nVersion\t10.0.19045\n"
    ),
    "GPOs of gpresult's text": _lines(
        "        GPO {}\n",
        "RSOP data for A on B : Logging Mode\n------------\nOS Version: 10.0.19045\n"
        "COMPUTER SETTINGS\n    Applied Group Policy Objects\n",
    ),
    "keys of reg query": lambda count: (
        _lines("\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\K{}\r\n    a    REG_DWORD    0x1\r\n")(count)
        + "\r\n"
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_four_times_the_parts_are_about_four_times_the_work(name: str, tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        host = tmp_path / str(count) / "H"
        host.mkdir(parents=True)
        (host / "file").write_bytes(MANY[name](count).encode())
        return lambda: load(tmp_path / str(count))

    loading(50)()  # whatever is made once is made here
    few, many = calls(loading(1_000)), calls(loading(4_000))
    assert many < 5 * few, (few, many)


def test_so_is_a_list_of_devices(tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        head, row = DEVICES.split("\n", 1)
        folder = tmp_path / str(count)
        folder.mkdir()
        rows = "".join(row.replace("A,", f"A{number},", 1) for number in range(count))
        (folder / "list.csv").write_text(f"{head}\n{rows}")
        return lambda: load(folder)

    loading(50)()
    assert calls(loading(2_000)) < 5 * calls(loading(500))


def test_so_is_a_list_of_devices_as_json(tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        folder = tmp_path / str(count)
        folder.mkdir()
        device = {"OperatingSystem": "Windows 11 Pro", "OperatingSystemVersion": "10.0 (22631)"}
        rows = [{"Name": f"A{number}", **device} for number in range(count)]
        (folder / "list.json").write_text(json.dumps(rows))
        return lambda: load(folder)

    loading(50)()
    assert calls(loading(2_000)) < 5 * calls(loading(500))
