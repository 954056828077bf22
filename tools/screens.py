"""Draw every screen as SVG into docs/screens: over comments that nobody wrote, at a moment that stands still.

python tools/screens.py                        all screens, four themes, two sizes
python tools/screens.py --only queue hide      these screens
python tools/screens.py --theme dark --size 80x24 --to DIR
python tools/screens.py --check                exit 1 where a picture is not what would be drawn

The same program draws the same bytes. The pictures load nothing from anywhere: no font, no address.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "docs" / "screens"
sys.path.insert(0, str(ROOT))
os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", MODERATOR_CONFIG="")
for _name in ("NO_COLOR", "XDG_CONFIG_HOME"):
    os.environ.pop(_name, None)

from rich.console import Console  # noqa: E402

from moderator import text  # noqa: E402
from moderator.config import Config, Desk, Escalation, Level, Screen, Times  # noqa: E402
from moderator.domain import view  # noqa: E402
from moderator.domain.item import Lane  # noqa: E402
from moderator.domain.policy import Asks, Finding, Opinion, Suggestion  # noqa: E402
from moderator.tui import base, doing, state  # noqa: E402
from moderator.tui.app import DeskApp  # noqa: E402
from moderator.tui.early import WIDE  # noqa: E402
from tests.tui import conftest, test_dashboard  # noqa: E402
from tests.tui.conftest import ScriptedDesk, Story  # noqa: E402

NOW = datetime(2026, 11, 21, 20, 44, 30, tzinfo=UTC)
"""02:14 at the desk."""
THEMES = ("dark", "light", "contrast", "terminal")
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
ABUSE = "Filthyword officer, go drown in your own paperwork"
COMMENTS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("x flood", "@hojai_89", "en", "Water at roof, 4 of us, Lanka road near the LP school, one is 8 months pregnant.",
     {"lane": Lane.LIFE, "category": "life_safety", "clause": "L1", "due": 4}),
    ("yt health", "user-5512", "en", "I do not want to go on like this",
     {"lane": Lane.LIFE, "category": "life_safety", "clause": "L1", "due": 6}),
    ("fb dipr", "r_k_2291", "en", "I will find you all tonight at the office",
     {"lane": Lane.THREAT, "category": "threat", "clause": "T2", "due": -2}),
    ("fb dipr", "citizen 1204", "en", ABUSE, {"category": "abusive", "clause": "A1", "masks": ((0, 10),), "due": 26}),
    ("wp consult", "B. D.", "as", "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই, কেতিয়া আহিব?", {"asks": Asks.QUESTION, "due": 31}),
    ("fb dipr", "page fan 77", "en", "Earn 5000 daily click hxxp://win.example",
     {"category": "spam", "clause": "S1", "due": 44}),
    ("yt health", "user-8841", "as", "টিকা ক'ত পাম? চেণ্টাৰ বন্ধ আছিল", {"asks": Asks.QUESTION, "due": 62}),
    ("fb bodo", "d_b_19", "brx", "गोदाव खामानि मावओ बोला नो", {"opinion": Opinion.NONE, "due": 69}),
    ("x cmo", "@paper_desk", "en", "Will the CMO comment on the audit report?", {"asks": Asks.MEDIA, "due": 100}),
    ("fb dipr", "தமிழ் மன்றம்", "ta", "சாலை எப்போது திறக்கும்?", {"asks": Asks.QUESTION, "due": 101}),
    ("fb dipr", "འབྲུག་པ།", "dz", "ང་བཅས་ཀྱི་ལམ་ཁ་ཕྱེ་དགོ།", {"opinion": Opinion.NONE, "due": 104}),
    ("fb dipr", "n_das", "en", "The road is worse than last year, shame on the department",
     {"protected": True, "due": 118}),
)  # fmt: skip
"""Account, author, language, words, and what the engine made of it; minutes until it is due."""
FINDINGS = {1: Finding("L1", "life.en", 0, 22, 3, Suggestion.KEEP, why="people in danger"),
            4: Finding("A1", "slur.en", 0, 10, 2, Suggestion.HIDE, mask=True, why="a slur on a person")}  # fmt: skip
TEMPLATE = """\
<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {terminal_width} {terminal_height}">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
<rect width="{terminal_width}" height="{terminal_height}" fill="BACKGROUND"/>
<g clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""A picture of the cells alone: the reader's own monospaced font, nothing loaded."""


