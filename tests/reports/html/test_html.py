"""The HTML report is whole, loads nothing, holds its data once, and shows them as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from page_reading import ReadPage
from sample_assessment import (
    ALL_VERDICTS,
    FORMULA,
    MARKUP,
    SHA,
    empty,
    planned,
    sample,
    with_rule_gains,
)

from logreach.coverage.assessment.result import Assessment, MissingFact, RuleSummary
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import UNKNOWN, Level, Verdict
from logreach.inventories.windows.facts import AUDIT
from logreach.reports.html import rendered, write_html
from logreach.reports.html.page import shade
from logreach.reports.html.profile_choice import left_out, profiles_in_full
from logreach.reports.html.rows import rules_of
from logreach.reports.labels import LABEL_STYLES, LABELS, QUESTIONS

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


@pytest.fixture(scope="module")
def page(text: str) -> ReadPage:
    return ReadPage(text)


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


def test_no_markup_is_ever_made_of_text(text: str) -> None:
    script = text.rpartition("<script>")[2]
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch(",
    ):
        assert way not in script


def test_links_lead_into_the_page(text: str) -> None:
    reader = _read(text)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for tag, attributes in reader.tags:
        if tag == "a":
            assert (attributes["href"] or "")[1:] in ids


def test_the_policy_names_the_style_and_the_script_that_are_there(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    for kind in ("style", "script"):
        (body,) = re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind}-src &#39;sha256-{digest}&#39;" in policy[1]


def test_markup_from_data_stays_text(text: str, page: ReadPage) -> None:
    """Nothing in the data can end their element or begin another."""
    reader = _read(text)
    assert [tag for tag, _ in reader.tags].count("script") == 2
    assert MARKUP in "".join(reader.text)
    assert MARKUP in page.data.texts
    (data,) = re.findall('id="data">(.*?)</script>', text, re.DOTALL)
    assert not re.search("<[/!?sS]", data)


def test_control_characters_do_not_reach_the_page(text: str, page: ReadPage) -> None:
    raw = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202e\ud800-\udfff]")
    assert not raw.search(text)
    assert not [each for each in page.data.texts if raw.search(each)]
    assert not re.search(r"\\u(?:00[01]|20[23]|d[89a-f])", text)
    assert any(each.startswith("bell␇ null␀ escape␛[31m") for each in page.data.texts)


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_every_label_is_explained_by_sign_and_word(text: str, verdict: Verdict) -> None:
    style = LABEL_STYLES[verdict.label]
    assert f"{style.sign} {style.label}</span></dt><dd>{style.meaning}" in text


def test_the_ways_of_a_technique_stand_best_first(page: ReadPage) -> None:
    assert page.ways("T1543") == [
        ("achievable", "direct evidence Security:4688: act of Security:4688 recorded"),
        ("conditional", "analytic AN0000: 3 of 4 data components; lacking Module Load"),
        ("conditional", "rules 1 of 2 can fire"),
    ]
    way = page.data.ways[page.answer("T1543").ways[1]]
    assert page.texts(way.holds) == ["Security:4688", "Sysmon:1"]
    assert page.texts(way.lacks) == ["Sysmon:7"]


def test_rules_of_a_way_are_counted_by_its_words(page: ReadPage) -> None:
    rules = [page.data.ways[number].rules for number in page.answer("T1543").ways]
    assert rules == [(), (), (1, 2)]
    ways = sample().profiles[0].techniques["T1543"].detection.ways
    assert [rules_of(way) for way in ways] == [(), (), (1, 2)]


def test_what_lies_elsewhere_names_the_hosts(page: ReadPage) -> None:
    answer = page.answer("T1558.003")
    assert page.label(answer.label) == "achievable elsewhere"
    assert page.texts(answer.where) == ["DC"]
    assert "direct evidence Security:4769 on DC: " in page.ways("T1558.003")[0][1]


def test_verdicts_of_every_question_and_profile_are_there(page: ReadPage) -> None:
    assessment = sample()
    for technique_id, technique in page.techniques.items():
        for question, verdicts in zip(QUESTIONS, technique.labels, strict=True):
            assert page.labels(verdicts) == [
                profile.techniques[technique_id].label(question) for profile in assessment.profiles
            ]


def test_every_colour_stands_in_the_style_sheet(text: str) -> None:
    for style in LABEL_STYLES.values():
        assert f".{shade(style)} {{ background: {style.fill.lower()};" in text


def test_an_event_that_no_subscription_takes_is_shown_as_both(page: ReadPage) -> None:
    """Held on the host, and not arriving: an auditor must see the one beside the other."""
    event = next(each for each in page.data.events if page.text(each.name) == "Security:4688")
    rows = [page.data.event_rows[number] for number in event.rows]
    assert [page.label(row.label) for row in rows] == ["achievable", "not achievable"]
    assert rows[0].on_host == -1
    assert page.label(rows[1].on_host) == "achievable"
    # P2 of the sample: the collector provably receives these events in part or not at all.
    held = sample().profiles[1]
    short = [key for key, judged in held.events.items() if judged.verdict.proven < Level.YES]
    assert [profile.cut for profile in page.data.profiles] == [0, len(short)]


def test_the_first_screen_has_scope_changes_with_cost_facts_with_commands_and_faults() -> None:
    subcategory = AUDIT("0CCE922B-69AE-11D9-BED3-505054503030")
    fact = MissingFact(subcategory, ("P1",), "the inventory does not say", 1_234, title="Creation")
    shown = rendered(replace(planned(), missing=(fact,)))
    _read(shown)
    (summary,) = re.findall('<h2 id="summary".*?<h2 id="matrix"', shown, re.DOTALL)
    for words in (
        "On 902 hosts, detection is achievable today for <b>",
        "the first step of the plan would make it <b>37.0 %</b>",
        "<b>1</b> fact is missing: first run <code>auditpol",
        "<dt>Hosts</dt><dd>all 902 hosts of the inventory, in 2 profiles</dd>",
        "restricted to tactic persistence",
        "<dt>Facts as of</dt>",
        "Turn on Success auditing of Process Creation",
        "Medium to high event volume",
        "cost not stated",
        "<b>Creation</b>: 1,234 verdicts depend on it<br>run <code>auditpol",
        "unknown word &#39;Erfolk&#39; in ws/auditpol.csv line 3",
    ):
        assert words in summary
    assert len(re.findall('class="question-bar"', summary)) == len(QUESTIONS)


def test_the_sentence_says_of_how_many_hosts_it_speaks() -> None:
    assert "On 902 of 1,000 hosts, detection" in rendered(replace(sample(), hosts_beside=98))


def test_where_no_step_gains_anything_single_changes_stand_first(text: str) -> None:
    assert "<b>Change 1</b> on 52 hosts: raises 104 verdicts" in text
    assert "of the plan would make it" not in text


def test_a_needless_change_is_not_put_first() -> None:
    first, second = sample().remedies
    shown = rendered(replace(sample(), remedies=(replace(first, needless=True), second)))
    assert "<b>Change 1</b> on 902 hosts: raises 12 verdicts" in shown
    assert "<b>Change 2</b>" not in shown


def test_the_least_changes_of_a_technique_are_named() -> None:
    one = planned()
    plan = replace(one.plan, least={"P2": {"T1543": (0, 1)}})
    page = ReadPage(rendered(replace(one, plan=plan)))
    assert page.answer("T1543", 1).least == (0, 1)
    texts = [page.joined(remedy.text) for remedy in page.data.remedies]
    assert texts == [remedy.remedy.text for remedy in one.remedies]


def test_what_breaks_stands_with_evidence_and_change(page: ReadPage) -> None:
    answer = page.answer("T1543", 1)
    assert page.reasons(answer.breaks) == ["Security:4688: Process Creation is not audited"]
    (number,) = page.data.chains[answer.breaks]
    reason = page.data.reasons[number]
    assert page.texts(reason.evidence) == ["ws/auditpol.csv line 12: Process Creation,Success"]
    assert page.joined(reason.remedy) == "Turn on Success auditing of Process Creation"


def test_facts_tell_what_is_assumed(page: ReadPage) -> None:
    facts = [page.data.facts[number] for number in page.data.profiles[0].facts]
    assert [page.text(fact.state) for fact in facts] == ["known", "unknown", "assumed"]
    assert [profile.assumed for profile in page.data.profiles] == [1, 1]


def test_without_a_script_the_verdicts_stand_in_a_table(text: str) -> None:
    (table,) = re.findall("<noscript>.*?</noscript>", text, re.DOTALL)
    assert "Without JavaScript" in table
    row = "<tr><td>T1543</td><td>Create or Modify System Process</td><td>● achievable</td><td>850 of 902</td></tr>"
    assert row in table


def test_techniques_that_apply_nowhere_are_named_apart(text: str, page: ReadPage) -> None:
    assert "Techniques that apply to none of these hosts (1)" in text
    assert "T1543.004 Launch Daemon" in text
    assert "T1543.004" not in page.techniques


@pytest.mark.parametrize(
    "words",
    ["Not parsed", SHA, "the best one counts, so this figure is optimistic", "Assumed facts are"],
)
def test_the_page_tells(text: str, words: str) -> None:
    assert words in text


def test_an_empty_assessment_says_so() -> None:
    shown = rendered(empty())
    assert "No technique applies to any host" in shown
    assert "No change on offer raises a verdict." in shown
    assert ReadPage(shown).data.techniques == ()


def test_the_state_of_a_rule_does_not_say_its_verdict_again() -> None:
    one = sample()
    states = {"r-1": ("unknown",), "r-2": ("noisier",), "r-3": ("unknown", "noisier")}
    rules = {
        key: RuleSummary(key, key, "high", "a.yml", state, Judged(UNKNOWN))
        for key, state in states.items()
    }
    page = ReadPage(rendered(replace(one, profiles=(replace(one.profiles[0], rules=rules),))))
    rows = [page.data.rule_rows[rule.rows[0]] for rule in page.data.rules]
    assert [page.text(row.note) for row in rows] == ["", "noisier", "noisier"]


def test_rules_have_level_techniques_and_verdicts() -> None:
    page = ReadPage(rendered(with_rule_gains()))
    (rule,) = page.data.rules
    assert (page.text(rule.title), page.text(rule.level)) == (FORMULA, "high")
    assert [page.text(tag) for tag in rule.techniques] == ["T1543.003"]
    assert page.labels(rule.labels) == ["conditional", "conditional"]
    note = page.text(page.data.rule_rows[rule.rows[0]].note)
    assert note == "active, 1 dead branch; no CommandLine"


def test_of_many_profiles_the_largest_and_those_that_lose_most_are_in_full() -> None:
    base, loser = sample().profiles
    small = replace(base, count=1)
    many = [replace(small, profile_id=f"P{n}") for n in range(30)]
    many[7] = replace(many[7], count=500)
    many[19] = replace(loser, profile_id="P19", count=1)
    chosen = [profile.profile_id for profile in profiles_in_full(many, 4)]
    assert {"P7", "P19"} <= set(chosen)
    assert len(chosen) == 4
    assert chosen == sorted(chosen, key=lambda name: int(name[1:]))
    assert "Of 30 profiles, this page shows the 4" in left_out(many, 4)
    assert left_out(many[:4], 4) == ""


def test_profiles_that_are_not_in_full_keep_their_verdicts() -> None:
    base = sample()
    profiles = tuple(replace(base.profiles[0], profile_id=f"P{n}") for n in range(40))
    page = ReadPage(rendered(replace(base, profiles=profiles)))
    technique = page.techniques["T1543"]
    assert len(technique.labels[0]) == 40
    assert len(technique.answers) == 24
    assert [profile.place >= 0 for profile in page.data.profiles].count(True) == 24


def test_labels_have_one_digit_each() -> None:
    """A string of verdicts has a digit for each profile."""
    assert len(LABELS) <= 10
    assert len(json.dumps(len(LABELS) - 1)) == 1
