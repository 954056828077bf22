"""The command line's grammar. A verb's own file is loaded only when that verb is on the line, or all are wanted."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple, NoReturn

from moderator.cli import argwords, exits
from moderator.locale import LANGUAGES, N_, _


class Verb(NamedTuple):
    """One verb: the file under `moderator/cli` that does it, and its line in the help."""

    module: str
    help: str


VERBS: Final[dict[str, Verb]] = {
    "desk": Verb("desk", N_("open the queue on this terminal (what “moderator” alone does)")),
    "line": Verb("desk", N_("the same desk as plain lines: screen readers, simple terminals")),
    "practice": Verb("desk", N_("open a practice desk with comments that nobody wrote")),
    "serve": Verb("desk", N_("run the desk service")),
    "status": Verb("status", N_("the desk at a glance")),
    "queue": Verb("queue", N_("what waits: a view, filtered and sorted")),
    "search": Verb("queue", N_("find in everything ever taken in")),
    "item": Verb("item", N_("read and decide items")),
    "metrics": Verb("metrics", N_("the desk in figures: arrivals, decisions, what waits and for how long")),
    "bulk": Verb("bulk", N_("one decision about many items")),
    "batch": Verb("bulk", N_("bulk acts: how far each has come, and taking one back")),
    "effect": Verb("effect", N_("what is on its way out, and what waits for a person")),
    "account": Verb("account", N_("the login records of the official accounts")),
    "person": Verb("person", N_("the roster")),
    "mail": Verb("mail", N_("the mail server's password")),
    "import": Verb("importing", N_("take comments in from files")),
    "policy": Verb("policy", N_("check and show the published policy")),
    "capture": Verb("capture", N_("the evidence of what a comment said")),
    "trail": Verb("trail", N_("verify and show the record")),
    "doctor": Verb("doctor", N_("what is wrong with this machine, and the cure")),
    "completion": Verb("completion", N_("words for your shell to complete commands")),
}

DESCRIPTION: Final = N_("""\
The duty desk of a public agency's official social-media accounts, in a terminal.
Without a verb: open the queue; where there is no terminal for it, as plain lines.""")


class Usage(Exception):
    """The command line is wrong."""

    def __init__(self, sentence: str, prog: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.prog = prog

    def told(self, as_json: bool) -> str:
        """What standard error gets."""
        cure = _("See “{prog} --help”.", prog=self.prog)
        if as_json:
            return json.dumps({"error": {"code": "usage", "sentence": self.sentence, "cure": cure, "facts": {}}}) + "\n"
        return f"moderator: {self.sentence} {cure}\n"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `Usage`, guesses no abbreviations and keeps our line breaks."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """The command line is wrong."""
        raise Usage(_sentence(message.rstrip(".")), self.prog)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of one command line. Raises `Usage`; `SystemExit` where help was asked for and printed."""
    args = build(set(argv)).parse_args(argv)
    if args.verb is None:
        args.verb, args.run = "desk", "run_desk"
    return args


def build(words: set[str] | None = None) -> Parser:
    """The whole grammar, or only the verbs among `words` with their own options (the others by name)."""
    argwords.speak()
    parser = Parser(prog="moderator", description=_(DESCRIPTION), epilog=_(exits.HELP))
    parser.add_argument("-V", "--version", action=_Version, help=_("print the version"))
    common(parser, given=True)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title=_("verbs"))
    for name, verb in VERBS.items():
        summary = _(verb.help)
        sub = verbs.add_parser(name, help=summary, description=_sentence(summary), epilog=_(exits.HELP))
        if words is None or name in words:
            import_module(f"moderator.cli.{verb.module}").arguments(sub, name)
        common(sub)
    return parser


def common(parser: argparse.ArgumentParser, *, given: bool = False, spoken: bool = True) -> None:
    """The options that stand before or after any verb. `given` sets their defaults (once, at the top); `spoken` is
    false for the verbs of a group, whose `--language` is the language of somebody or something else."""

    def default(value: object) -> Any:
        return value if given else argparse.SUPPRESS

    group = parser.add_argument_group(_("everywhere"))
    group.add_argument(
        "--json", action="store_true", default=default(False), help=_("answer in JSON, as the interface does")
    )
    group.add_argument("--config", metavar="FILE", default=default(None), help=_("read this configuration"))
    group.add_argument("--data-dir", metavar="DIR", default=default(None), help=_("where the desk's data stand"))
    group.add_argument("--socket", metavar="PATH", default=default(None), help=_("the desk's socket"))
    group.add_argument("--private", action="store_true", default=default(False), help=_("a desk of your own"))
    group.add_argument("--practice", action="store_true", default=default(False), help=_("the practice desk"))
    if spoken:
        group.add_argument(
            "--language",
            dest="speak",
            metavar="CODE",
            choices=list(LANGUAGES),
            default=default(None),
            help=_("speak this language"),
        )


def group(parser: argparse.ArgumentParser, name: str) -> Any:
    """The verbs of a verb group; add to them with `verb`."""
    return parser.add_subparsers(dest=f"{name}_verb", metavar="VERB", required=True, title=_("verbs"))


def verb(verbs: Any, name: str, run: str, summary: str, **settings: Any) -> argparse.ArgumentParser:
    """One verb of a group: `run` names the function of the group's file that does it."""
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=_sentence(summary), **settings)
    parser.set_defaults(run=run)
    common(parser, spoken=False)
    return parser


class _Version(argparse.Action):
    """Prints the version and leaves."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from moderator import __version__

        print(f"moderator {__version__}")
        parser.exit()


def _sentence(text: str) -> str:
    return _("{sentence}.", sentence=text[:1].upper() + text[1:])
