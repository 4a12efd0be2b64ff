"""Every control and bidi character, formulas and markup, through every command and every report:
none comes out alive."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from evtx_files import log

from logreach.cli import app
from logreach.cli.exits import exit_code_of
from logreach.cli.report_formats import ReportFormat

_FORMAT = (
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_CONTROL = [chr(code) for code in (*range(1, 32), 127, *range(128, 160))]
HOSTILE = [*_CONTROL, *_FORMAT]
OSC, CSI, CSI_8 = "\x1b]0;owned\x07", "\x1b[31m\x1b[2J", "\u009b2J"
EVERY = "".join(f"{char}." for char in HOSTILE) + OSC + CSI + CSI_8
# What may stand in the name of a file, in YAML and in XML 1.0.
IN_A_NAME = EVERY.replace("/", "")
IN_XML = "".join(char for char in EVERY if char >= " ")
ALLOWED = {"\n", "\t"}
FORMULAS = ("=cmd|'/c calc'!A0", "+1+cmd", "-1+cmd", "@SUM(1)")
MARKUP = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
IN_A_LIST = [*FORMULAS, MARKUP, f"{FORMULAS[0]}{MARKUP}"]

RULE = {
    "title": f"a rule {EVERY}",
    "id": "00000000-0000-4000-8000-000000000001",
    "logsource": {"product": "windows", "category": "process_creation"},
    "detection": {"a": {"Image": f"{EVERY}.exe", f"F{EVERY}": EVERY}, "condition": "a"},
    "level": f"high{EVERY}",
    "author": EVERY,
    "tags": [f"attack.{EVERY}", "attack.t1543.003"],
}
WRONG_EXPRESSION = {
    **RULE,
    "id": "00000000-0000-4000-8000-000000000003",
    "detection": {"a": {"Image|re": f"({EVERY}["}, "condition": "a"},
}
PLAIN_RULE = {
    **RULE,
    "id": "00000000-0000-4000-8000-000000000002",
    "level": "high",
    "detection": {"a": {"Image|re": f"x{EVERY}.*"}, "condition": "a"},
}
SYSMON = (
    f'<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="include">'
    f'<Image condition="is" name="{IN_XML}">{IN_XML}.exe</Image>'
    f'<Image condition="is"> {IN_XML}.exe</Image><Foo{"x"} condition="{IN_XML}">{IN_XML}</Foox>'
    f"</ProcessCreate></EventFiltering></Sysmon>"
)
COMMANDS = {
    "assess": "assess DIR --out DIR-out --technique T1543.003 --rules DIR/rules "
    "--layers profiles " + " ".join(f"--format {form.value}" for form in ReportFormat),
    "assess with tables": "assess DIR --out DIR-out --technique T1543.003 --format csv -v "
    "--rules DIR/rules",
    "assess to standard output": "assess DIR --out - --technique T1543.003 --format json",
    "compare": "compare DIR OTHER --out DIR-out --technique T1543.003 --rules DIR/rules",
    "compare with a baseline": "compare DIR --with baseline=asd --technique T1543.003 -v",
    "compare briefly": "compare DIR --with baseline=asd --technique T1543.003",
    "baseline": "baseline DIR --against asd --technique T1543.003 -v --as-of 2026-11-30 "
    "--out DIR-out --rules DIR/rules",
    "resilience": "resilience DIR --out DIR-out --technique T1543.003 --rules DIR/rules "
    "-v --as-of 2026-11-30",
    "resilience briefly": "resilience DIR --technique T1543.003",
    "resilience as JSON": "resilience DIR --out - --technique T1543.003 --format json",
    "a baseline by a wrong name": "baseline DIR --against HOSTILE",
    "explain": "explain Security:4688 DIR",
    "explain in full": "explain Security:4688 DIR --full",
    "explain a technique": "explain T1543.003 DIR",
    "explain a technique in full": "explain T1543.003 DIR --full",
    "explain a rule": "explain 00000000-0000-4000-8000-000000000001 DIR --rules DIR/rules",
    "rules": "rules DIR --rules DIR/rules",
    "rules in full": "rules DIR --rules DIR/rules -v",
    "rules as JSON": "rules DIR --rules DIR/rules --format json",
    "inventory show": "inventory show DIR",
    "inventory show verbosely": "inventory show DIR -v",
    "inventory show all": "inventory show DIR --all",
    "inventory check": "inventory check DIR",
    "inventory check as JSON": "inventory check DIR --format json",
    "init": "init DIR-init",
    "compare with a configuration": "compare DIR --with sysmon=SYSMON --technique T1543.003 "
    "--rules DIR/rules",
    "compare as JSON": "compare DIR --with sysmon=SYSMON --technique T1543.003 --format json",
    "compare with what is no change": "compare DIR --with HOSTILE",
    "compare two versions": "attack compare WRONG 18.1",
    "import": "attack import WRONG",
    "sysmon check": "sysmon check SYSMON",
    "sysmon check as JSON": "sysmon check SYSMON --format json",
    "sysmon try": "sysmon try SYSMON --jsonl DIR/events.jsonl --evtx DIR/events.evtx",
    "sysmon try as JSON": "sysmon try SYSMON --jsonl DIR/events.jsonl --format json",
    "sysmon rules": "sysmon rules SYSMON --rules DIR/rules",
    "a wrong file": "sysmon check WRONG",
    "an unknown host": "assess DIR --host HOSTILE",
    "an unknown name": "explain HOSTILE DIR",
    "an unknown option": "assess --HOSTILE",
    "an unknown command": "HOSTILE",
    "an unknown bundle": "attack show HOSTILE",
    "published rules": "attack published-rules DIR/rules --source HOSTILE --out DIR/published.csv",
}
SPLUNK = (
    f"[WinEventLog://Security]\nblacklist = {EVERY}\nblacklist1 = EventCode=%{EVERY}(%\n".replace(
        "\r", ""
    )
)

RULE_OF_AZURE = {
    "name": EVERY,
    "type": "Microsoft.Insights/dataCollectionRules",
    "dataSources": {
        "windowsEventLogs": [
            {"name": EVERY, "streams": ["s"], "xPathQueries": ["Security!*", EVERY, f"{EVERY}!x["]}
        ]
    },
    "dataFlows": [{"streams": ["s"], "transformKql": f"source | where {EVERY}"}],
}
COLLECTOR = {
    "receivers": {
        f"windowseventlog/{EVERY}": {"channel": "Security", "operators": [{"type": EVERY}]}
    },
    "service": {
        "pipelines": {"logs": {"receivers": [f"windowseventlog/{EVERY}"], "exporters": [EVERY]}}
    },
}
NXLOG = f"<Input i{CSI_8}>\nModule im_msvistalog\nChannel Security\nExec {IN_A_NAME}\n</Input>\n"
WAZUH = (
    "<agent_config profile='x'><localfile><log_format>eventchannel</log_format>"
    f"<location>{IN_XML}</location><query>{IN_XML}</query></localfile></agent_config>"
)


def _json(value: object) -> str:
    return json.dumps(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inventory of which every name and value is hostile."""
    root = tmp_path_factory.mktemp("hostile")
    host = root / f"H{IN_A_NAME}"[:60]
    for made in (host, root / "rules", Path(f"{root}-init") / host.name):
        made.mkdir(parents=True)
    (host / f"n{IN_A_NAME}"[:60]).write_text("no format", "utf-8")
    channels = [
        {"LogName": f"C{EVERY}", "IsEnabled": False, "LogMode": EVERY},
        {"LogName": EVERY, "IsEnabled": EVERY},
    ]
    (host / "channels.json").write_text(_json(channels), "utf-8")
    (host / "os.json").write_text(_json({"Caption": f"{EVERY}\0", "BuildNumber": EVERY}), "utf-8")
    own = {"settings": {"process_creation_command_line": EVERY, f"x{EVERY}": 1}, "os": EVERY}
    (host / "own.yaml").write_text(_yaml(own), "utf-8")
    (host / "inputs.conf").write_text(SPLUNK, "utf-8")
    (host / "rule.json").write_text(json.dumps(RULE_OF_AZURE, indent=1), "utf-8")
    (host / "nxlog.conf").write_text(NXLOG, "utf-8")
    (host / "collector.yaml").write_text(json.dumps(COLLECTOR, indent=1), "utf-8")
    (host / "agent.conf").write_text(WAZUH, "utf-8")
    (host / "sysmon.xml").write_text(SYSMON, "utf-8")
    (host / "keys.txt").write_text(
        f"HKEY_LOCAL_MACHINE\\SOFTWARE\\{EVERY};O:BAS:(AU;SA;KA;;;{EVERY})\n".replace("\r", ""),
        "utf-8",
    )
    (host / "a.csv").write_text(
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting\n"
        f"W,System,x,{{0CCE922B-69AE-11D9-BED3-505054503030}},{EVERY},\n".replace("\r", ""),
        "utf-8",
    )
    (root / f"list{IN_A_NAME}"[:60]).write_text(
        f"Name,OperatingSystem\nhost{EVERY},Windows {EVERY}\nB,Windows 11 23H2\n".replace("\r", "")
        + "".join(f'"{name}",Windows 11 23H2 {MARKUP}\n' for name in IN_A_LIST),
        "utf-8",
    )
    for number, name in enumerate(IN_A_LIST):
        rule = PLAIN_RULE | {"id": f"00000000-0000-4000-8000-00000000001{number}", "title": name}
        (root / "rules" / f"f{number}.yml").write_text(_yaml(rule), "utf-8")
    for number, rule in enumerate((RULE, PLAIN_RULE, WRONG_EXPRESSION)):
        (root / "rules" / f"{number}{IN_A_NAME}"[:60].rstrip()).with_suffix(".yml").write_text(
            _yaml(rule), "utf-8"
        )
    events = [
        {"event_id": 1, "fields": {"Image": f"{EVERY}.exe"}},
        {"event_id": f"{EVERY}\0"},
        {"provider": EVERY},
    ]
    (root / "events.jsonl").write_text("\n".join(map(_json, events)), "utf-8")
    (root / "events.evtx").write_bytes(log(2, 2)[:-66000])
    # The same with other names beside them, to compare with.
    other = root.with_name(f"{root.name}-other")
    shutil.copytree(root, other)
    (other / "more.csv").write_text(
        "Name,OperatingSystem\n" + "".join(f'"{name}2",Windows 11 23H2\n' for name in IN_A_LIST)
    )
    return root


