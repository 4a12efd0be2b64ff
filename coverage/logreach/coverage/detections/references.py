"""Which rules a correlation means by the ids and names that it gives."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.detections.model import Rule


class References:
    """Rules by their ids and names, which several files may use."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_id: dict[str, list[Rule]] = {}
        self._by_name: dict[str, list[Rule]] = {}
        for rule in rules:
            # An id that an earlier rule has too carries a number behind '#'.
            self._by_id.setdefault(rule.id.partition("#")[0], []).append(rule)
            if rule.name:
                self._by_name.setdefault(rule.name, []).append(rule)

    def meant(self, reference: str, correlation: Rule) -> list[Rule]:
        """The rules that a correlation may mean: those of its own file come before all others."""
        rules = self._by_id.get(reference) or self._by_name.get(reference, [])
        beside = [rule for rule in rules if rule.file == correlation.file]
        return beside or rules
