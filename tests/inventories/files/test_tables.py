"""The loader of our own tables refuses what nobody reads, and says where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.tables import Shape, csv_table, yaml_table

CSV_FAULTS = {
    "a column that nobody reads": ("a,b,c\n1,2,3\n", "unknown column 'c' in t.csv line 1"),
    "a missing column": ("a\n1\n", "no column 'b' in t.csv line 1"),
    "a cell too many": ("a,b\n1,2\n1,2,3\n", "3 cells under 2 columns in t.csv line 3"),
    "a cell too few": ("a,b\n1\n", "1 cells under 2 columns in t.csv line 2"),
    "an empty file": ("", "no column 'a' in t.csv line 1"),
}
SHAPE: Shape = {
    "source": str,
    "numbers?": [int],
    "flag?": bool,
    "either?": (str, [str]),
    "names?": {...: {"title": str, "note?": str}},
}
YAML_FAULTS = {
    "an unknown key": ("source: s\ncolour: red", "unknown key 'colour' in t.yaml line 2"),
    "a missing key": ("numbers: [1]", "no key 'source' in t.yaml line 1"),
    "an unknown key of an entry": (
        "source: s\nnames:\n  a: {title: A}\n  b:\n    title: B\n    colour: red",
        "unknown key 'colour' in t.yaml line 6",
    ),
    "a missing key of an entry": (
        "source: s\nnames:\n  a: {title: A}\n  b: {note: n}",
        "no key 'title' in t.yaml line 4",
    ),
    "a list where a text stands": ("source: [s]", "['s'] is not a text in t.yaml line 1"),
    "a text where a list stands": ("source: s\nnumbers: 1", "1 is not a list in t.yaml line 2"),
    "a text among numbers": (
        "source: s\nnumbers:\n  - 1\n  - two",
        "'two' is not a whole number in t.yaml line 4",
    ),
    "a truth value as a number": ("source: s\nnumbers: [true]", "True is not a whole number"),
    "a number as a truth value": ("source: s\nflag: 1", "1 is not true or false"),
    "neither of two forms": ("source: s\neither: [1]", "1 is not a text in t.yaml line 2"),
    "a list where entries stand": ("source: s\nnames: [a]", "['a'] is not a mapping"),
    "a file that is a list": ("[1]", "[1] is not a mapping in t.yaml line 1"),
}


@pytest.mark.parametrize("name", CSV_FAULTS)
def test_a_csv_file_of_other_columns_is_refused(tmp_path: Path, name: str) -> None:
    content, message = CSV_FAULTS[name]
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        csv_table(path, ("a", "b"))
    assert message in str(refused.value)


def test_the_rows_of_a_csv_file_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('b,a\n" 1 ",2;3\n', encoding="utf-8")
    (row,) = csv_table(path, ("a", "b"))
    assert (row["b"], row.parts("a"), row.where) == ("1", ("2", "3"), "line 2")


@pytest.mark.parametrize("name", YAML_FAULTS)
def test_a_yaml_file_of_another_shape_is_refused(tmp_path: Path, name: str) -> None:
    content, message = YAML_FAULTS[name]
    path = tmp_path / "t.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        yaml_table(path, SHAPE)
    assert message in str(refused.value)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("colour: red\nnumbers: 1", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        yaml_table(path, SHAPE)
    assert len(refused.value.faults) == 3


def test_a_yaml_file_of_the_shape_is_given_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("source: s\neither: e\nnames: {a: {title: A}}", encoding="utf-8")
    assert yaml_table(path, SHAPE) == {"source": "s", "either": "e", "names": {"a": {"title": "A"}}}
