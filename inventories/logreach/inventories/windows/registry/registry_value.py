"""One registry value, out of a file of any format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """One value: `data` is a number or text, None where the source deletes the value.

    `key` begins with 'HKLM\\'; `name` is '' for the key's default value. `location` is the line or
    record of the source. `type` is the registry's name of the value's type ('REG_SZ'), '' where
    the source does not give it.
    """

    key: str
    name: str
    data: int | str | None
    location: str
    type: str = ""

    @property
    def path(self) -> str:
        return f"{self.key}\\{self.name}"

    @property
    def shown(self) -> str:
        data = "(deleted)" if self.data is None else str(self.data)
        return f"{self.path} = {data}"

    @property
    def number(self) -> int | None:
        """The data as a number; some numbers are stored as text, in which '01' is not 1."""
        if isinstance(self.data, int):
            return self.data
        digits = self.data or ""
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 12):
            return None
        return int(digits) if digits == str(int(digits)) else None
