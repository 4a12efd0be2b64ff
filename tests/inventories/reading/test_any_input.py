"""Any bytes at all, and good files damaged anywhere: read, or told with a fault; never 'off'."""

from __future__ import annotations

from contextlib import suppress

import yaml
from format_samples import BY_READER, DEVICES, SAMPLES, assert_never_off, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.reading import device_exports, recognise
from logreach.inventories.reading.manifest import read as read_manifest

FUZZ = settings(max_examples=120, suppress_health_check=list(HealthCheck))
GARBAGE = st.binary(min_size=1, max_size=12) | st.sampled_from(
    [b"\0", b"\r\n", b'"', b",", b"<", b"&x;", b"\xef\xbb\xbf", b"]]>", b"{", b"-", b";"]
)


@FUZZ
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    reading = read(data)
    assert reading.statements or reading.faults or reading.missing
    assert_never_off(reading, data)


@FUZZ
@given(
    name=st.sampled_from(sorted(set(SAMPLES) - {"reg"})),
    at=st.floats(0, 1),
    garbage=GARBAGE,
    cut=st.floats(0, 1),
)
def test_garbage_in_a_file_says_nothing_is_off(
    name: str, at: float, garbage: bytes, cut: float
) -> None:
    data = SAMPLES[name]
    place = int(at * len(data))
    assert_never_off(read(data[:place] + garbage + data[place:]), (name, place, garbage))
    twice = data + data[int(cut * len(data)) :]
    assert_never_off(read(twice), (name, cut))


@FUZZ
@given(
    name=st.sampled_from(sorted(BY_READER)),
    at=st.floats(0, 1),
    length=st.integers(0, 40),
    garbage=st.binary(max_size=8),
)
def test_a_damaged_gpo_file_ends_in_faults_not_tracebacks(
    name: str, at: float, length: int, garbage: bytes
) -> None:
    reader, data = BY_READER[name]
    place = int(at * len(data))
    damaged = data[:place] + garbage + data[place + length :]
    recognise.guarded(reader, Source.of("gpo/file", damaged))


@FUZZ
@given(st.binary(max_size=200), st.floats(0, 1))
def test_a_damaged_device_list_ends_in_faults_not_tracebacks(garbage: bytes, at: float) -> None:
    data = DEVICES.encode()
    place = int(at * len(data))
    with suppress(InputError):
        device_exports.read(Source.of("list.csv", data[:place] + garbage + data[place:]))


WORDS = st.sampled_from(
    ["hosts", "name", "os", "count", "role", "gpo", "settings", "sysmon", "none", "A", "true", "-1"]
) | st.text(max_size=6)
TREE = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@FUZZ
@given(tree=TREE, host=st.dictionaries(WORDS, TREE, max_size=4))
def test_any_manifest_is_read_or_told_with_its_line(tree: object, host: dict[str, object]) -> None:
    for document in (tree, {"hosts": [{"name": "A", **host}]}, {"hosts": tree}):
        assert_read_or_told(yaml.safe_dump(document, allow_unicode=True))


@FUZZ
@given(st.text(max_size=120))
def test_any_text_as_manifest_is_read_or_told(text: str) -> None:
    assert_read_or_told(text)


def assert_read_or_told(text: str) -> None:
    """A manifest has hosts or exports, or else faults that name it."""
    faults: tuple[Fault, ...] = ()
    found = 0
    try:
        told = read_manifest(text)
        found = len(told.hosts) + len(told.exports)
    except InputError as error:
        faults = error.faults
    assert found or faults
    assert all(fault.source == "inventory.yaml" and fault.message for fault in faults)
