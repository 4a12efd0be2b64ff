"""A plain evaluator of Sigma rules: slow, direct, and sharing no code with the project.

It reads a rule's YAML as the Sigma specification says and answers for one event, given as field
-> text; a field that is not there is missing. It knows what the rules in the tests use.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Event = Mapping[str, str]
DASHES = "-/\u2013\u2014\u2015"
_TOKEN = re.compile(r"\(|\)|[^\s()]+")


class UnsupportedError(Exception):
    """The rule uses something that this evaluator does not know."""


def matches(rule: Mapping[str, Any], event: Event) -> bool:
    """Whether a rule fires on an event."""
    return compiled(rule)(event)


def compiled(rule: Mapping[str, Any]) -> Callable[[Event], bool]:
    """A rule as a function of an event."""
    detection = rule["detection"]
    searches = {name: _search(body) for name, body in detection.items() if name != "condition"}
    tokens = _TOKEN.findall(detection["condition"])
    test, rest = _either(tokens, searches)
    if rest:
        raise UnsupportedError(f"condition: {rest}")
    return test


def _either(tokens: list[str], searches: Any) -> tuple[Callable[[Event], bool], list[str]]:
    left, tokens = _both(tokens, searches)
    while tokens and tokens[0] == "or":
        right, tokens = _both(tokens[1:], searches)
        left = (lambda a, b: lambda event: a(event) or b(event))(left, right)
    return left, tokens


def _both(tokens: list[str], searches: Any) -> tuple[Callable[[Event], bool], list[str]]:
    left, tokens = _one(tokens, searches)
    while tokens and tokens[0] == "and":
        right, tokens = _one(tokens[1:], searches)
        left = (lambda a, b: lambda event: a(event) and b(event))(left, right)
    return left, tokens


def _one(tokens: list[str], searches: Any) -> tuple[Callable[[Event], bool], list[str]]:
    head, *rest = tokens
    if head == "not":
        inner, rest = _one(rest, searches)
        return (lambda event: not inner(event)), rest
    if head == "(":
        inner, rest = _either(rest, searches)
        return inner, rest[1:]
    if rest[:1] == ["of"]:
        pattern = "*" if rest[1] == "them" else rest[1]
        shape = re.compile(pattern.replace("*", ".*"))
        chosen = [search for name, search in searches.items() if shape.fullmatch(name)]
        quantifier = {"1": any, "any": any, "all": all}[head]
        return (lambda event: quantifier(search(event) for search in chosen)), rest[2:]
    return searches[head], rest


def _search(body: Any) -> Callable[[Event], bool]:
    if isinstance(body, dict):
        items = [_item(key, value) for key, value in body.items()]
        return lambda event: all(item(event) for item in items)
    if isinstance(body, list) and all(isinstance(one, dict) for one in body):
        parts = [_search(one) for one in body]
        return lambda event: any(part(event) for part in parts)
    raise UnsupportedError("keywords")


def _item(key: str, value: Any) -> Callable[[Event], bool]:
    name, *modifiers = key.split("|")
    if not name or set(modifiers) & {"fieldref", "expand", "cidr", "cased", "exists"}:
        raise UnsupportedError(key)
    values = value if isinstance(value, list) else [value]
    tests = [_value(one, modifiers) for one in values]
    joined = all if "all" in modifiers else any
    return lambda event: joined(test(event.get(name)) for test in tests)


def _value(value: Any, modifiers: list[str]) -> Callable[[str | None], bool]:
    if value is None or value == "":
        return lambda text: not text
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "re" in modifiers:
        found = re.compile(text, re.IGNORECASE if "i" in modifiers else 0)
        return lambda given: given is not None and found.search(given) is not None
    shapes = [re.compile(shape, re.IGNORECASE | re.DOTALL) for shape in shapes_of(text, modifiers)]
    return lambda given: given is not None and any(shape.fullmatch(given) for shape in shapes)


def shapes_of(text: str, modifiers: list[str]) -> Iterator[str]:
    """A value as regular expressions for the whole field."""
    for form in _forms(text, modifiers):
        shape = _wildcards(form)
        head = ".*" if {"contains", "endswith"} & set(modifiers) else ""
        tail = ".*" if {"contains", "startswith"} & set(modifiers) else ""
        yield head + shape + tail


def _forms(text: str, modifiers: list[str]) -> list[str]:
    if "windash" in modifiers:
        spots = [found.start() for found in re.finditer(r"\B[-/]\b", text)]
        forms = []
        for dashes in itertools.product(DASHES, repeat=len(spots)):
            letters = list(text)
            for spot, dash in zip(spots, dashes, strict=True):
                letters[spot] = dash
            forms.append("".join(letters))
        return forms
    if "base64offset" in modifiers:
        data = text.encode()
        cuts = ((0, (None, -3, -2)), (2, (None, -3, -2)), (3, (None, -3, -2)))
        return [
            base64.b64encode(b" " * offset + data)[start : ends[(len(data) + offset) % 3]].decode()
            for offset, (start, ends) in enumerate(cuts)
        ]
    return [text]


def _wildcards(text: str) -> str:
    shape, place = "", 0
    while place < len(text):
        letter, following = text[place], text[place + 1 : place + 2]
        if letter == "\\" and following and following in "\\*?":
            shape += re.escape(following)
            place += 2
            continue
        shape += {"*": ".*", "?": "."}.get(letter) or re.escape(letter)
        place += 1
    return shape


def fields(rule: Mapping[str, Any]) -> dict[str, list[tuple[list[str], list[str]]]]:
    """For each field of a rule its tests: (modifiers, texts that meet each value)."""
    found: dict[str, list[tuple[list[str], list[str]]]] = {}

    def walk(body: Any) -> None:
        if isinstance(body, list):
            for one in body:
                walk(one)
        elif isinstance(body, dict):
            for key, value in body.items():
                name, *modifiers = key.split("|")
                values = value if isinstance(value, list) else [value]
                texts = [_sample(one, modifiers) for one in values if one is not None]
                found.setdefault(name, []).append((modifiers, texts))

    for name, body in rule["detection"].items():
        if name != "condition":
            walk(body)
    return found


def _sample(value: Any, modifiers: list[str]) -> str:
    if "re" in modifiers:
        raise UnsupportedError("re")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = _forms(text, modifiers)[0]
    return re.sub(r"\\([\\*?])", r"\1", re.sub(r"(?<!\\)[*]", "", text).replace("?", "x"))


def candidates(tests: list[tuple[list[str], list[str]]], most: int) -> list[str | None]:
    """Texts for a field that try its tests alone and together; None: the field is missing."""
    choices = []
    for modifiers, texts in tests:
        whole = ["".join(texts)] if "all" in modifiers else texts[:2]
        place = 0 if "startswith" in modifiers else 2 if "endswith" in modifiers else 1
        fixed = not {"contains", "startswith", "endswith", "all"} & set(modifiers)
        choices.append([(place, fixed, text) for text in whole])
    found: dict[str | None, None] = {"": None, "zz": None}
    for size in range(1, len(choices) + 1):
        for group in itertools.combinations(choices, size):
            for pieces in itertools.product(*group):
                exact = [text for _, fixed, text in pieces if fixed]
                ordered = sorted(pieces, key=lambda piece: piece[0])
                found[exact[0] if exact else "".join(text for *_, text in ordered)] = None
                if len(found) >= most:
                    return list(found)
    return list(found)
