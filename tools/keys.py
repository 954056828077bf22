"""Write docs/keys.md from the action registry, so that what is written about the keys is what they do.

python tools/keys.py          write it
python tools/keys.py --check  exit 1 where it is out of date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "keys.md"

sys.path.insert(0, str(ROOT))

from moderator.domain.person import Permission  # noqa: E402
from moderator.tui.actions import ACTIONS, RESERVED, SIGNS, Action, Place  # noqa: E402

WRITING = frozenset({Place.WRITE, Place.PREVIEW})
SECTIONS: tuple[tuple[str, Callable[[Action], bool]], ...] = (
    ("Decide and work", lambda one: bool(one.decides or one.act) and not one.places <= WRITING),
    ("Look and move", lambda one: not (one.decides or one.act) and not one.places <= WRITING),
    ("While writing a reply", lambda one: one.places <= WRITING),
)
"""Title and which actions stand under it; every action is under exactly one."""

PLACES = {
    Place.QUEUE: "queue", Place.ITEM: "item", Place.BULK: "many at once", Place.WRITE: "text",
    Place.PREVIEW: "preview", Place.FIGURES: "figures", Place.READ: "pages",
}  # fmt: skip


INTRODUCTION = """\
# Keys

Made from the action registry (`moderator/tui/actions.py`) by `python tools/keys.py`; change it there.
`?` shows the same at the desk, for your own roles; where text is written, `F1` does. Line mode has the same letters,
and `?` lists its words. An action without a key is done by its name: `:` and the first letters. “→” leaves the desk,
once its window has passed.

Under `[keys]` in the configuration an action gets keys of your own, by its name: `hide = "h,f9"`. A key that would mean
two things is refused at the start, with the cure. On an Assamese or Hindi InScript keyboard a letter counts as the key
that it lies on; what such a keyboard writes as several letters, such as `*`, is done by its name."""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    for title, belongs in SECTIONS:
        yield from ("", f"## {title}", "", "| key | does | where | needs | name |", "|---|---|---|---|---|")
        yield from (_row(one) for one in ACTIONS if belongs(one))
    if RESERVED:
        reserved = ", ".join(f"`{SIGNS.get(key, key)}`" for key in sorted(RESERVED))
        yield ""
        yield f"Kept free for what is not built yet, and never given another meaning: {reserved}."


def _row(one: Action) -> str:
    where = ", ".join(name for place, name in PLACES.items() if place in one.places)
    where = "everywhere" if set(PLACES) <= one.places else where
    needs = "" if one.permission is Permission.READ else one.permission.value
    leaves = " →" if one.danger else ""
    return f"| {f'`{one.shown}`' if one.shown else '`:`'} | {one.help}{leaves} | {where} | {needs} | `{one.id}` |"


def main() -> int:
    """Write or check the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page is out of date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/keys.md is out of date: run python tools/keys.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
