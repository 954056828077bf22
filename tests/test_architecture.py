"""Who may import whom, checked over the syntax tree; and that the light doors stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "moderator"

# room → (own rooms it may import, libraries it may import beyond the standard library)
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "__init__": (set(), set()),
    "__main__": ({"cli", "__init__"}, set()),
    "domain": ({"domain"}, set()),
    "text": ({"text", "domain"}, set()),
    "locale": ({"locale", "domain"}, set()),
    "rows": ({"domain", "text", "locale"}, set()),
    "config": ({"config", "domain"}, {"tomli"}),
    "policy": ({"policy", "domain", "text"}, {"tomli"}),
    "store": ({"store", "domain"}, {"sqlite_utils"}),
    "platforms": ({"platforms", "domain", "text"}, {"httpx"}),
    "mail": ({"mail", "domain"}, set()),
    "vault": ({"domain"}, {"keyring"}),
    "reports": ({"reports", "domain", "text"}, set()),
    "desk": (
        {"desk", "domain", "text", "config", "policy", "store", "platforms", "vault", "mail", "reports", "__init__"},
        set(),
    ),
    "service": (
        {"service", "desk", "domain", "config", "locale", "__init__"},
        {"starlette", "uvicorn", "msgspec", "h11", "anyio"},
    ),
    "client": ({"client", "domain"}, set()),
    "tui": (
        {"tui", "locale", "domain", "text", "rows", "config", "client", "__init__"},
        {"textual", "rich", "tomli", "textual_plotext"},
    ),
    "line": ({"line", "locale", "domain", "text", "rows", "config", "client"}, set()),
    "cli": ({"cli", "locale", "domain", "text", "rows", "config", "client", "tui", "line", "__init__"}, set()),
}

# what `cli` may import only inside a function: the file → the rooms
LAZY = {"cli": {"service", "policy", "store", "vault", "mail"}}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(dotted name, whether at module level) of every import, `from moderator import x` resolved to `moderator.x`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            names = [f"moderator.{alias.name}" for alias in node.names] if module == "moderator" else [module]
        else:
            continue
        yield from ((name, id(node) not in inside) for name in names)


def breaches(path: Path) -> list[str]:
    """Every import of this file that its room may not make."""
    room = room_of(path)
    own, libraries = ALLOWED[room]
    found = []
    for name, at_top in imports(path):
        top = name.split(".")[0]
        if top == "moderator":
            target = name.split(".")[1] if "." in name else "__init__"
            target = target if (ROOT / target).exists() or (ROOT / f"{target}.py").exists() else "__init__"
            lazy = not at_top and target in LAZY.get(room, set())
            if target not in own and not lazy:
                found.append(f"{path.relative_to(ROOT.parent)} imports {name}")
        elif top not in sys.stdlib_module_names and top not in libraries:
            found.append(f"{path.relative_to(ROOT.parent)} imports {name}")
    return found


def test_every_file_keeps_to_its_room() -> None:
    files = sorted(ROOT.rglob("*.py"))
    assert len(files) > 30
    assert [breach for path in files for breach in breaches(path)] == []


def test_the_check_sees_a_breach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a policy file that reaches for the store, and a domain file that reaches for httpx, are named."""
    root = tmp_path / "moderator"
    for room, line in (("policy", "from moderator.store import base"), ("domain", "import httpx"), ("store", "")):
        (root / room).mkdir(parents=True)
        (root / room / "x.py").write_text(line)
    monkeypatch.setattr(f"{__name__}.ROOT", root)
    assert [len(breaches(root / room / "x.py")) for room in ("policy", "domain", "store")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        (
            "moderator.__main__",
            {"textual", "rich", "httpx", "sqlite_utils", "keyring", "starlette", "msgspec", "asyncio"},
        ),
        ("moderator.client", {"textual", "rich", "httpx", "sqlite_utils", "keyring", "asyncio"}),
        (
            "moderator.line.officer, moderator.line.commands",
            {"textual", "rich", "httpx", "sqlite_utils", "keyring", "starlette", "asyncio", "tomli_w"},
        ),
        ("moderator.line", {"textual", "rich", "httpx", "sqlite_utils", "keyring"}),
        ("moderator.service", {"textual"}),
        ("moderator.tui.app", {"httpx", "sqlite_utils", "keyring", "starlette", "msgspec", "tomli_w"}),
    ],
)
def test_light_doors_stay_light(module: str, forbidden: set[str]) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded & forbidden == set()
