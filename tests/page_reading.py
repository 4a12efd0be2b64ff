"""Reads the data of an HTML report back, for tests."""

from __future__ import annotations

import re
from functools import cached_property

import msgspec

from logreach.reports.html.page_data import AnswerRow, PageData, TechniqueEntry

_DATA = re.compile('<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


class ReadPage:
    """The data of a page, with texts in place of numbers."""

    def __init__(self, page: str) -> None:
        (data,) = _DATA.findall(page)
        self.data = msgspec.json.decode(data, type=PageData)

    @cached_property
    def techniques(self) -> dict[str, TechniqueEntry]:
        return {technique.id: technique for technique in self.data.techniques}

    def text(self, number: int) -> str:
        return self.data.texts[number]

    def texts(self, number: int) -> list[str]:
        """The texts of a list."""
        return [self.data.texts[each] for each in self.data.lists[number]]

    def joined(self, number: int) -> str:
        """A long text."""
        return " ".join(self.texts(number))

    def label(self, place: int) -> str:
        return self.data.labels[place].label

    def labels(self, verdicts: str) -> list[str]:
        """The labels of a string of verdicts; '' where a profile has none."""
        return ["" if digit == "." else self.label(int(digit)) for digit in verdicts]

    def answer(self, technique: str, profile: int = 0) -> AnswerRow:
        """The answer on a technique of a profile that is shown in full."""
        return self.data.answers[self.techniques[technique].answers[profile]]

    def ways(self, technique: str, profile: int = 0) -> list[tuple[str, str]]:
        """The ways to detect a technique: label and line."""
        ways = [self.data.ways[number] for number in self.answer(technique, profile).ways]
        return [(self.label(way.label), self.joined(way.line)) for way in ways]

    def reasons(self, chain: int) -> list[str]:
        """The texts of a chain of reasons."""
        return [self.joined(self.data.reasons[each].text) for each in self.data.chains[chain]]
