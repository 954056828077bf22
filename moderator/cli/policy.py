"""`moderator policy …`: check a policy document before it is published, and show the one in force."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moderator.cli import exits
from moderator.cli.call import Call, Stop
from moderator.cli.parser import group, verb
from moderator.domain.wording import sentence_of
from moderator.locale import _, n_, number, said


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """check and show."""
    verbs = group(parser, name)
    check = verb(verbs, "check", "check", _("run a policy's own tests, and the rules that every policy must keep"))
    check.add_argument("file", nargs="?", help=_("the document (default: the configured one, else the one that ships)"))
    show = verb(verbs, "show", "show", _("the policy's published wording"))
    show.add_argument("file", nargs="?", help=_("the document (default: the configured one, else the one that ships)"))
    show.add_argument("--lang", default="en", help=_("language: en, as, hi (default: en)"))


def _document(call: Call) -> Any:
    """The policy document that is meant. Policy code is loaded only here, so its type has no name above."""
    from moderator.policy import document

    name = call.args.file or call.config().policy.file
    try:
        return document.load(Path(name) if name else None)
    except document.PolicyError as error:
        raise Stop(
            exits.DATA_FAULT, said(sentence_of(error)), _("Correct the document, then check it again."), "policy"
        ) from error


def check(call: Call) -> int:
    """Check it; exit code 65 where it does not hold."""
    from moderator.policy.check import check as problems_of

    found = _document(call)
    problems = [said(problem.told()) for problem in problems_of(found)]
    answer = {"id": found.id, "version": found.version, "digest": found.digest, "problems": problems}
    if problems:
        call.show(
            answer,
            *(f"✗ {problem}" for problem in problems),
            n_("{n} problem; do not publish it.", "{n} problems; do not publish it.", len(problems)),
        )
        return exits.DATA_FAULT
    call.show(
        answer,
        _(
            "✓ {id} {version} holds: {tests} tests, {clauses} clauses.",
            id=found.id,
            version=found.version,
            tests=number(len(found.tests)),
            clauses=number(len(found.clauses)),
        ),
    )
    return exits.DONE


def show(call: Call) -> int:
    """Show its clauses."""
    found, language = _document(call), call.args.lang
    answer = {
        "id": found.id,
        "version": found.version,
        "digest": found.digest,
        "language": language,
        "clauses": found.clauses,
        "appeal": found.appeal,
    }
    call.show(answer, *_wording(found, language))
    return exits.DONE


def _wording(found: Any, language: str) -> Iterator[str]:
    yield _(
        "{id} {version} · in force from {effective} · sha256 {digest}",
        id=found.id,
        version=found.version,
        effective=found.effective,
        digest=found.digest,
    )
    for clause in found.clauses:
        key = f"h{clause.digit}" if clause.digit in range(1, 10) else _("by name")
        yield ""
        never = "" if clause.hideable else _(" · never a ground for hiding")
        yield f"{clause.id} · {clause.name(language)} · {key}{never}"
        yield clause.public.get(language) or clause.public.get("en", "")
        yield from (f"  {basis}" for basis in clause.legal)
    yield ""
    yield _("Appeal: {appeal}", appeal=found.appeal)
