"""The report as one HTML file: readable without script, and nothing is loaded from elsewhere.

The page's own content policy allows only the style and the script that stand in it, so text from
an inventory could do nothing even if it were markup; the template escapes it all the same.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from logreach.coverage.assessment.result import Assessment
from logreach.inventories.files.wording import counted, noun
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    FORWARDING_MEANING,
    FORWARDING_UNKNOWN,
    ON_HOST_MEANING,
)
from logreach.reports.html.page import page_of, shade
from logreach.reports.labels import QUESTION_MEANING, QUESTIONS, LabelStyle, style_of
from logreach.reports.other_ids import beside
from logreach.reports.plan_steps import (
    RULE_STEPS_MEANING,
    STEPS_MEANING,
    gain_meaning,
    marked,
    rules_raised,
)
from logreach.reports.profile_names import ProfileNames
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import conflict_text
from logreach.reports.safe_text import is_link, plain, technique_url


def write_html(
    assessment: Assessment, path: Path, catalogue: ReasonCatalogue | None = None
) -> None:
    """Write the report; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    path.write_bytes(rendered(assessment, catalogue).encode("utf-8"))


def rendered(assessment: Assessment, catalogue: ReasonCatalogue | None = None) -> str:
    """The report's text."""
    style, script = _template_file("style.css"), _template_file("script.js")
    page = _template(ProfileNames(assessment.profiles), partial(beside, assessment)).render(
        page=page_of(assessment, catalogue or ReasonCatalogue(assessment)),
        questions={
            QUESTIONS[question]: QUESTION_MEANING[question] for question in assessment.questions
        },
        assumed_meaning=ASSUMED_MEANING,
        forwarding_meaning=FORWARDING_MEANING,
        forwarding_unknown=FORWARDING_UNKNOWN,
        on_host_meaning=ON_HOST_MEANING,
        steps_meaning=STEPS_MEANING,
        rule_steps_meaning=RULE_STEPS_MEANING,
        gain_meaning=gain_meaning(assessment.remedies),
        # Files of this package.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )
    # The whole page at once: to clean each value would double the time to fill the template.
    return plain(page)


def _template(names: ProfileNames, other_id: Callable[[str], str]) -> Template:
    environment = Environment(
        loader=PackageLoader("logreach.reports.html", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        chip=_chip,
        component_lines=_component_lines,
        counted=counted,
        noun=noun,
        other_id=other_id,
        profiles=names,
        conflict_text=conflict_text,
        marked=marked,
        reason_links=_reason_links,
        rules_raised=rules_raised,
        shade=shade,
        style_of=style_of,
        technique_url=technique_url,
    )
    environment.tests["link"] = is_link
    return environment.get_template("report.html.j2")


@cache
def _chip(style: LabelStyle) -> Markup:
    """A label behind its sign, on its colour."""
    return Markup('<span class="v {}">{} {}</span>').format(shade(style), style.sign, style.label)


def _reason_links(numbers: tuple[int, ...]) -> Markup:
    """Links to reasons, by number."""
    return _joined(" ", map(_reason_link, numbers))


@cache
def _reason_link(number: int) -> Markup:
    return Markup('<a class="dim" href="#R%d">R%d</a>') % (number, number)


def _component_lines(components: Iterable[tuple[LabelStyle, str]]) -> Markup:
    """The data components of a technique, a line each."""
    return _joined("", (_component_line(style, name) for style, name in components))


@cache
def _component_line(style: LabelStyle, name: str) -> Markup:
    return Markup("<div>{} {}: {}</div>").format(style.sign, name, style.label)


def _joined(between: str, markup: Iterable[Markup]) -> Markup:
    """Markup is not escaped again; `Markup.join` looks at each part, 50,000 of them in a page."""
    return Markup(between.join(markup))  # noqa: S704


def _template_file(name: str) -> str:
    return files("logreach.reports.html").joinpath(f"templates/{name}").read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Only this style and this script, named by their hashes; nothing else is ever loaded."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
