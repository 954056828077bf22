"""`moderator account …`: the login records. Secrets go from your prompt to the desk's keyring and nowhere else."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

from moderator import text
from moderator.cli import exits, secrets
from moderator.cli.call import Call, Stop
from moderator.cli.parser import group, verb
from moderator.domain import view
from moderator.domain.errors import Code, Refused
from moderator.domain.names import named
from moderator.domain.secret import Secret
from moderator.domain.wording import joined
from moderator.locale import N_, _, said


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """add, list, show, test, activate, freeze, thaw, retire, secret."""
    verbs = group(parser, name)
    _add_arguments(verb(verbs, "add", "add", _("open a login record, then ask for its secret")))
    verb(verbs, "list", "show_all", _("every login record in a line"))
    _named(verb(verbs, "show", "show_one", _("one login record, whole; never a secret")))
    _named(verb(verbs, "test", "test", _("ask the platform who we are there and what we may do")))
    for act, summary in _ACTS.items():
        sub = _named(verb(verbs, act, "act", _(summary)))
        sub.add_argument("--reason", required=True, help=_("order number, or why; it goes on the record"))
    secret = _named(verb(verbs, "secret", "set_secret", _("set or change a secret of an account")))
    secret.add_argument("--slot", default="", help=_("which secret (default: the platform's one)"))
    secrets.option(secret)


_ACTS = {
    "activate": N_("bring an account into service (a lead)"),
    "freeze": N_("stop everything outgoing of an account, at once (any officer)"),
    "thaw": N_("let a frozen account work again (a custodian)"),
    "retire": N_("end an account's service and drop its secrets"),
}


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("account", help=_("its name or number"))
    return parser


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("platform", help=_("wordpress, import or practice"))
    parser.add_argument("name", help=_("a short name for the queue, at most 15 characters: “wp consult”"))
    parser.add_argument("--url", default="", help=_("address of the site or API"))
    parser.add_argument("--login", default="", metavar="ID", help=_("login id there"))
    parser.add_argument("--mail", default="", help=_("registered mail address; stored masked"))
    parser.add_argument("--phone", default="", help=_("registered phone number; stored masked"))
    parser.add_argument("--custodian", action="append", default=[], metavar="USER", help=_("Unix name; one or two"))
    parser.add_argument("--order", default="", metavar="REF", help=_("the order that authorised it, with its date"))
    parser.add_argument("--mfa", default="", help=_("which second factor it has"))
    parser.add_argument(
        "--recovery", default="", metavar="WHERE", help=_("where recovery codes are kept; never a code")
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help=_("a setting that is no secret")
    )
    parser.add_argument("--no-secret", action="store_true", help=_("do not ask for the secret now"))
    secrets.option(parser)


def add(call: Call) -> int:
    """Open the record, then take its secret."""
    from moderator.domain.asks import NewAccount, SetSecret

    args = call.args
    ask = NewAccount(
        args.platform, args.name, args.url, args.login, args.mail, args.phone,
        tuple(args.custodian), args.order, args.mfa, args.recovery, settings(args.set),
    )  # fmt: skip
    client = call.client()
    taken = {} if args.no_secret else _secrets_for(call, args.platform)
    done = client.add_account(ask)
    said = [done.sentence]
    for slot, secret in taken.items():
        try:
            said.append(client.set_secret(done.row_id, SetSecret(slot, secret.reveal())).sentence)
        except Refused as refused:
            refused.cure = joined(
                (refused.cure, _("The record itself is open; then: moderator account secret “{name}”", name=args.name))
            )
            raise
    call.show(done, *said, _("Next: moderator account test “{name}”", name=args.name))
    return exits.DONE


def _secrets_for(call: Call, platform: str) -> dict[str, Secret]:
    """What the platform needs, asked for before anything is changed: slot → secret."""
    kinds = {kind.name: kind for kind in call.client().platforms()}
    if platform not in kinds:
        return {}  # the desk refuses it, and names the nearest that it knows
    needs = kinds[platform].needs
    if call.args.secret_stdin and len(needs) != 1:
        raise Stop(exits.USAGE, _not_one(platform, needs), _("Leave it out, or --no-secret."), "usage")
    return {
        slot: secrets.ask(call, _("{secret} of “{name}”", secret=_called(slot), name=call.args.name)) for slot in needs
    }


def _not_one(platform: str, needs: tuple[str, ...]) -> str:
    """Why one line of standard input cannot be the secret that this platform needs."""
    if not needs:
        return _("{platform} needs no secret: --secret-stdin takes exactly one.", platform=platform)
    named = ", ".join(needs)
    return _("{platform} needs {slots}: --secret-stdin takes exactly one.", platform=platform, slots=named)


_SLOTS: Final = {"application_password": N_("application password"), "password": N_("password"), "token": N_("token")}


def _called(slot: str) -> str:
    """A slot as people say it."""
    return _(_SLOTS[slot]) if slot in _SLOTS else slot.replace("_", " ")


def settings(pairs: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs. Raises `Stop(2)` for what is none."""
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Stop(exits.USAGE, _("“{pair}” is no setting.", pair=pair), _("Write it as KEY=VALUE."), "usage")
        found[key] = value
    return found


