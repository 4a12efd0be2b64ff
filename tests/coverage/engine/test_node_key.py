"""Keys are equal where their parts are, and read well in errors."""

import copy
import pickle

from logreach.coverage.engine.node_key import NodeKey


def test_a_key_is_its_parts() -> None:
    key = NodeKey.of("via", "Process Creation", "Security:4688")
    assert key is NodeKey.of("via", "Process Creation", "Security:4688")
    assert pickle.loads(pickle.dumps(key)) is copy.deepcopy(key) is key  # noqa: S301
    assert str(key) == "via:Process Creation|Security:4688"


def test_parts_are_not_run_together() -> None:
    assert NodeKey.of("field", "a|b") != NodeKey.of("field", "a", "b")


def test_a_helper_carries_the_key_of_the_node_that_needs_it() -> None:
    key = NodeKey.of("component", "Process Creation")
    assert key.helper("whole") != NodeKey.of("component", "File Access").helper("whole")
    assert str(key.helper("whole")) == "whole:component:Process Creation"
