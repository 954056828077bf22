"""`python -m moderator`, and the door that the installed command opens. Loads the standard library only."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code. The version alone needs nothing else of the package."""
    words = sys.argv[1:] if argv is None else argv
    if words in (["--version"], ["-V"]):
        return _version()
    from moderator.cli.main import main as run

    return run(words)


def _version() -> int:
    from moderator import __version__

    sys.stdout.write(f"moderator {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