def show_all(call: Call) -> int:
    """List them."""
    accounts = call.client().accounts()
    call.show(
        accounts, *([line(account) for account in accounts] or [_("There is no account yet: moderator account add")])
    )
    return exits.DONE


def line(account: view.AccountView) -> str:
    """One record in a line."""
    where = account.url or _("no address")
    keepers = ", ".join(account.custodians) or _("NO CUSTODIAN")
    return _(
        "{id}  {name}  {platform}  {status}  {where}  kept by {keepers}",
        id=account.id,
        name=account.name,
        platform=account.platform,
        status=said(named(account.status)),
        where=where,
        keepers=keepers,
    )


def show_one(call: Call) -> int:
    """Show one."""
    account = find(call)
    call.show(account, *record(account))
    return exits.DONE


_FIELDS: Final = {
    "id": N_("number"),
    "platform": N_("platform"),
    "name": N_("name"),
    "url": N_("address"),
    "login_id": N_("login id"),
    "status": N_("status"),
    "custodians": N_("custodians"),
    "order_ref": N_("order"),
    "registered_mail": N_("registered mail"),
    "registered_phone": N_("registered phone"),
    "mfa": N_("second factor"),
    "recovery_location": N_("recovery location"),
    "rotated_at": N_("rotated at"),
    "retired_at": N_("retired at"),
    "settings": N_("settings"),
    "needs": N_("needs"),
}
"""Field of a login record → what it is called."""


def record(account: view.AccountView) -> Iterator[str]:
    """One record, field by field; what is missing is said."""
    from moderator.domain.wire import encode

    plain: dict[str, Any] = encode(account)
    room = max(18, *(text.cells(_(name)) for name in _FIELDS.values()))
    for key, value in plain.items():
        if key == "secrets":
            yield from (f"{text.pad(_('secret'), room)} {_secret(entry)}" for entry in account.secrets)
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        shown = ", ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else shown
        yield f"{text.pad(_(_FIELDS.get(key, key)), room)} {shown or '–'}"


def _secret(entry: dict[str, str]) -> str:
    return _(
        "{slot}: in the keyring; fingerprint {fingerprint}, set by {person} at {at}",
        slot=entry.get("slot", "?"),
        fingerprint=entry.get("fingerprint", "?"),
        person=entry.get("set_by", "?"),
        at=entry.get("set_at", "?"),
    )


def test(call: Call) -> int:
    """Test one; exit code 1 where something fails."""
    client, account = call.client(), find(call)
    tested = client.test_account(account.id)
    call.show(tested, *(f"{'✓' if good else '✗'} {sentence}" for good, sentence in tested.lines))
    return exits.DONE if tested.ok else exits.REFUSED


def act(call: Call) -> int:
    """activate, freeze, thaw or retire one."""
    from moderator.domain.asks import Because

    done = call.client().account_act(find(call).id, call.args.account_verb, Because(call.args.reason))
    call.show(done, done.sentence)
    return exits.DONE


def set_secret(call: Call) -> int:
    """Set or rotate a secret."""
    from moderator.domain.asks import SetSecret

    client, account = call.client(), find(call)
    slot = call.args.slot or _one_slot(account)
    secret = secrets.ask(call, _("{secret} of “{name}”", secret=_called(slot), name=account.name))
    done = client.set_secret(account.id, SetSecret(slot, secret.reveal()))
    call.show(done, done.sentence)
    return exits.DONE


def _one_slot(account: view.AccountView) -> str:
    """The slot that is meant where none was named. Refuses an account that has none, or several."""
    if len(account.needs) == 1:
        return account.needs[0]
    if account.needs:
        named = f" {_('or')} ".join(account.needs)
        raise Refused(
            Code.BAD, _("{name} has several secrets.", name=account.name), _("Name one: --slot {named}", named=named)
        )
    raise Refused(Code.BAD, _("{name} needs no secret.", name=account.name), _("Nothing was changed."))


def find(call: Call) -> view.AccountView:
    """The account that is meant, by number or by name. Raises `Refused(NOT_FOUND)` naming those that there are."""
    wanted = call.args.account
    accounts = call.client().accounts()
    for account in accounts:
        if account.name == wanted or (wanted.isascii() and wanted.isdigit() and account.id == int(wanted)):
            return account
    names = ", ".join(f"“{account.name}”" for account in accounts) or _("none yet")
    raise Refused(
        Code.NOT_FOUND, _("There is no account “{wanted}”.", wanted=wanted), _("There are: {names}.", names=names)
    )
