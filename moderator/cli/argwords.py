"""What the standard library's argument parser says by itself, in the language in use.

`argparse` looks each of its sentences up in its own `_` and `ngettext`; they become ours. Where a later Python has
other sentences, those stay English. Unlike ours, they hold their values as `%s`.
"""

from __future__ import annotations

import argparse
from typing import Final

from moderator.locale import N_, _, n_

SENTENCES: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("unknown parser %(parser_name)r (choices: %(choices)s)"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("expected at most one argument"),
    N_("one of the arguments %s is required"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
)
"""Those that a person can meet here. What is for programmers alone is left out."""


def speak() -> None:
    """Have every parser of this process say its own words through the catalogues."""
    argparse._ = _  # type: ignore[attr-defined]
    argparse.ngettext = n_  # type: ignore[attr-defined]
