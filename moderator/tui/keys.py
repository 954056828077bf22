"""The configuration's own keys: `[keys]` gives an action other keys; what would make a key mean two things is refused.

A key is written as it is pressed ("x", "!", "?"), or by its name ("f9", "ctrl+e", "pagedown"); several are separated by
commas (the comma itself is "comma"); "" takes an action's keys away, and leaves it to the palette.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from moderator.config import Config, located
from moderator.locale import _
from moderator.tui.actions import ACTIONS, BY_ID, RESERVED, SIGNS, STEPS, WRITTEN, Action, Place, keys_in, writes

NAMES = frozenset(
    {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "space",
     "enter", "tab", "shift+tab", "escape", *(f"f{number}" for number in range(1, 25)),
     *(f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")}
)  # fmt: skip
"""Names of the keys that write nothing, as Textual has them."""
TAKEN = frozenset({f"ctrl+{letter}" for letter in "abchimqsz"})
"""Keys that terminals, tmux and GNU screen keep for themselves, or send as another key."""
FIXED = frozenset({"enter", "tab", "escape", "shift+tab", "backspace", *"0123456789"})
"""Keys whose meaning is the place's own: its next step, its clause, its view."""
FIELD = frozenset(
    {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "delete", "f6", "f7",
     *(f"ctrl+{letter}" for letter in "acdefkuvwxyz")}
)  # fmt: skip
"""Keys that a text field itself takes: they move in the text, mark, cut and paste."""
ESSENTIAL = frozenset({"palette", "back", "to_preview", "send", "keep"})
"""Actions that no other way leads to: they keep at least one key."""
SHOWN = {
    "enter": "⏎", "escape": "Esc", "tab": "Tab", "pagedown": "PgDn", "pageup": "PgUp", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "space": "␣",
}  # fmt: skip
"""How the screen names the keys that write nothing."""
_BY_SIGN = {sign: name for name, sign in SIGNS.items()}


def remapped(wanted: Mapping[str, str]) -> tuple[Action, ...]:
    """The table with these keys. Raises `Unfit` with the action and a sentence that ends with the cure."""
    for name in wanted:
        if name not in BY_ID:
            raise Unfit(name, _no_action(name))
    actions = tuple(_with(one, wanted[one.id]) if one.id in wanted else one for one in ACTIONS)
    _check(actions, wanted)
    return actions


def chosen(config: Config) -> tuple[Action, ...]:
    """The table with the keys of a configuration. Raises `ConfigError` naming file, line, key and cure."""
    try:
        return remapped(config.keys)
    except Unfit as unfit:
        raise located(config.path, f"keys.{unfit.action}", unfit.sentence) from None


class Unfit(Exception):
    """An action cannot have these keys."""

    def __init__(self, action: str, sentence: str) -> None:
        super().__init__(sentence)
        self.action = action
        self.sentence = sentence


def shown(name: str) -> str:
    """A key as the screen names it: "x", "!", "PgDn", "F9", "Ctrl-e"."""
    if name in SHOWN or name in SIGNS:
        return SHOWN.get(name) or SIGNS[name]
    modifier, plus, rest = name.partition("+")
    if plus:
        return f"{modifier.capitalize()}-{SHOWN.get(rest, rest)}"
    return name if len(name) == 1 else name.capitalize()


def named(character: str) -> str:
    """Textual's name of the key that gives this ASCII character."""
    return character if character.isalnum() else _BY_SIGN[character]


def _with(action: Action, wanted: str) -> Action:
    names = [_name(action, one.strip()) for one in wanted.split(",")] if wanted.strip() else []
    return replace(action, keys=",".join(names), shown=" ".join(shown(name) for name in names[:2]))


def _name(action: Action, written: str) -> str:
    """Textual's name of a key as a person wrote it."""
    name = written if len(written) == 1 else written.lower()
    if len(name) == 1 and "!" <= name <= "~":
        return named(name)
    if name in NAMES or name in SIGNS:
        return name
    raise Unfit(action.id, _no_key(written))


def _no_action(name: str) -> str:
    close = difflib.get_close_matches(name, sorted(BY_ID), 1, 0.5)
    if close:
        return _("is no action. Did you mean “{nearest}”?", nearest=close[0])
    return _("is no action. docs/keys.md lists their names; “:” finds them at the desk.")


def _no_key(written: str) -> str:
    close = difflib.get_close_matches(written.lower(), sorted(NAMES | set(SIGNS)), 1, 0.6)
    if re.match(r"(alt|meta|super|hyper)\b", written, re.IGNORECASE):
        return _("names a key with Alt, which many terminals never send. Choose a letter or a function key.")
    if close:
        return _("names a key that is not known: “{key}”. Did you mean “{nearest}”?", key=written, nearest=close[0])
    return _(
        "names a key that is not known: “{key}”. Write a letter, a sign, or a name such as f9 or pagedown.", key=written
    )


def _check(actions: Sequence[Action], wanted: Iterable[str]) -> None:
    """Every rule, for the actions that have keys of the configuration's own."""
    for action in actions:
        if action.id in wanted:
            for fault in _faults(action, actions):
                raise Unfit(action.id, fault)


def _faults(action: Action, actions: Sequence[Action]) -> Iterator[str]:
    own = BY_ID[action.id].keys.split(",")
    names = [name for name in action.keys.split(",") if name]
    if not names and action.id in ESSENTIAL:
        yield _("would leave no way to do this. Give it at least one key.")
    for name in names:
        if name not in own:
            yield from _not_free(name, action)
        yield from _two_meanings(name, action, actions)
    yield from _unwritten(action, names)


def _not_free(name: str, action: Action) -> Iterator[str]:
    if name in RESERVED:
        yield _("takes “{key}”, which is kept for another act of this desk. Choose another.", key=shown(name))
    if name in TAKEN:
        yield _("takes “{key}”, which terminals, tmux or screen keep for themselves. Choose another.", key=shown(name))
    if name in FIELD and action.places & {Place.WRITE, Place.FORM}:
        yield _("takes “{key}”, which moves or marks where text is written. Choose another.", key=shown(name))
    if name in FIXED or name in STEPS:
        yield _("takes “{key}”, which means the next step of each place. Choose another.", key=shown(name))


def _two_meanings(name: str, action: Action, actions: Sequence[Action]) -> Iterator[str]:
    for other in actions:
        if other.id == action.id or name not in other.keys.split(","):
            continue
        if name not in STEPS or action.places & other.places:
            yield _(
                "takes “{key}”, which already means “{other}”. Choose another, or give that one another key as well.",
                key=shown(name),
                other=other.id,
            )


def _unwritten(action: Action, names: Sequence[str]) -> Iterator[str]:
    """Where text is written, a letter is text: an action of such a place needs a key that writes nothing."""
    there = action.places & WRITTEN
    if names and there and not all(keys_in(action, place) for place in there):
        letter = next(shown(name) for name in names if writes(name))
        yield _("has only “{key}”, which is text where text is written. Add a function key: “{key},f9”.", key=letter)
