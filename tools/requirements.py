"""Print which numbered obligations have tests and which have none.

    python tools/requirements.py            every group, with the tests of each id
    python tools/requirements.py --missing  only the ids without a test
    python tools/requirements.py --json

Reads the tests as syntax trees (nothing is run) and looks for `@pytest.mark.req("G8", …)` on functions, classes and in
`pytestmark`. Exits 1 where a test cites an id that is not on the list.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "requirements.txt"


def known() -> list[str]:
    """Every id of the list, in order."""
    lines = (line.split("#")[0] for line in LIST.read_text(encoding="utf-8").splitlines())
    return [word for line in lines for word in line.split() if len(word) > 1]


def marks(node: ast.AST) -> Iterator[str]:
    """The ids that a decorator or a `pytestmark` value names."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "req":
            yield from (arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def cited() -> dict[str, list[str]]:
    """Id → the tests that cite it, as "file::name"."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(ROOT).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for decorator in node.decorator_list:
                    for name in marks(decorator):
                        found.setdefault(name, []).append(f"{where}::{node.name}")
            elif isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "pytestmark" for t in node.targets):
                for name in marks(node.value):
                    found.setdefault(name, []).append(where)
    return found


def main() -> int:
    """Print the comparison; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true", help="only the ids without a test")
    parser.add_argument("--json", action="store_true", help="id → list of tests")
    asked = parser.parse_args()
    ids, tests = known(), cited()
    if asked.json:
        print(json.dumps({name: tests.get(name, []) for name in ids}, indent=1))
    else:
        for name in ids:
            if name not in tests:
                print(f"{name:5} –")
            elif not asked.missing:
                print(f"{name:5} {', '.join(sorted(set(tests[name])))}")
        proven = sum(name in tests for name in ids)
        print(f"{proven} of {len(ids)} obligations have a test; {len(ids) - proven} have none.")
    unknown = sorted(set(tests) - set(ids))
    for name in unknown:
        print(f"{name} is cited by {tests[name][0]} but is no known obligation.", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())
