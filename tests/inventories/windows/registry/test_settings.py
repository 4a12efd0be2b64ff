"""Settings: their values from registry numbers, and hints for misspelled names."""

from __future__ import annotations

import pytest

from logreach.inventories.windows.registry.settings import audit_options, nearest, settings


@pytest.mark.parametrize(("number", "value"), [(1, True), (0, False), (2, None)])
def test_a_switch_is_on_with_1_and_off_with_0(number: int, value: bool | None) -> None:
    assert settings()["powershell_module_logging"].of_number(number) is value


def test_a_setting_accepts_values_of_its_own_kind_alone() -> None:
    switch = next(setting for setting in settings().values() if setting.kind == "bool")
    number = next(setting for setting in settings().values() if setting.kind == "int")
    assert (switch.accepts(True), switch.accepts(1), switch.accepts("on")) == (True, False, False)
    assert (number.accepts(1), number.accepts(True)) == (True, False)


def test_every_audit_option_is_a_setting() -> None:
    assert set(audit_options().values()) <= settings().keys()


def test_a_hint_names_the_likeliest_word_or_all_words() -> None:
    assert nearest("powershel", ["powershell", "sysmon"]) == "Did you mean 'powershell'?"
    assert nearest("zzz", ["b", "a"]) == "Known are: a, b."
