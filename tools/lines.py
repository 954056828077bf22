"""Write docs/line.md from the table of verbs, so that what is written about line mode is what it does.

python tools/lines.py          write it
python tools/lines.py --check  exit 1 where it is out of date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "line.md"

sys.path.insert(0, str(ROOT))

from moderator.domain.person import Permission  # noqa: E402
from moderator.line.commands import VERBS  # noqa: E402
from moderator.line.verbs import HEADINGS, SHORTEST, Verb  # noqa: E402

OPENING = f"""# Line mode

Made from the table of verbs (`moderator/line/commands.py`) by `python tools/lines.py`; change it there.

`moderator line` is the whole desk in sentences: for a screen reader, a serial console, a very slow line or a script. It
is what opens by itself where `TERM` is `dumb` or there is no terminal. It moves no cursor, knows no colour and sends no
escape byte.

- **One item at a time.** Enter opens the next item for you; a number opens that item; Enter tells the open one again.
- **One line, one act.** A verb is its letter, which is the key of the full screen, or its word, or as many letters of
  the word as no other verb begins with, at least {SHORTEST}. `? hide` tells one verb whole.
- **Nothing interrupts.** Arrivals, and what became of what was sent, are told before the next prompt. Only an unopened
  urgent item is said at once, at every question and while you write.
- **A citizen's words stand behind `> `** on every line, or in “ ” within a sentence of ours. Covered words are said as
  [covered] until `m`.
- **`x` leaves any question**, and nothing is done. In a text, a line with only a full stop ends it.
- **A decision counts only on an item that was told**: what was typed ahead of it is refused, and asked for again.
- **Drafts are kept line by line.** The end of the input, Ctrl-C and a hang-up end the session; what was held is free
  at once and offered back to you first. `q` ends it on purpose.

## In a script

    moderator line < decisions.txt

Where the input is no terminal, each line is taken as it comes and repeated in the output, and a decision opens no next
item: a script names each item that it means. A line that begins with `# ` is a remark. At the first refusal it stops,
says so, and ends with the exit code of that refusal (`moderator --help` lists them); what follows was written for an
act that did not happen.
"""


def page() -> str:
    """The whole page."""
    return OPENING + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for group, heading in HEADINGS.items():
        yield from ("", f"## {heading}", "", "| letter | word | does | for example | needs |", "|---|---|---|---|---|")
        yield from (_row(one) for one in VERBS if one.group is group)


def _row(one: Verb) -> str:
    does = f"{one.help}. {one.more}".strip() if one.more else one.help
    letter = f"`{one.key}`" if one.key else ""
    words = ", ".join(f"`{word}`" for word in (one.word, *one.also))
    usage = ", ".join(f"`{example}`" for example in one.usage)
    needs = "" if one.needs is Permission.READ else one.needs.value
    return f"| {letter} | {words} | {does} | {usage} | {needs} |"


def main() -> int:
    """Write or check the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page is out of date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/line.md is out of date: run python tools/lines.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
