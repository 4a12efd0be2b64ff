"""The report as one HTML file: readable without script, and nothing is loaded from elsewhere.

The page's own content policy allows only the style and the script that are written here, so text
from an inventory could do nothing even if it were markup; it is escaped all the same.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from logreach.coverage.assessment.result import Assessment
from logreach.inventories.files.wording import counted, noun
from logreach.reports.catalogue import Catalogue
from logreach.reports.caveats import ASSUMED_MEANING, FORWARDING_MEANING, ON_HOST_MEANING
from logreach.reports.steps import STEPS_MEANING, gain_meaning, marked
from logreach.reports.words import (
    QUESTION_MEANING,
    QUESTIONS,
    conflict_text,
    plain,
    technique_url,
)

# Jinja2 and markupsafe are only needed here, and no other command should wait for them.
if TYPE_CHECKING:
    from jinja2 import Template

    from logreach.reports.rows import Rows


def write_html(assessment: Assessment, path: Path, catalogue: Catalogue | None = None) -> None:
    """Write the report; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    path.write_bytes(rendered(assessment, catalogue).encode("utf-8"))


def rendered(assessment: Assessment, catalogue: Catalogue | None = None) -> str:
    """The report's text."""
    from markupsafe import Markup

    from logreach.reports.page import page_of
    from logreach.reports.rows import Rows

    rows = Rows()
    style, script = _own("style.css"), _own("script.js")
    return _template(rows).render(
        page=page_of(assessment, catalogue or Catalogue(assessment)),
        rows=rows,
        questions={QUESTIONS[one]: QUESTION_MEANING[one] for one in assessment.questions},
        assumed_meaning=ASSUMED_MEANING,
        forwarding_meaning=FORWARDING_MEANING,
        on_host_meaning=ON_HOST_MEANING,
        steps_meaning=STEPS_MEANING,
        gain_meaning=gain_meaning(assessment.remedies),
        # Our own files, read from the package.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )


def _template(rows: Rows) -> Template:
    """The page's template; no value gets into it unescaped or with control characters."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from logreach.reports.page import shade

    def finished(value: object) -> object:
        """Markup of our own stays as it is."""
        return value if isinstance(value, Markup | int | float) else plain(str(value))

    environment = Environment(
        loader=PackageLoader("logreach.reports", "templates"),
        autoescape=True,
        finalize=finished,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        chip=rows.chip,
        counted=counted,
        noun=noun,
        conflict_text=conflict_text,
        marked=marked,
        points=rows.points,
        shade=shade,
        technique_url=technique_url,
    )
    return environment.get_template("report.html.j2")


def _own(name: str) -> str:
    return files("logreach.reports").joinpath(f"templates/{name}").read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Only this style and this script, named by their hashes; nothing else is ever loaded."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
