"""Packages of records whose modules are loaded when one of their names is first used.

Making a record's class takes about a millisecond, and a short command needs few of the hundred that there are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def named_in(package: str, rooms: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's `__getattr__`: `rooms` says which names stand in which of its modules, with spaces between them."""
    places = {name: module for module, names in rooms.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, found)  # from now on without this detour
        return found

    return find
