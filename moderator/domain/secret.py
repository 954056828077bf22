"""A secret on its short way from the keyring to a platform: it prints, copies and serialises as nothing."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Wraps one secret. Only `reveal` gives the value; everything that prints or stores objects gets "Secret(***)"."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one call that needs it. Never keep, log or format it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is never copied or stored.")

    def __copy__(self) -> NoReturn:
        raise TypeError("A secret is never copied or stored.")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("A secret is never copied or stored.")
