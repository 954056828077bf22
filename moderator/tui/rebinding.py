"""The keys of the configuration in place of those that ship, in the bindings that a screen was made with."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding, BindingsMap

from moderator.tui.actions import BY_ID, Place, find, keys_in

EVERYWHERE = "desk"
"""Where the application's own bindings count: on every screen, also where text is written."""


def rebound(given: BindingsMap) -> BindingsMap:
    """These bindings with the keys in force. The library's own keymap would let a key of two bindings lose both."""
    changed: dict[str, tuple[Binding, tuple[str, ...]]] = {}
    kept: dict[str, list[Binding]] = {}
    for key, bindings in given.key_to_bindings.items():
        for binding in bindings:
            keys = _other_keys(binding.id or "")
            if keys is None:
                kept.setdefault(key, []).append(binding)
            else:
                changed[binding.id or ""] = (binding, keys)
    for binding, keys in changed.values():
        for key in keys:
            kept.setdefault(key, []).append(replace(binding, key=key))
    return BindingsMap.from_keys(kept)


def _other_keys(name: str) -> tuple[str, ...] | None:
    """The keys of the binding of this id ("queue.hide"), where they are not those that ship."""
    place, _, action = name.partition(".")
    if action not in BY_ID or find(action).keys == BY_ID[action].keys:
        return None
    return keys_in(find(action), Place.FORM if place == EVERYWHERE else Place(place))
