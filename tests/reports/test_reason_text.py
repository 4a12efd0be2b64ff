"""The words that all reports share say neither more nor less than the verdict."""

from __future__ import annotations

import pytest
from sample_assessment import ALL_VERDICTS, AUDIT_OFF, AUDIT_ON, LINE_UNKNOWN, NO_SACL

from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Level, Verdict
from logreach.inventories.files.wording import counted, noun
from logreach.reports.counts import percent_text
from logreach.reports.labels import LABEL_STYLES, style_of
from logreach.reports.reason_text import why

PARTLY = Reason("operation", "Process Creation", PARTIAL, "a part is seen; the rest is not")
ON = "Security:4688: Process Creation is audited for Success"
OFF = "Security:4688: Process Creation is not audited"
LINE = "Security:4688/CommandLine: the inventory does not say whether the command line is included"


@pytest.mark.parametrize(
    ("verdict", "reasons", "told"),
    [
        pytest.param(YES, (), "", id="nothing is told where there is no reason"),
        pytest.param(YES, (AUDIT_ON,), ON, id="the only reason is told"),
        pytest.param(
            YES,
            (AUDIT_ON, AUDIT_ON),
            f"{ON}; every other link holds too",
            id="what is achievable rests on more than its first reason, and says so",
        ),
        pytest.param(NO, (AUDIT_OFF, LINE_UNKNOWN), OFF, id="what is settled needs no more"),
        pytest.param(UNKNOWN, (LINE_UNKNOWN, AUDIT_ON), LINE, id="an open reason is enough"),
        pytest.param(
            Verdict.of(Level.PARTIAL, Level.YES),
            (PARTLY, AUDIT_ON, LINE_UNKNOWN, NO_SACL),
            f"Process Creation: {PARTLY.text}; {LINE}",
            id="an open verdict says what is open even where a settled reason stands first",
        ),
        pytest.param(UNKNOWN, (AUDIT_OFF,), OFF, id="no open reason is made up"),
    ],
)
def test_why(verdict: Verdict, reasons: tuple[Reason, ...], told: str) -> None:
    assert why(Judged(verdict, reasons)) == told


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_each_verdict_has_the_look_of_its_label(verdict: Verdict) -> None:
    assert style_of(verdict) is LABEL_STYLES[verdict.label]


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 10, "0.0 %"),
        (0, 0, "0.0 %"),
        (1, 10_000, "under 0.1 %"),
        (1, 3, "33.3 %"),
        (9_999, 10_000, "over 99.9 %"),
        (10, 10, "100.0 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(part: int, whole: int, told: str) -> None:
    assert percent_text(part, whole) == told


@pytest.mark.parametrize(("number", "told"), [(0, "0 hosts"), (1, "1 host"), (2, "2 hosts")])
def test_nouns_follow_their_number(number: int, told: str) -> None:
    assert counted(number, "host") == told


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [noun(number, "remedy", "remedies") for number in (1, 2)] == ["remedy", "remedies"]
