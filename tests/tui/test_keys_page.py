"""The page of keys says what the registry says."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from moderator.tui.actions import ACTIONS, BY_ID

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def keys() -> ModuleType:
    """The tool that makes the page."""
    spec = importlib.util.spec_from_file_location("keys_page", ROOT / "tools" / "keys.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(keys: ModuleType) -> None:
    assert (ROOT / "docs" / "keys.md").read_text(encoding="utf-8") == keys.page(), "run: python tools/keys.py"


def test_every_action_stands_on_it_exactly_once(keys: ModuleType) -> None:
    for one in ACTIONS:
        assert sum(belongs(one) for _, belongs in keys.SECTIONS) == 1, one.id
        assert keys.page().count(f"| `{one.id}` |") == 1


def test_control_another_key_in_the_registry_makes_it_out_of_date(
    keys: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tuple(replace(one, shown="x") if one is BY_ID["leave"] else one for one in ACTIONS)
    monkeypatch.setattr(keys, "ACTIONS", changed)
    assert (ROOT / "docs" / "keys.md").read_text(encoding="utf-8") != keys.page()
