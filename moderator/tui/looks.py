"""How this session looks and speaks: its theme and its language, switched while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderator import locale
from moderator.locale import _
from moderator.tui import themes
from moderator.tui.base import DeskScreen

if TYPE_CHECKING:
    from moderator.tui.app import DeskApp


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the palette offers beside the actions of the registry."""

    id: str
    """What it is called in every language, to be found by."""
    label: str
    do: Callable[[DeskApp], None]


def choices() -> list[Choice]:
    """Every theme and every language."""
    spoken = [_language(code, name) for code, name in locale.LANGUAGES.items()]
    return [*spoken, *(_theme(name) for name in themes.names())]


def wear(app: DeskApp, name: str) -> None:
    """Change the theme of this session. One that cannot be used is refused by its sentence, and nothing changes."""
    try:
        palette = themes.chosen(name)
    except themes.ThemeError as error:
        app.state.tell(str(error), "bad")
        app.redraw()
        return
    app.palette = palette
    worn = palette.textual()
    app.register_theme(worn)
    app.ansi_color = palette.ansi
    app.theme = worn.name
    _draw_all_anew(app)
    if palette.name == name:
        app.state.tell(_("Theme: {name}, for this session. “theme” under [screen] keeps it.", name=name))
    else:
        app.state.tell(_("This terminal's colours cannot show “{name}”; its own colours stay.", name=name), "warn")
    app.redraw()


def speak(app: DeskApp, language: str) -> None:
    """Change the language of this session: ours at once, the desk's with all that is read anew."""
    locale.use(language)
    app.client.language = language
    app.state.policy = None
    app.state.tell(
        _("Language: {name}, for this session. “language” under [screen] keeps it.", name=locale.LANGUAGES[language])
    )
    app.read_anew()
    for screen in app.screen_stack:
        if isinstance(screen, DeskScreen):
            screen.language_changed()
    _draw_all_anew(app)


def _theme(name: str) -> Choice:
    return Choice(f"theme {name}", _("theme: {name}", name=name), lambda app: wear(app, name))


def _language(code: str, name: str) -> Choice:
    return Choice(f"language {code}", _("language: {name}", name=name), lambda app: speak(app, code))


def _draw_all_anew(app: DeskApp) -> None:
    """Every line of every screen was drawn in the old way."""
    for screen in app.screen_stack:
        for widget in screen.walk_children():
            widget.refresh()
    app.redraw()
