"""Sysmon configurations, and what `sysmon -c` prints."""

from __future__ import annotations

import pytest

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import SysmonState
from logreach.inventories.windows.system import sysmon_files

DIGEST = "AB" * 32
LISTING = f"System Monitor v15.15\nService name: Sysmon64\nConfig hash: SHA256={DIGEST}\n"


def test_a_comment_before_the_root_does_not_hide_a_configuration() -> None:
    assert sysmon_files.is_config("<!-- <sysmon> --><Sysmon schemaversion='4.9'/>")
    assert not sysmon_files.is_config("<!-- <Sysmon> --><html/>")


def test_a_listing_states_version_and_digest_but_no_configuration() -> None:
    (statement,) = sysmon_files.read_listing(Source.of("c.txt", LISTING.encode())).statements
    assert statement.value == SysmonState(installed=True, version="15.15")
    assert sysmon_files.loaded_digest(LISTING) == DIGEST.lower()
    assert sysmon_files.loaded_digest("System Monitor v15.15") == ""


def test_output_without_an_installed_sysmon_is_refused() -> None:
    with pytest.raises(InputError, match="is not the output of an installed Sysmon"):
        sysmon_files.read_listing(Source.of("c.txt", b"System Monitor v15.15\nUsage: ..."))


def test_xml_with_another_root_is_no_configuration() -> None:
    with pytest.raises(InputError, match="its root element is 'html'"):
        sysmon_files.config(Source.of("c.xml", b"<html/>"))
