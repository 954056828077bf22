"""Reading the command line, running one verb, and turning whatever happens into a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

from moderator.cli import exits
from moderator.cli.call import Call, Stop
from moderator.cli.parser import VERBS, Usage, parse
from moderator.domain.errors import Refused
from moderator.locale import _, chosen, use


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit code. Never raises, never prints a traceback."""
    use("en" if "--json" in argv else chosen(_asked(argv), os.environ))
    try:
        call = Call(parse(argv))
    except Usage as usage:
        sys.stderr.write(usage.told("--json" in argv))
        return exits.USAGE
    except SystemExit as asked:  # --help has been printed
        return int(asked.code or 0)
    return run(call)


def _asked(argv: Sequence[str]) -> str:
    """The language that the command line asks for, also where it cannot be parsed; "" where it asks for none."""
    for word, following in zip(argv[:5], [*argv[1:], ""], strict=False):  # later ones may be a verb's own
        if word == "--language":
            return following
        if word.startswith("--language="):
            return word.partition("=")[2]
    return ""


def run(call: Call) -> int:
    """Run a parsed command."""
    try:
        code = _verb(call)
        call.out.flush()
        return code
    except Refused as refused:
        call.fail(refused.code.value, refused.sentence, refused.cure, refused.facts)
        return exits.of(refused.code)
    except Stop as stop:
        call.fail(stop.code, stop.sentence, stop.cure)
        return stop.exit_code
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:  # the last resort: a report without values, a sentence without a traceback
        return _fault(call, error)
    finally:
        call.close()
        _end_of_words()


def _verb(call: Call) -> int:
    module = import_module(f"moderator.cli.{VERBS[call.args.verb].module}")
    code: int = getattr(module, call.args.run)(call)
    return code


def _reader_gone() -> int:
    """Whoever read our output has had enough (`| head`): end quietly, without a second error at exit."""
    _sink(sys.stdout)
    return exits.DONE


def _end_of_words() -> None:
    """Standard error may be a file on a full disk: what cannot be written must not change the exit code."""
    try:
        sys.stderr.flush()
    except OSError:
        _sink(sys.stderr)


def _sink(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _fault(call: Call, error: Exception) -> int:
    from moderator.cli.faults import report

    number, written = report(error, call.env)
    where = (
        _("The report is {written}; it holds no text and no secrets.", written=written)
        if written
        else _("No report could be written.")
    )
    call.fail(
        "internal",
        _("Something went wrong inside moderator (fault {number}).", number=number),
        where,
        {"fault": number},
    )
    return exits.INTERNAL