class StillTime(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The moment of the pictures."""
        return NOW.astimezone(tz)


class StillDesk(ScriptedDesk):
    """The desk of the pictures."""

    def status(self) -> view.Status:
        """As it stands at that moment."""
        accounts = tuple(
            view.AccountHealth(number, name, "practice", "active", True, None, NOW, NOW, "", "live")
            for number, name in enumerate(("fb dipr", "x flood", "yt health"), 1)
        )
        counts = {"mine": 2, "new": 37, "due": 4, "back": 1, "escalated": 2, "in_flight": 3}
        return replace(super().status(), now=NOW, accounts=accounts, counts=counts)

    def figures(self, hours: int = 24) -> view.Figures:
        """A day in figures."""
        return test_dashboard.figures(hours)


def made_desk() -> StillDesk:
    """The desk with its comments."""
    desk = StillDesk(urgent=(1,))
    for number, (account, author, language, words, more) in enumerate(COMMENTS, 1):
        given = {**more, "due": NOW + timedelta(minutes=more["due"], seconds=20)}
        desk.add(number, words, account=account, author=author, language=language, **given)
        desk.rows_by_id[number] = replace(
            desk.rows_by_id[number], key=f"{number:03d}", arrived=NOW - timedelta(minutes=11)
        )
    desk.findings = {number: (finding,) for number, finding in FINDINGS.items()}
    return desk


Step = Callable[[Story], Awaitable[None]]


async def _queue(story: Story) -> None:
    await story.shows("a leave")
    if story.app.size.width >= WIDE:
        await story.shows("author on our pages")  # the item beside the list


async def _item(story: Story) -> None:
    await story.press("open")
    await story.shows("author on our pages")


async def _to_abuse(story: Story) -> None:
    await story.press("j", "j", "j")
    await story.confirmed()


async def _hide(story: Story) -> None:
    await _to_abuse(story)
    await story.press("hide")
    await story.shows("Reason?", "suggested")


async def _reply(story: Story) -> None:
    await story.press("j", "j", "j", "j")
    await story.decide("reply")
    screen: Any = story.app.screen
    await story.until(lambda: screen.ready, "ready to type")
    screen.area.text = "আপোনাৰ অসুবিধাৰ বাবে দুঃখিত। লংকা ৰাজহ চক্ৰৰ সাহায্য বিতৰণ আৰম্ভ হৈছে।"
    await story.shows("✓", "saved")


async def _preview(story: Story) -> None:
    await _reply(story)
    await story.press("escape")
    await story.shows("keep and leave")


async def _search(story: Story) -> None:
    await story.press("find", *"road")
    await story.shows("road▏")


async def _bulk(story: Story) -> None:
    await story.press("j", "j", "j", "j", "x", "j", "j", "x", "j", "j", "x")
    await story.decide("leave")
    await story.shows("do it")


async def _dashboard(story: Story) -> None:
    await story.press("dashboard")
    await story.shows("arrived")


async def _keys(story: Story) -> None:
    await story.press("keys")
    await story.shows("Keys")


async def _palette(story: Story) -> None:
    await story.press("palette", *"the")
    await story.shows("theme")


async def _lock(story: Story) -> None:
    story.app.lock()
    await story.shows("This screen is covered")


SCREENS: dict[str, Step] = {
    "queue": _queue, "item": _item, "hide": _hide, "reply": _reply, "preview": _preview, "search": _search,
    "bulk": _bulk, "dashboard": _dashboard, "keys": _keys, "palette": _palette, "lock": _lock,
}  # fmt: skip
"""Every screen, and how it is reached."""


@dataclass(frozen=True)
class Picture:
    """One file."""

    screen: str
    theme: str
    size: str

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.screen}-{self.theme}-{self.size}.svg"


def stand_still() -> None:
    """Every clock that a screen is drawn from shows the one moment."""
    vars(conftest)["NOW"] = NOW
    vars(state)["datetime"] = StillTime
    for module in (base, doing):
        vars(module)["monotonic"] = lambda: 0.0


async def drawn(picture: Picture) -> str:
    """The screen as SVG."""
    ladder = Escalation(1, (Level(1, "District control room", "B", "Joint Secretary", "a@b.example", "0361-1", 60),))
    config = Config(Desk(name="DIPR desk"), Times(draft_ms=20), escalation=ladder, screen=Screen(theme=picture.theme))
    app = DeskApp(made_desk(), config)  # type: ignore[arg-type]
    async with app.run_test(size=SIZES[picture.size]) as pilot:
        story = Story(app, app.client, pilot)  # type: ignore[arg-type]
        await story.until(lambda: len(app.queue.loaded) and app.state.policy and app.state.status, "loaded")
        await story.until(lambda: app.state.hello is not None, "greeted")
        await SCREENS[picture.screen](story)
        await settled(story)
        svg = exported(app)
        app.link.close()
    return svg


async def settled(story: Story) -> None:
    """Wait until nothing changes any more on the screen."""
    before: list[str] = []
    for _ in range(40):
        await story.pilot.pause(0.05)
        now = story.screen()
        if now == before:
            return
        before = now


def exported(app: DeskApp) -> str:
    """The cells of the screen in front."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True,
        legacy_windows=False, safe_box=False,
    )  # fmt: skip
    console.print(app.screen._compositor.render_update(full=True, simplify=True))
    ground = "#000000" if app.palette.ansi else app.palette.background
    svg = console.export_svg(code_format=TEMPLATE.replace("BACKGROUND", ground), unique_id="screen")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def wanted(args: argparse.Namespace) -> Iterable[Picture]:
    """The pictures that were asked for."""
    for screen in args.only:
        for theme in args.theme:
            yield from (Picture(screen, theme, size) for size in args.size)


async def run(args: argparse.Namespace) -> int:
    """Draw or compare; the exit code."""
    stand_still()
    text.use_wide_marks(True)
    args.to.mkdir(parents=True, exist_ok=True)
    wrong = []
    for picture in wanted(args):
        svg = await drawn(picture)
        path = args.to / picture.name
        if args.check:
            wrong += [] if path.exists() and path.read_text(encoding="utf-8") == svg else [picture.name]
        else:
            path.write_text(svg, encoding="utf-8")
    if wrong:
        print(f"not as drawn: {', '.join(wrong)}: run python tools/screens.py", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(SCREENS), default=list(SCREENS))
    parser.add_argument("--theme", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--size", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--to", type=Path, default=PLACE)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a picture is out of date")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
