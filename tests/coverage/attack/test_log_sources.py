"""Event keys out of ATT&CK's channel texts, by example, by law, and against two other readings."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import shared

from logreach.coverage.attack import load_attack, misnamed
from logreach.coverage.attack.log_sources import event_ids, events_of, log_names
from logreach.coverage.attack.model import Analytic

CASES = yaml.safe_load(Path(__file__).with_name("channels.yaml").read_text(encoding="utf-8"))
CHANNELS = (
    Path(__file__).parents[3]
    / "coverage/logreach/coverage/platforms/windows/knowledge/channels.yaml"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_channel_text(case: dict[str, object]) -> None:
    assert list(events_of(str(case["source"]), str(case["channel"]))) == case["events"]


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=6))
def test_a_list_of_ids_reads_back_as_itself(ids: list[int]) -> None:
    assert event_ids("EventCode=" + ", ".join(map(str, ids))) == tuple(dict.fromkeys(ids))


PIECES = ["EventCode=", "Event ID ", "4688", "1", ", ", " or ", "-", "(", ")", " ", "sc.exe", "x"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_text_with_a_word_that_is_not_ours_gives_no_ids(text: str) -> None:
    bare = re.sub(r"\([^()\d][^()]*\)", "", text)
    words = set(re.findall(r"[a-z.]+", bare.casefold()))
    if not words <= {"eventcode", "event", "id", "or"}:
        assert event_ids(text) == ()


@given(st.sampled_from(["and then", "x", "=", "where", "not"]), st.booleans())
def test_words_around_the_ids_leave_it_unparsed(words: str, before: bool) -> None:
    text = f"{words} EventCode=1" if before else f"EventCode=1 {words}"
    assert event_ids(text) == ()


def _windows_analytics() -> list[Analytic]:
    return [one for one in load_attack("18.1").analytics if "Windows" in one.platforms]


def test_analytics_agree_with_the_independent_table() -> None:
    with shared("attack/windows_analytics.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["analytic"]: row for row in csv.DictReader(file)}
    analytics = _windows_analytics()
    assert {one.id for one in analytics} == rows.keys()
    for one in analytics:
        row = rows[one.id]
        refs = " ; ".join(f"{ref.source}|{ref.channel}|{ref.component}" for ref in one.refs)
        assert (one.techniques, one.strategies) == (
            (row["technique"],),
            (row["detection_strategy"],),
        )
        assert (len(one.refs), refs) == (int(row["refs"]), row["log_sources"])


def test_events_agree_with_the_independent_table_but_for_one_text() -> None:
    with shared("attack/v18_events_to_dc.csv").open(encoding="utf-8", newline="") as file:
        theirs = {(row["log_source"], row["event_id"]): row for row in csv.DictReader(file)}
    refs: Counter[tuple[str, str]] = Counter()
    techniques: dict[tuple[str, str], set[str]] = {}
    components: dict[tuple[str, str], Counter[str]] = {}
    for analytic in _windows_analytics():
        for ref in analytic.refs:
            for event in ref.events:
                key = (ref.source, event.rpartition(":")[2])
                refs[key] += 1
                techniques.setdefault(key, set()).update(analytic.techniques)
                components.setdefault(key, Counter())[ref.component] += 1
    # Its maker did not read the one text with remarks in brackets.
    assert refs.keys() - theirs.keys() == {
        ("WinEventLog:System", "5005"),
        ("WinEventLog:System", "302"),
    }
    for key, row in theirs.items():
        told = Counter(
            {
                name: int(n)
                for name, n in (_named_count(p) for p in row["data_components"].split("; "))
            }
        )
        assert (refs[key], len(techniques[key])) == (int(row["refs"]), int(row["techniques"]))
        assert components[key] == told


def _named_count(text: str) -> tuple[str, str]:
    name, _, count = text.removesuffix(")").rpartition(" (")
    return name, count


def test_the_share_that_cannot_be_parsed_is_known() -> None:
    refs = [ref for analytic in _windows_analytics() for ref in analytic.refs]
    unparsed = [ref for ref in refs if not ref.parsed]
    assert (len(unparsed), len(refs)) == (197, 1467)
    assert all(ref.channel and not ref.events for ref in unparsed)


def test_short_names_are_those_of_the_channel_table() -> None:
    channels = set(yaml.safe_load(CHANNELS.read_text(encoding="utf-8")))
    assert set(log_names().values()) <= channels
    meant = {event.rpartition(":")[0] for slip in misnamed().values() for event in slip.corrections}
    assert meant <= channels


def test_every_slip_listed_is_one_that_attack_makes() -> None:
    model = load_attack("18.1")
    refs = [ref for one in model.analytics for ref in one.refs]
    refs += [ref for one in model.components for ref in one.log_sources]
    named = {event for ref in refs for event in ref.events}
    assert misnamed().keys() <= named
    assert all(slip.reason and slip.source for slip in misnamed().values())
    assert not any(slip.certain and not slip.corrections for slip in misnamed().values())
    assert not any(set(slip.corrections) & misnamed().keys() for slip in misnamed().values())


def test_no_slip_names_an_event_that_the_facts_have_under_that_log() -> None:
    with shared("facts/windows_events.csv").open(encoding="utf-8", newline="") as file:
        real = {f"{row['channel']}:{row['event_id']}" for row in csv.DictReader(file)}
    assert not misnamed().keys() & real
