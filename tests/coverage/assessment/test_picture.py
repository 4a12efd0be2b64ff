"""The picture of T1543 and the fields of its events, as the example of the issue tells them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.explain import Explanation, explain
from logreach.coverage.assessment.picture import Picture, PictureEvent, Sign, sign_of
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.platforms.registry import sensors

_DATA = yaml.safe_load((Path(__file__).parent / "picture.yaml").read_text("utf-8"))


@cache
def explained(name: str, host: str) -> Explanation:
    (found,) = explain(name, hosts.inventory(host=_DATA["hosts"][host]), load_attack())
    return found


def picture(technique: str, host: str) -> Picture:
    drawn = explained(technique, host).picture
    assert drawn is not None
    return drawn


def events(drawn: Picture) -> dict[tuple[str, str], PictureEvent]:
    return {
        (component.name, event.event): event
        for component in drawn.components
        for sensor in component.sensors
        for event in sensor.events
    }


@pytest.mark.parametrize("technique", ["T1543", "T1543.003"])
@pytest.mark.parametrize("case", _DATA["cases"], ids=lambda case: case["name"])
def test_the_picture_says_what_the_example_says(case: dict[str, Any], technique: str) -> None:
    component, event = case["at"]
    found = events(picture(technique, case["host"]))[component, event]
    assert found.sign is Sign[case["sign"]]
    said, note = " | ".join(found.words), found.note
    assert note is not None
    caveats = " | ".join(caveat.text for caveat in note.caveats)
    assert [words for words in case.get("says", ()) if words not in said] == []
    assert [words for words in case.get("caveats", ()) if words not in caveats] == []
    assert [words for words in case.get("unsaid", ()) if words in said] == []
    assert [
        words for words in case.get("missing", ()) if words not in " ".join(found.missing)
    ] == []
    assert set(", ".join(case.get("never", ())).split("|")) <= {"", ", ".join(found.never)}
    assert case.get("since", "") in note.since
    assert case.get("until", "") in note.until


@pytest.mark.parametrize("host", _DATA["hosts"])
def test_every_event_but_a_whole_one_says_why(host: str) -> None:
    for (component, event), found in events(picture("T1543.003", host)).items():
        assert found.sign is sign_of(found.verdict)
        if found.sign is not Sign.WHOLE:
            assert found.words or found.never, (component, event)
        if found.sign is Sign.NOT:
            assert not found.shows, (component, event)


def test_the_picture_has_every_data_component_that_the_result_has_and_every_event() -> None:
    read = hosts.inventory(host=_DATA["hosts"]["windows 11 with Sysmon"])
    scope = Scope(("T1543", "T1543.003", "T1543.001"), "services")
    techniques = assess(read, load_attack(), scope).profiles[0].techniques
    for name in ("T1543", "T1543.003"):
        drawn, result = techniques[name].picture, techniques[name]
        assert drawn is not None
        assert [component.name for component in drawn.components] == list(result.components)
        for (component, event), found in events(drawn).items():
            assert found.verdict is result.components[component].via[event].verdict
        assert len(events(drawn)) == sum(len(each.via) for each in result.components.values())
    assert techniques["T1543.001"].picture is None
    assert picture("T1543.003", "windows 11 with Sysmon") == techniques["T1543.003"].picture


@pytest.mark.parametrize("verdict", Verdict)
def test_a_sign_says_no_more_than_the_verdict(verdict: Verdict) -> None:
    sign = sign_of(verdict)
    assert (sign is Sign.WHOLE) == (verdict.proven is Level.YES)
    assert (sign is Sign.NOT) == (verdict.possible is Level.NO)
    assert (sign is Sign.PART) == (verdict.proven is Level.PARTIAL)


@pytest.mark.parametrize("case", _DATA["fields"], ids=lambda case: case["name"])
def test_an_event_shows_every_field_with_its_meaning_and_whether_the_host_fills_it(
    case: dict[str, Any],
) -> None:
    view = explained(case["event"], case["host"]).event
    assert view is not None
    fields = {field.name: field for field in view.fields}
    assert tuple(fields) == sensors().fields(view.event)
    assert view.complete
    assert all(field.note is not None for field in view.fields)
    signs = {name: sign_of(field.judged.verdict) for name, field in fields.items()}
    assert {name: signs[name] for name in case.get("filled", ())} == dict.fromkeys(
        case.get("filled", ()), Sign.WHOLE
    )
    assert {name: signs[name] for name in case.get("empty", ())} == dict.fromkeys(
        case.get("empty", ()), Sign.NOT
    )
    assert set(case.get("fields", ())) <= fields.keys()
    for name, values in case.get("values", {}).items():
        note = fields[name].note
        assert note is not None
        assert list(note.values) == values


def test_a_field_is_shown_alone_with_meaning_and_values() -> None:
    found = explained("Security:4688/tokenelevationtype", "windows 11 with Sysmon").event
    assert found is not None
    (field,) = found.fields
    assert field.name == "TokenElevationType"
    assert field.note is not None
    assert list(field.note.values) == ["1", "2", "3"]


def test_what_is_no_technique_has_no_picture_and_what_is_no_event_no_fields() -> None:
    event = explained("Security:4696", "windows 7")
    assert (event.picture, event.detection) == (None, None)
    component = explained("Process Creation", "windows 7")
    assert (component.picture, component.event) == (None, None)
    technique = explained("T1543.003", "windows 7")
    assert technique.event is None
    assert technique.detection is not None
    assert technique.detection.ways
