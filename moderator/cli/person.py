"""`moderator person …`: the roster."""

from __future__ import annotations

import argparse

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.parser import group, verb
from moderator.domain.errors import Code, Refused
from moderator.domain.names import named
from moderator.domain.person import Person, Role
from moderator.locale import _, said


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """add, leave and list."""
    verbs = group(parser, name)
    verb(verbs, "list", "show_all", _("everybody on the roster"))
    leave = verb(verbs, "leave", "leave", _("take somebody off the roster: they can open nothing from then on"))
    leave.add_argument("person", help=_("the Unix name, or the number"))
    add = verb(verbs, "add", "add", _("put somebody on the roster, as a lead"))
    add.add_argument("name", help=_("the Unix name"))
    add.add_argument(
        "--role", action="append", required=True, choices=[role.value for role in Role], help=_("once for each role")
    )
    add.add_argument("--designation", default="", help=_("the designated name that replies carry: “R. Das”"))
    add.add_argument("--title", default="", help=_("the role that replies carry: “Junior Moderator, DIPR Assam”"))
    add.add_argument("--role-only", action="store_true", help=_("replies carry the role alone, for a safety reason"))
    add.add_argument(
        "--language", action="append", default=[], help=_("once for each language that they read: as, hi, en")
    )


def show_all(call: Call) -> int:
    """List them."""
    people = call.client().people()
    call.show(people, *([line(person) for person in people] or [_("Nobody is on the roster yet.")]))
    return exits.DONE


def leave(call: Call) -> int:
    """Take one off. A name that stands there twice means the one who is still active."""
    wanted = call.args.person
    people = [person for person in call.client().people() if wanted in (person.name, str(person.id))]
    if not people:
        raise Refused(
            Code.NOT_FOUND, _("There is no “{wanted}” on the roster.", wanted=wanted), _("See: moderator person list")
        )
    done = call.client().person_leaves(max(people, key=lambda person: person.active).id)
    call.show(done, done.sentence)
    return exits.DONE


def line(person: Person) -> str:
    """One person."""
    roles = ", ".join(said(named(role)) for role in sorted(person.roles))
    signs = ", ".join(part for part in ("" if person.role_only else person.designation, person.role_title) if part)
    left = "" if person.active else _(" · left")
    return _(
        "{name} (uid {uid}) · {roles}{left} · signs “{signs}” · reads {languages}",
        name=person.name,
        uid=person.uid,
        roles=roles,
        left=left,
        signs=signs,
        languages=", ".join(person.languages),
    )


def add(call: Call) -> int:
    """Put one on."""
    from moderator.domain.asks import NewPerson

    args = call.args
    roles = frozenset(Role(role) for role in args.role)
    ask = NewPerson(args.name, roles, args.designation, args.title, args.role_only, tuple(args.language))
    done = call.client().add_person(ask)
    call.show(done, done.sentence)
    return exits.DONE
