"""Esc and the key behind it in one packet: the Esc is never lost."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

from moderator.tui import escapes, terminal
from moderator.tui.escapes import EscapeFirst


def keys(parser: XTermParser, *packets: str) -> list[str]:
    """The keys that these packets are read as, once nothing more has come behind them."""
    found = [event for packet in packets for event in parser.feed(packet)]
    if parser._timeout_time is not None:
        parser._timeout_time = 0.0
        found += parser.tick()
    return [one.key if isinstance(one, events.Key) else type(one).__name__ for one in found]


TOGETHER = [
    (("\x1b\r",), ["escape", "enter"]),
    (("\x1b9water\r",), ["escape", "9", *"water", "enter"]),
    (("\x1ba",), ["escape", "a"]),
    (("\x1b", "9"), ["escape", "9"]),
    (("j\x1b\x1b\r",), ["j", "escape", "escape", "enter"]),
]


@pytest.mark.req("H9")
@pytest.mark.parametrize(("packets", "read"), TOGETHER)
def test_an_escape_and_the_next_key_are_two_keys(packets: tuple[str, ...], read: list[str]) -> None:
    assert keys(EscapeFirst(), *packets) == read


@pytest.mark.parametrize("packets", [packets for packets, _read in TOGETHER[1:4]])
def test_control_the_librarys_own_reader_loses_the_escape(packets: tuple[str, ...]) -> None:
    assert "escape" not in keys(XTermParser(), *packets)


@pytest.mark.parametrize(
    ("packets", "read"),
    [
        (("\x1b[A", "\x1bOP"), ["up", "f1"]),
        (("\x1b", "[B"), ["down"]),
        (("\x1b[2;7R",), ["CursorPosition"]),
        (("\x1b[200~one\x1b[201~j",), ["Paste", "j"]),
        (("\x1b[200~one", " two", "\x1b[201~", "j"), ["Paste", "j"]),
    ],
)
def test_what_the_terminal_itself_sends_is_read_as_before(packets: tuple[str, ...], read: list[str]) -> None:
    assert keys(EscapeFirst(), *packets) == read == keys(XTermParser(), *packets)


def test_the_driver_reads_keys_so() -> None:
    terminal.driver(None)
    assert linux_driver.XTermParser is EscapeFirst
    escapes.install()