def _yaml(value: object) -> str:
    return json.dumps(value)  # JSON is YAML, and escapes what YAML may not hold raw


def _raw(text: str) -> list[str]:
    """The characters of a text that may steer a terminal."""
    return sorted(
        {
            f"U+{ord(char):04X}"
            for char in text
            if char not in ALLOWED
            and (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _FORMAT)
        }
    )


def _words(command: str, folder: Path) -> list[str]:
    sysmon = next(folder.glob("H*")) / "sysmon.xml"
    wrong = next(path for path in sysmon.parent.iterdir() if path.name.startswith("n"))
    other = str(folder.with_name(f"{folder.name}-other"))
    names = {"SYSMON": str(sysmon), "WRONG": str(wrong), "HOSTILE": f"x{EVERY}", "OTHER": other}
    words = []
    for word in command.split(" "):
        for name, value in names.items():
            word = word.replace(name, value)
        words.append(word.replace("DIR", str(folder)))
    return words


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_prints_a_character_that_steers(
    name: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    raw = io.BytesIO()
    for stream in ("stdout", "stderr"):
        wrapped = io.TextIOWrapper(raw, "utf-8", write_through=True)
        monkeypatch.setattr(sys, stream, wrapped)
    code = exit_code_of(lambda: app(_words(COMMANDS[name], folder), standalone_mode=False))
    told = raw.getvalue().decode("utf-8")
    assert code in (0, 1, 2), told[-2000:]
    assert told
    assert _raw(told) == []
    # Libraries in C++ write past Python's streams.
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every file that `assess`, `compare`, `baseline` and `resilience` write, in every format."""
    root = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        for name in ("assess", "compare", "baseline", "resilience"):
            words = _words(COMMANDS[name].replace("DIR-out", str(root / "out" / name)), folder)
            code = exit_code_of(lambda words=words: app(words, standalone_mode=False))
            assert code in (0, 1), name
    return [path for path in (root / "out").rglob("*") if path.is_file()]


def test_no_report_holds_one(files: list[Path]) -> None:
    assert {".json", ".html", ".xlsx", ".csv", ".yaml", ".graphml", ".sarif"} <= {
        path.suffix for path in files
    }
    names = ("assessment", "comparison", "baseline", "resilience")
    assert {f"{name}.xlsx" for name in names} <= {path.name for path in files}
    wrong = {}
    for path in files:
        for part, text in _texts(path):
            if raw := _raw(text.replace("\r\n", "\n")):
                wrong[f"{path.name} {part}"] = raw
    assert wrong == {}


def test_hostile_names_reach_the_reports(files: list[Path]) -> None:
    """Or the tests beside this one would prove nothing."""
    for name in ("assessment.json", "assessment.xlsx", "comparison.xlsx"):
        (path,) = (path for path in files if path.name == name)
        text = unescape("".join(text for _, text in _texts(path)))
        for hostile in IN_A_LIST:
            assert hostile in text, (name, hostile)


def test_no_report_holds_a_live_formula_or_live_markup(files: list[Path]) -> None:
    wrong = {path.name: alive for path in files if (alive := sorted(set(_alive(path))))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", f"<p>{MARKUP}</p>"),
        ("a.html", "<script>alert(2)</script>"),
        ("a.svg", "<svg><a onclick='x'/></svg>"),
        ("a.csv", f"host\n{FORMULAS[0]}\n"),
    ],
)
def test_what_is_alive_is_noticed(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert list(_alive(tmp_path / name))


def _alive(path: Path) -> Iterator[str]:
    """What of a file a program would run that shows it."""
    match path.suffix:
        case ".xlsx":
            for part, text in _texts(path):
                if part.startswith("xl/worksheets/") and re.search(r"<f[ >/]|ddeLink", text):
                    yield f"formula in {part}"
        case ".csv":
            with path.open(encoding="utf-8-sig", newline="") as opened:
                cells = (cell for row in csv.reader(opened) for cell in row)
                yield from (cell for cell in cells if cell.startswith(tuple("=+-@\t\r")))
        case ".html" | ".svg" | ".xml" | ".graphml" | ".md":
            page = _Page()
            page.feed(path.read_text("utf-8"))
            page.close()
            yield from page.alive


class _Page(HTMLParser):
    """Elements and scripts that come from a name."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if tag == "img" or any(name.startswith("on") for name, _ in attrs):
            self.alive.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script and data.startswith("alert("):
            self.alive.append(data)


def _texts(path: Path) -> list[tuple[str, str]]:
    if path.suffix != ".xlsx":
        return [("", path.read_bytes().decode("utf-8-sig"))]
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        return [(name, package.read(name).decode("utf-8-sig")) for name in names]


def test_json_reads_back_what_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes make nothing else of a value."""
    words = _words("rules DIR --rules DIR/rules --format json", folder)
    assert exit_code_of(lambda: app(words, standalone_mode=False)) == 0
    titles = {json.loads(line)["title"] for line in capsys.readouterr().out.splitlines()}
    assert RULE["title"] in titles
