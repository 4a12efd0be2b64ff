"""The HTML report is whole, loads nothing, and shows data as text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import escape
from sample_assessment import ALL_VERDICTS, FORMULA, MARKUP, SHA, empty, planned, sample

from logreach.coverage.assessment.result import Assessment, RuleSummary
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import UNKNOWN, Level
from logreach.reports.html import rendered, write_html
from logreach.reports.html.page import page_of, shade
from logreach.reports.labels import LABEL_GROUPS, LABEL_STYLES, QUESTIONS, style_of
from logreach.reports.reason_catalogue import ReasonCatalogue

VOID = {"meta", "br", "col", "input", "rect"}


class _Reader(HTMLParser):
    """Collects tags, attributes and texts, and checks that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def text() -> str:
    return rendered(sample())


def test_it_is_well_formed(any_assessment: Assessment) -> None:
    _read(rendered(any_assessment))


def test_the_same_assessment_gives_the_same_bytes(tmp_path: Path) -> None:
    write_html(sample(), tmp_path / "1.html")
    write_html(sample(), tmp_path / "2.html")
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_nothing_is_loaded_from_anywhere(text: str) -> None:
    for tag, attributes in _read(text).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "use"}
        assert not set(attributes) & {"src", "style", "action", "srcset", "data"}
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in text
    assert "@import" not in text


def test_links_lead_into_the_page_or_to_the_web(text: str) -> None:
    reader = _read(text)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for tag, attributes in reader.tags:
        if tag == "a":
            href = attributes["href"] or ""
            assert href.startswith("https://") or href[1:] in ids, href


def test_the_policy_names_the_style_and_the_script_that_are_there(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    for kind in ("style", "script"):
        (body,) = re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind}-src &#39;sha256-{digest}&#39;" in policy[1]


def test_markup_from_data_stays_text(text: str) -> None:
    reader = _read(text)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert MARKUP in "".join(reader.text)


def test_control_characters_do_not_reach_the_page(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff]", text)
    assert "bell␇ null␀ escape␛[31m" in text


def test_an_address_with_another_scheme_is_not_a_link() -> None:
    one = sample()
    profile = one.profiles[0]
    judged = profile.events["Security:4688"]
    reason = judged.reasons[0]._replace(reference="javascript:alert(1)")
    changed = replace(profile, events={"Security:4688": judged._replace(reasons=(reason,))})
    shown = rendered(replace(one, profiles=(changed,)))
    assert "javascript:alert(1)" in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_every_label_is_shown_by_sign_and_word(text: str, verdict: object) -> None:
    shown = style_of(verdict)  # type: ignore[arg-type]
    assert f"{shown.sign} {shown.label}</span>" in text


def _block(text: str, technique: str) -> str:
    """A technique's entry."""
    pattern = rf'<details class="technique" id="{technique}".*?</details>'
    (block,) = re.findall(pattern, text, re.DOTALL)
    return str(block)


def test_detection_stands_first_with_its_ways_and_completeness_after(text: str) -> None:
    block = _block(text, "T1543")
    assert re.findall("<th(?: [^>]*)?>(.*?)</th>", block) == [
        "Profiles",
        "Hosts",
        "Detection",
        "Ways to detect it",
        "Completeness of what ATT&amp;CK names",
    ]
    row = block.partition("P1 (")[2].partition("</tr>")[0]
    ways = [re.sub("<.*?>", "", way) for way in re.findall("<li>(.*?)</li>", row)]
    assert ways == [
        "● achievable direct evidence Security:4688: act of Security:4688 recorded",
        "◐ conditional analytic AN0000: 3 of 4 data components; lacking Module Load "
        "by Security:4688, Sysmon:1; lacking Sysmon:7",
        f"◐ conditional rules 1 of 2 can fire by {escape(FORMULA)}, Security:4688; "
        f"lacking {escape(MARKUP)}",
    ]
    assert "Analytic as named ○ not achievable" in row


def test_ways_of_which_nothing_holds_are_named_by_their_events(text: str) -> None:
    row = _block(text, "T1547.001").partition("<tr><td>P1")[2]
    assert "○ not achievable</b> direct evidence Security:4688</li>" in row


def test_what_lies_elsewhere_names_the_hosts(text: str) -> None:
    block = _block(text, "T1558.003")
    assert "◉ achievable elsewhere</span> on DC" in block
    assert "direct evidence Security:4769 on DC: " in block


def test_techniques_are_filtered_by_every_question_and_label(text: str) -> None:
    block = _block(text, "T1543")
    attributes = dict(re.findall(r'data-q(\d)="(.*?)"', block))
    assert attributes == {
        "0": "achievable|not achievable",
        "1": "achievable|not achievable",
        "2": "not achievable",
        "3": "achievable|not achievable",
    }
    assert 'data-q0="achievable elsewhere"' in text
    (select,) = re.findall(r'<select id="verdict">(.*?)</select>', text)
    assert re.findall("<option>(.*?)</option>", select) == [
        label for label in LABEL_GROUPS if label != "not applicable"
    ]
    (questions,) = re.findall(r'<select id="question">(.*?)</select>', text)
    assert re.findall('value="(.)"(?: selected)?>(.*?)<', questions) == [
        (str(place), name) for place, name in enumerate(QUESTIONS.values())
    ]
    assert 'value="0" selected>Detection' in questions


