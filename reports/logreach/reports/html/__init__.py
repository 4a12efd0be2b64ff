"""The report as one HTML file that loads nothing: its data stand in it once, its script draws them.

The page's own content policy allows only the style and the script that stand in it, so text from
an inventory could do nothing even if it were markup; the template escapes it all the same, the
data cannot close their element, and the script only ever sets text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from logreach.coverage.assessment.result import Assessment
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    FORWARDING_MEANING,
    ON_HOST_MEANING,
    assumed_facts,
    faults_of,
    forwarded,
)
from logreach.reports.html.first_screen import first_screen
from logreach.reports.html.page import page_data, shade
from logreach.reports.html.page_data import PageData
from logreach.reports.html.profile_choice import left_out
from logreach.reports.html.verdict_table import not_applying, verdict_rows
from logreach.reports.json.lines import encoded
from logreach.reports.labels import LABEL_STYLES, QUESTION_MEANING, QUESTIONS
from logreach.reports.plan_steps import (
    RULE_STEPS_MEANING,
    STEPS_MEANING,
    gain_meaning,
    out_of_reach,
    rule_step_lines,
    step_lines,
)
from logreach.reports.profile_names import ProfileNames
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.safe_text import plain
from logreach.reports.scope import scope_lines

_STYLES = ("base.css", "matrix.css", "panel.css", "print.css")
_SCRIPTS = (
    "data.js",
    "elements.js",
    "sorting.js",
    "matrix.js",
    "list.js",
    "picture.js",
    "technique_panel.js",
    "panels.js",
    "tables.js",
    "search.js",
    "start.js",
)
_BEGINNING = re.compile("<(?=[!?sS])")


def write_html(
    assessment: Assessment, path: Path, catalogue: ReasonCatalogue | None = None
) -> None:
    """Write the report; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    path.write_bytes(rendered(assessment, catalogue).encode("utf-8"))


def rendered(assessment: Assessment, catalogue: ReasonCatalogue | None = None) -> str:
    """The report's text."""
    style, script = _joined(_STYLES), f'"use strict";\n(() => {{\n{_joined(_SCRIPTS)}}})();\n'
    data = page_data(assessment, catalogue or ReasonCatalogue(assessment))
    page = _template(ProfileNames(assessment.profiles)).render(
        assessment=assessment,
        first=first_screen(assessment),
        scope=scope_lines(assessment),
        faults=tuple(faults_of(assessment)),
        steps=step_lines(assessment),
        rule_steps=rule_step_lines(assessment),
        steps_meaning=STEPS_MEANING,
        rule_steps_meaning=RULE_STEPS_MEANING,
        out_of_reach=out_of_reach(assessment),
        gain_meaning=gain_meaning(assessment.remedies),
        questions={QUESTIONS[each]: QUESTION_MEANING[each] for each in assessment.questions},
        styles=tuple(LABEL_STYLES.values()),
        verdicts=verdict_rows(assessment),
        not_applying=not_applying(assessment),
        assumed_meaning=ASSUMED_MEANING if any(map(assumed_facts, assessment.profiles)) else "",
        forwarding_meaning=(
            f"{FORWARDING_MEANING} {ON_HOST_MEANING}" if forwarded(assessment) else ""
        ),
        has_rules=bool(data.rules),
        left_out=left_out(assessment.profiles),
        # Files of this package, and JSON that no element can end in.
        data=Markup(json_in_element(data)),  # noqa: S704
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )
    # The whole page at once; what stands in the data was made plain text by text.
    return plain(page)


def json_in_element(data: PageData) -> str:
    """JSON that can neither end the element in which it stands nor begin a comment or an element
    in it. In JSON all of these stand in strings, where an escape means the same."""
    text = encoded(data).decode("utf-8").replace("</", "<\\/")
    return _BEGINNING.sub("\\\\u003c", text)


def _template(names: ProfileNames) -> Template:
    environment = Environment(
        loader=PackageLoader("logreach.reports.html", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(shade=shade, profiles=names)
    return environment.get_template("report.html.j2")


def _joined(names: tuple[str, ...]) -> str:
    """Files of this package as one, without the comments and blanks that begin lines."""
    folder = files("logreach.reports.html").joinpath("templates")
    lines = "".join(folder.joinpath(name).read_text("utf-8") for name in names).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if not line.lstrip().startswith("//"))


def _policy(style: str, script: str) -> str:
    """Only this style and this script, named by their hashes; nothing else is ever loaded."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
