"""YAML with lines: the tree is PyYAML's own, built in one pass and without recursion."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked, parse
from logreach.inventories.files.yaml_text import LOADER

PIECES = st.sampled_from(
    [
        *("a", "b", "yes", "~", "1", "1.5", "''", '"x"', "!!str 1", "! 2", "!t x", "<<", "="),
        *("2020-01-01", "- ", "? ", ": ", ":\n", "\n", "\n  ", "\n    ", "[", "]", "{", "}"),
        *(", ", "#", "|\n", ">\n", "&x ", "&y ", "*x", "*y", "--- ", "...\n", "%YAML 1.1\n"),
        *("\t", "'", "\x07", "\ud800"),
    ]
)


def by_nodes(document: str) -> Marked:
    """The same tree by way of PyYAML's nodes; ValueError where there is a fault."""

    def marked(node: yaml.Node, above: tuple[int, ...]) -> Marked:
        if id(node) in above:
            raise ValueError("holds itself")
        below = (*above, id(node))
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return Marked(node.tag.rpartition(":")[2], line, str(node.value))
        if isinstance(node, yaml.SequenceNode):
            return Marked("seq", line, items=tuple(marked(each, below) for each in node.value))
        assert isinstance(node, yaml.MappingNode)
        fields: dict[str, Marked] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            plain = isinstance(key, yaml.ScalarNode) and not key.tag.endswith(":merge")
            if not plain or key.value in fields:
                raise ValueError("not a key, or twice")
            fields[key.value] = marked(value, below)
            lines[key.value] = key.start_mark.line + 1
        return Marked("map", line, fields=fields, key_lines=lines)

    root = yaml.compose(document, Loader=LOADER)
    if root is None:
        raise ValueError("empty")
    return marked(root, ())


@settings(max_examples=300)
@example("a: &x [1, {b: 2}]\nc: *x\n? *x\n: d\n")
@example("&x a: 1\n*x : 2\n")
@example("&x [*x]")
@example("a: &x 1\nb: &x 2\n")
@example("--- a\n--- b\n")
@given(st.lists(PIECES, max_size=14).map("".join))
def test_the_tree_is_the_one_that_pyyaml_builds(document: str) -> None:
    try:
        expected: Marked | None = by_nodes(document)
    except (yaml.YAMLError, ValueError):
        expected = None
    built: Marked | None = None
    with suppress(InputError):
        built = parse(document, "file")
    assert built == expected


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("a: 1\nb: *x\n", "is not valid YAML: found undefined alias in file line 2"),
        ("a: &x 1\nb: &x 2\n", "is not valid YAML: second occurrence in file line 2"),
        ("a: 1\n---\nb: 2\n", "is not valid YAML: but found another document in file line 2"),
        ("a: 1\nb: 2\na: 3\n", "'a' is given twice (first in line 1) in file line 3"),
        ("a: 1\n[b]: 2\n", "keys must be plain words in file line 2"),
        ("<<: {a: 1}\n", "keys must be plain words in file line 1"),
        ("\n" + "[" * 41 + "]" * 41, "is nested too deeply in file line 2"),
        ("a: 1\nb: &x\n- *x\n", "holds too many nodes or is nested too deeply in file line 2"),
        ("", "is empty in file"),
    ],
)
def test_a_fault_names_its_line(document: str, fault: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(document, "file")
    assert [str(each) for each in raised.value.faults] == [fault]


def test_an_alias_counts_as_often_as_it_stands() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 8)
    )
    with pytest.raises(InputError, match="too many nodes"):
        parse(bomb, "file")


def test_lists_may_nest_forty_deep() -> None:
    assert parse("[" * 40 + "]" * 40, "file").tag == "seq"
