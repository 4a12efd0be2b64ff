"""Loading: odd encodings, hostile documents, every fault in one pass."""

from __future__ import annotations

import pytest

from logreach.coverage.platforms.sysmon.engine import decide, load
from logreach.coverage.platforms.sysmon.engine.document import MAX_BYTES
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.xml_tree import OWN_DTD

BODY = (
    '<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="include">'
    "<Image>é</Image></ProcessCreate></EventFiltering></Sysmon>"
)
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Sysmon>&b;</Sysmon>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><Sysmon>&a;</Sysmon>'
HOSTILE: dict[str, str | bytes] = {
    "an entity bomb": BOMB,
    "an external entity": EXTERNAL,
    "an external document type": '<!DOCTYPE Sysmon SYSTEM "http://x.invalid/a.dtd"><Sysmon/>',
    "a document type of its own": "<!DOCTYPE Sysmon []>" + BODY,
    "nesting without end": "<a>" * 1_000_000,
    "more than 10 MB": "<Sysmon>" + " " * MAX_BYTES,
    "more than 10 MB of bytes": b"<Sysmon>" + b" " * MAX_BYTES,
    "half of a surrogate pair": "<Sysmon>\ud800</Sysmon>",
    "bytes that are not UTF-8": b"<Sysmon>\xff</Sysmon>",
    "an encoding that is not read": b'<?xml version="1.0" encoding="utf-7"?><Sysmon/>',
    "UTF-16 declared and not written": b'<?xml version="1.0" encoding="utf-16"?><Sysmon/>',
    "an unknown entity": "<Sysmon>&x;</Sysmon>",
    "a NUL": "<Sysmon>\x00</Sysmon>",
    "nothing": "",
    "white space": b"  \n ",
    "an open tag": "<Sysmon",
    "another root": "<sysmon/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_a_clear_error(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load(HOSTILE[name])
    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["an entity bomb", "an external document type"])
def test_a_document_type_is_named_as_in_every_file_of_an_inventory(name: str) -> None:
    with pytest.raises(InputError, match=OWN_DTD):
        load(HOSTILE[name])


@pytest.mark.parametrize(
    "xml",
    [
        BODY,
        "\ufeff" + BODY,
        '<?xml version="1.0" encoding="utf-16"?>\n' + BODY,
        BODY.encode(),
        b"\xef\xbb\xbf" + BODY.encode(),
        BODY.encode("utf-16"),
        BODY.encode("utf-16-le"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + BODY.encode("latin-1"),
    ],
)
def test_every_encoding_that_sysmon_reads_is_read(xml: str | bytes) -> None:
    assert decide(load(xml), 1, {"Image": "é"}).logged
    assert not decide(load(xml), 1, {"Image": "e"}).logged


def test_lines_are_those_of_the_file_behind_a_declaration() -> None:
    config = load('<?xml version="1.0"\nencoding="utf-8"?>\n' + BODY)
    assert config.elements["ProcessCreate"][0].line == 3


def test_every_fault_is_told_with_its_line() -> None:
    xml = (
        '<Sysmon schemaversion="4.90"><EventFiltering>\n<RuleGroup/>\n<Nothing/>\n'
        '<ProcessCreate onmatch="include"><Image condition="odd">a</Image>\n'
        f'<Image name="{"n" * 256}">a</Image><Rule groupRelation="and"/></ProcessCreate>\n'
        "</EventFiltering></Sysmon>"
    )
    with pytest.raises(InputError) as caught:
        load(xml)
    assert sorted(fault.where for fault in caught.value.faults) == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
        "line 5",
    ]


def test_faults_without_number_are_cut_short() -> None:
    with pytest.raises(InputError) as caught:
        load('<Sysmon schemaversion="4.90">' + "<X/>" * 5000 + "</Sysmon>")
    assert len(caught.value.faults) == 501
    assert "4500 further" in caught.value.faults[-1].message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4.9", Schema(4, 90)),
        ("4", Schema(4, 0)),
        (" 4.5x", Schema(4, 50)),
        ("10.42", Schema(10, 42)),
    ],
)
def test_schema_versions_are_read_as_numbers(written: str, read: Schema) -> None:
    assert load(f'<Sysmon schemaversion="{written}"/>').declared == read


@pytest.mark.parametrize("written", ["", "abc", "-4", "0.5", "3.40", "inf", "nan", "1e999"])
def test_a_schema_version_that_cannot_be_is_a_fault(written: str) -> None:
    with pytest.raises(InputError):
        load(f'<Sysmon schemaversion="{written}"/>')


def test_a_missing_schema_version_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(InputError, match="no schemaversion; the engine crashes"):
        load("<Sysmon/>")


def test_options_are_kept() -> None:
    config = load('<Sysmon schemaversion="4.90"><HashAlgorithms>*</HashAlgorithms></Sysmon>')
    option = config.option("HashAlgorithms")
    assert option is not None
    assert option.value == "*"


@pytest.mark.parametrize(
    ("declared", "version", "hint"),
    [
        ("4.91", "15.15", "Declare schema 4.90, which this Sysmon has, or remove it."),
        ("4.50", "15.15", "Declare schema 4.90, which this Sysmon has, or remove it."),
        ("4.91", "14.16", "and this Sysmon has 4.83. Update Sysmon, or remove it."),
    ],
)
def test_the_advice_on_an_element_of_a_newer_schema_helps(
    declared: str, version: str, hint: str
) -> None:
    xml = f"""<Sysmon schemaversion="{declared}"><EventFiltering>
    <FileExecutableDetected onmatch="exclude"/></EventFiltering></Sysmon>"""
    with pytest.raises(InputError) as refused:
        load(xml, version)
    assert hint in refused.value.faults[0].hint
    if version == "15.15":
        assert load(xml.replace(declared, "4.90"), version)
