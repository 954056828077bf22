"""The pictures of the screens: the same bytes at every run, and nothing loaded from anywhere."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = re.compile(r"https?://(?!www\.w3\.org/2000/svg)|@font-face|@import|url\((?!#)|<script|<image|href=")
"""Whatever a browser would fetch or run; the name of the format itself is no address."""


def drawn(place: Path, seed: str, *screens: str) -> dict[str, str]:
    """File name → picture, drawn by a process of its own."""
    command = [sys.executable, "tools/screens.py", "--only", *screens, "--theme", "dark", "terminal", "--size", "80x24"]
    done = subprocess.run(
        [*command, "--to", str(place)], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(place.glob("*.svg"))}


@pytest.mark.req("B15")
def test_the_same_comments_give_the_same_bytes_and_load_nothing(tmp_path: Path) -> None:
    first = drawn(tmp_path / "1", "1", "queue", "dashboard", "lock")
    assert first == drawn(tmp_path / "2", "2", "queue", "dashboard", "lock")
    assert list(first) == [f"{screen}-{theme}-80x24.svg" for screen in ("dashboard", "lock", "queue")
                           for theme in ("dark", "terminal")]  # fmt: skip
    assert [name for name, picture in first.items() if FOREIGN.search(picture)] == []
    assert all("@hojai_89" in first[f"queue-{theme}-80x24.svg"] for theme in ("dark", "terminal"))
    assert "@hojai_89" not in first["lock-dark-80x24.svg"]


def test_control_the_librarys_own_picture_loads_fonts() -> None:
    console = Console(record=True, file=io.StringIO())
    console.print("words")
    assert FOREIGN.search(console.export_svg())
