"""What every screen has: a head, its own content, the strip that tells the truth, and the next keys."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from moderator.locale import N_, _
from moderator.tui import frame, rebinding
from moderator.tui.actions import Place, find
from moderator.tui.paper import Line, Paper, rule

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp

NOT_YET = N_("Not yet: this terminal has not confirmed that it shows this item. Press the key again.")


class DeskScreen(Screen[None], inherit_bindings=False):
    """A screen of the desk. Keys come from the registry and arrive at `act_<id>`."""

    AUTO_FOCUS = ""
    PLACE: ClassVar[Place] = Place.READ
    KEYS: ClassVar[tuple[str, ...]] = ()
    """Action ids for the key bar; empty for the place's own."""

    def __init__(self) -> None:
        super().__init__()
        self._bindings = rebinding.rebound(self._bindings)

    @property
    def desk(self) -> DeskApp:
        """The application, with its own type."""
        return cast("DeskApp", self.app)

    def compose(self) -> ComposeResult:
        """Head, content, foot."""
        yield Paper(self.draw_head, id="head")
        yield from self.content()
        yield Paper(self.draw_foot, id="foot")

    def content(self) -> Iterable[Widget]:
        """What stands between head and foot."""
        return ()

    def draw_head(self, width: int, height: int) -> list[Line]:
        """The head's lines."""
        state = self.desk.state
        return [frame.head(state, width), *frame.banners(state, width), rule(width)]

    def draw_foot(self, width: int, height: int) -> list[Line]:
        """The strip and the keys."""
        state = self.desk.state
        keys = frame.keys(state, self.PLACE, width, self.KEYS)
        return [rule(width), *frame.strip(state, width, monotonic()), keys]

    @property
    def alive(self) -> bool:
        """Whether this screen is still there to be drawn on, after something was waited for."""
        return self.is_attached and self.is_running

    @property
    def takes_text(self) -> bool:
        """Whether letters are text here rather than keys: an InScript keyboard then writes its own."""
        return self.focused is not None and self.focused.check_consume_key("a", "a")

    def language_changed(self) -> None:
        """Another language is spoken from now on: words that were kept are said again."""
        self.redraw()

    def _compositor_refresh(self) -> None:
        """Draw what has changed; a terminal that is behind gets it once it has caught up."""
        if self is self.app.screen and self.desk.held_back:
            self._dirty_widgets.clear()  # the compositor has them marked already
            return
        super()._compositor_refresh()

    def on_screen_resume(self) -> None:
        """In front again: what changed meanwhile is drawn."""
        self.redraw()

    def items_changed(self, ids: tuple[int, ...]) -> None:
        """These items are not what they were: a screen that shows one of them reads it again."""

    def redraw(self) -> None:
        """Ask every paper again; only lines that changed are painted."""
        for paper in self.query(Paper):
            paper.redraw()

    def tell(self, words: str, role: str = "text") -> None:
        """Say what has happened, in the one place for it."""
        self.desk.state.tell(words, role)
        self.redraw()

    def thing(self) -> tuple[object, ...] | None:
        """What a decision key would act on, as the acknowledger knows it; None where nothing is shown."""
        return None

    def action_act(self, name: str) -> None:
        """A key, the palette or a test asks for this action."""
        action = find(name)
        if action.permission.value not in self.desk.state.permissions:
            self.tell(_("Your roles do not allow “{act}”.", act=_(action.help)), "bad")
            return
        if action.decides and not self._shown():
            return
        doing = getattr(self, f"act_{name.split('_')[0] if name.startswith('view_') else name}")
        outcome = doing(int(name[-1])) if name.startswith("view_") else doing()
        if outcome is not None:
            self.work(outcome)

    def _shown(self) -> bool:
        """Whether the item that a decision would act on is truly before the officer; says so where it is not."""
        thing = self.thing()
        if thing is None:
            self.tell(_("There is no item here to decide on."), "warn")
            return False
        if self.desk.ack.seen(thing):
            return True
        self.tell(_(NOT_YET), "warn")
        return False

    def work(self, doing: Awaitable[object]) -> None:
        """Run something that waits for the desk; the screen stays alive meanwhile."""
        self.desk.run_worker(cast("Coroutine[Any, Any, object]", doing), exit_on_error=True)

    def act_quit(self) -> None:
        """End the session."""
        self.desk.leave()

    def act_back(self) -> None:
        """One screen back; nothing is lost."""
        self.dismiss()

    def act_urgent(self) -> Coroutine[Any, Any, None] | None:
        """Go to the most urgent item, from anywhere."""
        return self.desk.open_urgent()

    def act_dashboard(self) -> None:
        """The desk in figures."""
        from moderator.tui.dashboard import DashboardScreen  # its charts are loaded by whoever looks at them

        self.desk.push_screen(DashboardScreen())

    def act_keys(self) -> None:
        """All keys of this place."""
        self.desk.show_keys(self.PLACE)

    def act_palette(self) -> None:
        """Do anything by its name."""
        from moderator.tui.palette import PaletteScreen

        self.desk.push_screen(PaletteScreen(self))

    def act_lock(self) -> None:
        """Cover the screen."""
        self.desk.lock()
