"""No sentence reaches a person past the catalogues: checked over the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.req("L1")

ROOT = Path(__file__).resolve().parent.parent / "moderator"

SPEAKING = frozenset(
    {
        "Refused", "Done", "Stop", "ConfigError", "PolicyError", "LexiconError", "PatternError", "CannotServe",
        "MailRefused", "MailBroken", "VaultUnavailable", "Fault", "Excluded", "Problem", "Mark", "Hindrance",
        "AuthExpired", "AuthRevoked", "Forbidden", "NotFound", "Conflict", "Duplicate", "Invalid", "RateLimited",
        "Unsupported", "Transient", "Outage", "BadPayload", "Lost",
        "tell", "say", "show", "fail", "print", "note", "notify", "ok", "warn", "bad", "located", "need_reason",
    }
)  # fmt: skip
"""What carries its text arguments to a person: refusals, answers, and the front ends' ways of speaking."""
HELP = frozenset({"help", "title", "description", "epilog", "placeholder", "prompt"})
"""Keyword arguments that a person reads."""
SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;.!?]? +[^\W\d_(“]")
"""Two words in a row; a code, a key or a name is one."""
COMMANDS = re.compile(r"(moderator [a-z]+|chmod [a-z0-9+,-]+|python tools/)")
"""What is typed as it stands is said in no other language."""


def bare(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every sentence that is spoken without the catalogues."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        spoken = list(node.args) if _name(node.func) in SPEAKING else []
        if _name(node.func) in SPEAKING:
            spoken += [one.value for one in node.keywords if one.arg not in ("file", "end", "sep", "stream")]
        spoken += [one.value for one in node.keywords if one.arg in HELP]
        for argument in spoken:
            yield from _sentences(argument)


def _sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The bare sentences of one argument; what stands inside another call is that call's business."""
    if isinstance(node, ast.Call):
        return
    text = _text(node)
    if text is None:
        for child in ast.iter_child_nodes(node):
            yield from _sentences(child)
    elif SENTENCE.search(text) and not COMMANDS.match(text):
        yield node.lineno, text  # type: ignore[attr-defined]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def _name(function: ast.AST) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_spoken_sentence_goes_through_the_catalogues() -> None:
    found = [
        f"{path.relative_to(ROOT.parent)}:{line}: {text}"
        for path in sorted(ROOT.rglob("*.py"))
        for line, text in bare(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'raise Refused(Code.BAD, "Not like this.", _("Like that."))',
        'raise Refused(Code.BAD, f"Item {item} is closed.")',
        'raise Refused(Code.BAD, words("Good."), "Press it" if x else words("Hold it."))',
        'officer.tell("Nothing is here.")',
        'parser.add_argument("--json", help="answer in JSON")',
        'print(f"the desk {name} is open", file=out)',
    ],
)
def test_a_bare_sentence_is_found(code: str) -> None:
    """The control."""
    assert len(list(bare(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'raise Refused(Code.BAD, words("Not like this."), words("Item {item} is closed.", item=7))',
        'yield bad(_("files"), _("It is open."), "chmod go-rwx x")',
        'parser.add_argument("--json", help=_("answer in JSON"))',
        'log.info("the desk is open")',
        'print(f"moderator {version}", file=out)',
    ],
)
def test_what_goes_through_them_is_not(code: str) -> None:
    assert list(bare(ast.parse(code))) == []
