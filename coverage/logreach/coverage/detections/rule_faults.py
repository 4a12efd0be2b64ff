"""What is wrong with a rule, as a fault with its place in the file."""

from __future__ import annotations

import re

from logreach.coverage.detections.condition import EmptyCondition
from logreach.coverage.detections.documents import Document
from logreach.coverage.detections.metadata import MetadataError
from logreach.coverage.detections.source_lines import line_of
from logreach.inventories.files.faults import Fault

OLD_COUNT = "its condition counts events with '|', which pySigma no longer reads"
_OPERATOR = re.compile(r"\b(AND|OR|NOT|OF|ALL OF|1 OF)\b")
_DECIDING = ("Logsource", "Correlation", "Timespan", "Condition", "Detection", "RuleNotFound")
_MODIFIER = re.compile(r"Unknown modifier '([^']*)'")
# What pySigma's errors are about: the end of a class's name, and the key to point at.
_PLACES = (
    ("LogsourceError", ("logsource",)),
    ("CorrelationConditionError", ("correlation", "condition")),
    ("CorrelationRuleError", ("correlation",)),
    ("CorrelationTypeError", ("correlation", "type")),
    ("TimespanError", ("correlation", "timespan")),
    ("ConditionError", ("detection", "condition")),
    ("TagError", ("tags",)),
    ("LevelError", ("level",)),
    ("StatusError", ("status",)),
    ("TitleError", ("title",)),
    ("IdentifierError", ("id",)),
    ("DateError", ("date",)),
    ("ModifiedError", ("modified",)),
    ("RelatedError", ("related",)),
    ("ReferencesError", ("references",)),
    ("FalsePositivesError", ("falsepositives",)),
    ("FieldsError", ("fields",)),
    ("AuthorError", ("author",)),
    ("DescriptionError", ("description",)),
    ("TaxonomyError", ("taxonomy",)),
    ("NameError", ("name",)),
    ("ScopeError", ("scope",)),
    ("LicenseError", ("license",)),
)


def said(error: Exception) -> str:
    """An error in one line."""
    if isinstance(error, EmptyCondition):
        return str(error)
    lines = str(error).strip().splitlines()
    return lines[0] if lines and lines[0] else type(error).__name__


def is_of_metadata(error: Exception) -> bool:
    """Whether what a rule finds does not hang on what is wrong."""
    name = type(error).__name__
    places = (end for end, _ in _PLACES if name.endswith(end))
    return any(True for _ in places) and not any(part in name for part in _DECIDING)


def fault_of(document: Document, error: Exception) -> Fault:
    """An error of pySigma, or of ours, with the line to blame."""
    line = line_of(document.file.content, document.index, *_path(error))
    place = f"line {line}"
    return Fault(f"Sigma rule: {said(error)}", document.file.name, place, _hint(document, error))


def _path(error: Exception) -> tuple[str, ...]:
    if isinstance(error, MetadataError):
        return (error.key,)
    if isinstance(error, EmptyCondition):
        return ("detection", "condition")
    unknown = _MODIFIER.search(str(error))
    if unknown:
        return ("detection", f"{unknown[1]}|")
    if "Sigma tag" in str(error):
        return ("tags",)
    name = type(error).__name__
    return next((path for end, path in _PLACES if name.endswith(end)), ("detection",))


def _hint(document: Document, error: Exception) -> str:
    if OLD_COUNT in str(error):
        return "Write it as a correlation rule."
    detection = document.data.get("detection")
    condition = detection.get("condition") if isinstance(detection, dict) else ""
    operator = _OPERATOR.search(str(condition))
    if operator and type(error).__name__.endswith("ConditionError"):
        return f"Did you mean {operator[1].lower()!r}? Sigma's operators are written in lower case."
    return ""


def misspelt(document: Document, field: str, problem: str) -> Fault:
    """A field that nothing has and that is like another one; `problem` says so."""
    line = line_of(document.file.content, document.index, "detection", f"|{field}")
    return Fault(f"Sigma rule: {problem}", document.file.name, f"line {line}")
