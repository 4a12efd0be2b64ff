"""The tree that explains one verdict: every link with reason, evidence and remedy."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.tree import Branch
from logreach.reports.printing import WrappedCell, safe
from logreach.reports.terminal.styles import labelled


def render_tree(branch: Branch) -> Tree:
    """A chain as a tree: each link with verdict, reasons, evidence and remedy."""
    tree = Tree(WrappedCell(_branch(branch)))
    _grow(tree, branch)
    return tree


def _grow(tree: Tree, branch: Branch) -> None:
    reasons = branch.reasons
    if branch.judged is not None and not reasons and not branch.children:
        reasons = branch.judged.reasons
    for reason in reasons:
        tree.add(WrappedCell(_reason(reason)))
    for change in branch.changes:
        tree.add(WrappedCell(safe(change.text + _cost(change))))
    for child in branch.children:
        _grow(tree.add(WrappedCell(_branch(child))), child)


def _cost(remedy: Remedy) -> str:
    return f" ({remedy.cost})" if remedy.cost else ""


def _branch(branch: Branch) -> Text:
    line = safe(f"{branch.label}: ")
    line.stylize("bold")
    line.append_text(labelled(branch.verdict))
    if branch.note:
        line.append_text(safe(f" ({branch.note})"))
    return line


def _reason(reason: Reason) -> Text:
    lines = [safe(f"{reason.link}: ") + labelled(reason.verdict) + safe(f": {reason.text}")]
    details = [("evidence", str(evidence)) for evidence in reason.evidence]
    if reason.remedy is not None:
        details.append(("remedy", reason.remedy.text + _cost(reason.remedy)))
    if reason.missing is not None:
        details.append(("missing", str(reason.missing)))
    if reason.reference:
        details.append(("reference", reason.reference))
    lines += [safe(f"  {name}: {detail}", style="dim") for name, detail in details]
    return Text("\n").join(lines)
