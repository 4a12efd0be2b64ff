"""Small faults to inject into a module: one changed place of its syntax tree each.

Texts are left alone, since a wording is no behaviour; so are annotations, decorators, the sizes of
caches, and that `zip` checks lengths which are the same wherever the code is right.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType

VERDICTS_MODULE = "logreach.coverage.engine.verdict"
_VERDICTS = {
    "YES": ("UNKNOWN", "NO"),
    "NO": ("UNKNOWN",),
    "PARTIAL": ("YES", "NO"),
    "UNKNOWN": ("YES", "NO"),
    "NOT_APPLICABLE": ("NO",),
}
_LEVELS = {"YES": ("PARTIAL",), "NO": ("PARTIAL",), "PARTIAL": ("YES", "NO")}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PLAIN_TESTS = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)
_REMOVABLE = (ast.Expr, ast.AugAssign, ast.Continue, ast.Break, ast.Raise, ast.Delete)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    `function` is the outermost function around it ('' at the level of a module or class),
    `first_line` where that function begins, `lines` are those whose execution reaches the change,
    `number` its place among the module's mutants.
    """

    number: int
    line: int
    lines: frozenset[int]
    function: str
    first_line: int
    source: str
    change: str


@dataclass(frozen=True, slots=True)
class _Context:
    function: str = ""
    first_line: int = 0
    statement: ast.stmt | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """`node` takes the place of what `holder` has as `field`, or in it at `index`."""

    holder: ast.AST
    field: str
    index: int | None
    node: ast.AST
    text: str
    context: _Context
    line: int
    last_line: int


class Module:
    """The mutants of one source file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._text = path.read_text("utf-8")
        self._tree = ast.parse(self._text)
        self._changes = list(_of_block(self._tree, _Context()))

    @cached_property
    def mutants(self) -> list[Mutant]:
        rows = self._text.splitlines()
        return [
            Mutant(
                number,
                change.line,
                _lines(change),
                change.context.function,
                change.context.first_line,
                rows[change.line - 1].strip(),
                change.text,
            )
            for number, change in enumerate(self._changes)
        ]

    def compiled(self, number: int) -> CodeType:
        """The module with one change made."""
        change = self._changes[number]
        old = getattr(change.holder, change.field)
        try:
            if change.index is None:
                setattr(change.holder, change.field, change.node)
            else:
                changed = [*old]
                changed[change.index] = change.node
                setattr(change.holder, change.field, changed)
            ast.fix_missing_locations(self._tree)
            return compile(self._tree, str(self.path), "exec", dont_inherit=True)
        finally:
            setattr(change.holder, change.field, old)


def _lines(change: _Change) -> frozenset[int]:
    statement = change.context.statement
    first = {statement.lineno} if statement is not None else set()
    return frozenset({*range(change.line, change.last_line + 1), *first})


def _of_block(node: ast.AST, context: _Context) -> Iterator[_Change]:
    if isinstance(node, ast.arguments):  # defaults are worked out where the function is defined
        context = _Context(context.function, 0, context.statement)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if isinstance(child, ast.AST) and not _idle(child):
                place = index if isinstance(value, list) else None
                yield from _of_child(node, field, place, child, context)


def _idle(node: ast.AST) -> bool:
    """A docstring, a body of '...', what only a type checker reads, or what the module's docstring
    leaves alone."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.keyword(arg="maxsize" | "strict"):
            return True
    return False


def _of_child(
    holder: ast.AST, field: str, index: int | None, node: ast.AST, context: _Context
) -> Iterator[_Change]:
    inner = _entered(node, context)
    for replacement, text in _replacements(holder, field, index, node):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        last = node.end_lineno or node.lineno
        yield _Change(holder, field, index, replacement, text, inner, node.lineno, last)
    yield from _of_block(node, inner)


def _entered(node: ast.AST, context: _Context) -> _Context:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        within, first = context.function, context.first_line
        if first:  # a function inside a function is compiled with it
            return _Context(within, first, node)
        name = f"{within}.{node.name}" if within else node.name
        if isinstance(node, ast.ClassDef):
            return _Context(name, 0, node)
        start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return _Context(name, start, node)
    if isinstance(node, ast.stmt):
        return _Context(context.function, context.first_line, node)
    return context