def test_profiles_that_say_the_same_share_a_row(assessment: Assessment) -> None:
    by_id = {
        one.fleet.technique_id: one
        for one in page_of(assessment, ReasonCatalogue(assessment)).techniques
    }
    assert [group.profiles for group in by_id["T1112"].groups] == [["P1", "P2"]]
    assert [group.hosts for group in by_id["T1112"].groups] == [902]
    assert [group.profiles for group in by_id["T1543"].groups] == [["P1"], ["P2"]]


def test_every_colour_stands_in_the_style_sheet(text: str) -> None:
    for style in LABEL_STYLES.values():
        assert f".{shade(style)} {{ background: {style.fill.lower()};" in text


def test_an_event_that_no_subscription_takes_is_shown_as_both(text: str) -> None:
    """Held on the host, and not arriving: an auditor must see the one beside the other."""
    rows = re.findall(r"<tr><td>Security:4688</td><td>(P\d) \(.*", text)
    assert rows == ["P1", "P2"]
    (row,) = re.findall(r"<tr><td>Security:4688</td><td>P2 \([^<]*</td>(.*)", text)
    assert [re.sub("<.*?>", "", cell) for cell in row.split("</td>")[1:3]] == [
        "● achievable",
        "○ not achievable",
    ]
    (other,) = re.findall(r"<tr><td>Security:4688</td><td>P1 \([^<]*</td>(.*)", text)
    assert "<td>forwarding unknown</td>" in other
    # P2 of the sample: the collector provably receives these events in part or not at all.
    held = sample().profiles[1]
    short = [key for key, one in held.events.items() if one.verdict.proven < Level.YES]
    assert (
        f"): the collector does not receive {len(short)} events of the host, or only in part."
        in text
    )


def test_without_forwarding_no_column_tells_of_it() -> None:
    one = sample()
    here = replace(one, profiles=tuple(replace(p, events_on_host={}) for p in one.profiles))
    shown = rendered(here)
    assert "On the host" not in shown
    assert "forwarding unknown" not in shown


def test_the_plan_stands_above_the_single_remedies(text: str) -> None:
    shown = rendered(planned())
    _read(shown)
    (steps,) = re.findall(r"<h3>In steps</h3>.*?<h3>", shown, re.DOTALL)
    for one in planned().remedies:
        assert f"<div>{escape(one.remedy.text)}</div>" in steps
    assert "37.0 %" in steps
    assert "need a missing fact" in steps
    assert '<a href="#T1543.003">T1543.003</a>' in steps
    assert "In steps" not in text


def test_assumed_facts_stand_out(text: str) -> None:
    assert "Facts assumed" in text
    assert ", assumed (1)" in text
    assert "<td><b>assumed</b></td>" in text


def test_a_part_of_hosts_is_never_rounded_to_all_or_none(assessment: Assessment) -> None:
    for share, told in ((0.999, "over 99 %"), (0.001, "under 1 %"), (1.0, "100 %")):
        fleet = {key: replace(one, achievable_share=share) for key, one in assessment.fleet.items()}
        assert f"<b>{told.replace(' ', chr(160))}</b>" in rendered(replace(assessment, fleet=fleet))


def test_each_row_points_to_reasons_that_are_listed(text: str) -> None:
    listed = set(re.findall(r'<tr id="(R\d+)"', text))
    assert listed
    assert set(re.findall(r'href="#(R\d+)"', text)) == listed


def test_techniques_that_apply_nowhere_are_named_apart(text: str) -> None:
    assert "Techniques that apply to none of these hosts (1)" in text
    assert 'id="T1543.004"' not in text
    assert "T1543.004 Launch Daemon" in text


@pytest.mark.parametrize(
    "words",
    [
        "unknown word &#39;Erfolk&#39; in ws/auditpol.csv line 3",
        "Success (ws/auditpol.csv line 12: Process Creation,Success) is used",
        "file not found",
        "setting Command line",
        "Medium to high event volume",
        SHA,
        ": active, 1 dead branch; no CommandLine",
        "one way alone, direct evidence (Windows)",
        "analytic AN0000: 3 of 4 data components; lacking Module Load",
        "only in part, indirect evidence only",
        "Rules: 1 conditional",
        "Not parsed",
        "the best one counts, so this figure is optimistic",
        "Achievable where one way to detect the technique holds whole",
    ],
)
def test_the_page_tells(text: str, words: str) -> None:
    assert words in text


def test_one_is_not_many() -> None:
    one = sample()
    few = replace(one, profiles=one.profiles[:1], remedies=one.remedies[:1])
    shown = rendered(few)
    assert "<li><b>1</b>profile</li>" in shown
    assert "<li><b>1</b>remedy</li>" in shown
    assert "<li><b>850</b>hosts</li>" in shown


def test_an_empty_assessment_says_so() -> None:
    shown = rendered(empty())
    assert "No technique applies to any host." in shown
    assert "No technique applies." in shown


def test_the_state_of_a_rule_does_not_say_its_verdict_again() -> None:
    one = sample()
    states = {"r-1": ("unknown",), "r-2": ("noisier",), "r-3": ("unknown", "noisier")}
    rules = {
        key: RuleSummary(key, key, "high", "a.yml", state, Judged(UNKNOWN))
        for key, state in states.items()
    }
    shown = rendered(replace(one, profiles=(replace(one.profiles[0], rules=rules),)))
    _, _, table = shown.partition('<section id="rules">')
    named = "P1 (WS, 日本-01)"
    told = re.findall(r"unknown</span> (P1.*?) ?</div>", table)
    assert told == [named, *[f"{named}: noisier"] * 2]