def _replacements(
    holder: ast.AST, field: str, index: int | None, node: ast.AST
) -> Iterator[tuple[ast.AST, str]]:
    for make in _MAKERS.get(type(node), ()):
        yield from make(node)
    if isinstance(node, ast.expr):
        yield from _as_condition(holder, field, node)
        return
    if isinstance(node, ast.Return) and not _is_none(node.value):
        yield ast.Return(ast.Constant(None)), "return None"
    if isinstance(node, _REMOVABLE) or _early(holder, field, index, node) or _stores(node):
        yield ast.Pass(), f"{type(node).__name__.lower()} removed"


def _early(holder: ast.AST, field: str, index: int | None, node: ast.AST) -> bool:
    """A return that other statements of its function follow."""
    return isinstance(node, ast.Return) and not (
        isinstance(holder, _FUNCTIONS) and index == len(getattr(holder, field)) - 1
    )


def _stores(node: ast.AST) -> bool:
    """An assignment to an attribute or an item: without it, the old value stays."""
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets
    )


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _as_condition(holder: ast.AST, field: str, node: ast.expr) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(holder, ast.comprehension) and field == "ifs":
        yield ast.Constant(True), "filter removed"
    plain = isinstance(node, _PLAIN_TESTS)  # the others have mutants of their own
    if field == "test" and plain and isinstance(holder, ast.If | ast.While):
        yield ast.UnaryOp(ast.Not(), node), "condition negated"


def _comparison(node: ast.Compare) -> Iterator[tuple[ast.AST, str]]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS.get(type(operator), ()):
            operators = [*node.ops]
            operators[place] = other()
            text = f"{type(operator).__name__} -> {other.__name__}"
            yield ast.Compare(node.left, operators, node.comparators), text


def _boolean(node: ast.BoolOp) -> Iterator[tuple[ast.AST, str]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    text = f"{type(node.op).__name__} -> {type(other).__name__}".lower()
    yield ast.BoolOp(other, node.values), text


def _negation(node: ast.UnaryOp) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node.op, ast.Not):
        yield node.operand, "not removed"


def _arithmetic(node: ast.BinOp) -> Iterator[tuple[ast.AST, str]]:
    other = _OPERATORS.get(type(node.op))
    if other is not None:
        text = f"{type(node.op).__name__} -> {other.__name__}"
        yield ast.BinOp(node.left, other(), node.right), text


def _arithmetic_in_place(node: ast.AugAssign) -> Iterator[tuple[ast.AST, str]]:
    other = _OPERATORS.get(type(node.op))
    if other is not None:
        text = f"{type(node.op).__name__}= -> {other.__name__}="
        yield ast.AugAssign(node.target, other(), node.value), text


def _constant(node: ast.Constant) -> Iterator[tuple[ast.AST, str]]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value), f"{value} -> {not value}"
    elif isinstance(value, int):
        other = {0: 1, 1: 0}.get(value, value + 1)
        yield ast.Constant(other), f"{value} -> {other}"
    elif value is None:
        yield ast.Constant(True), "None -> True"


def _name(node: ast.Name) -> Iterator[tuple[ast.AST, str]]:
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in _CALLED:
        yield ast.Name(_CALLED[node.id], ast.Load()), f"{node.id} -> {_CALLED[node.id]}"
    for other in _VERDICTS.get(node.id, ()):
        # The module need not have imported the other name.
        found = ast.parse(f"__import__('importlib').import_module('{VERDICTS_MODULE}').{other}")
        expression = found.body[0]
        assert isinstance(expression, ast.Expr)
        yield expression.value, f"{node.id} -> {other}"


def _attribute(node: ast.Attribute) -> Iterator[tuple[ast.AST, str]]:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    table = {"Level": _LEVELS, "Verdict": _VERDICTS}.get(owner, {})
    for other in table.get(node.attr, ()):
        yield ast.Attribute(node.value, other, ast.Load()), f"{owner}.{node.attr} -> {other}"


def _conditional(node: ast.IfExp) -> Iterator[tuple[ast.AST, str]]:
    yield ast.IfExp(node.test, node.orelse, node.body), "branches swapped"


_MAKERS: dict[type[ast.AST], tuple[Callable[..., Iterator[tuple[ast.AST, str]]], ...]] = {
    ast.Compare: (_comparison,),
    ast.BoolOp: (_boolean,),
    ast.UnaryOp: (_negation,),
    ast.BinOp: (_arithmetic,),
    ast.AugAssign: (_arithmetic_in_place,),
    ast.Constant: (_constant,),
    ast.Name: (_name,),
    ast.Attribute: (_attribute,),
    ast.IfExp: (_conditional,),
}
