"""Accounts and their credentials: the login record, its life, and the one way in which a secret comes in.

A secret travels once, from a custodian over the Unix socket into the keyring. Nothing in this room gives one back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderator import platforms, vault
from moderator.desk import login_record
from moderator.desk.lines import connector, forget_connector, refused_again, refused_by_vault, service_of, test
from moderator.desk.room import Look, Room, need, need_reason
from moderator.domain.account import Account, SecretRef, Status
from moderator.domain.asks import Because, NewAccount, SetSecret
from moderator.domain.errors import Code, Refused
from moderator.domain.event import Value, stamp
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.secret import Secret
from moderator.domain.view import AccountView, Done, PlatformView
from moderator.domain.wording import counted, joined, words
from moderator.store import accounts as store
from moderator.store import people, polls
from moderator.vault import VaultUnavailable

if TYPE_CHECKING:
    from moderator.desk.house import House

__all__ = [
    "MAIL",
    "activate",
    "add",
    "clear_retired",
    "connector",
    "forget_connector",
    "freeze",
    "list_accounts",
    "list_platforms",
    "mail_password",
    "refused_again",
    "retire",
    "set_mail_secret",
    "set_secret",
    "test",
    "thaw",
]

MAIL: Final = ("moderator/mail", "password")
"""Where the password of the mail login is kept."""

_SECRET_MAX: Final = 16_384


def list_accounts(look: Look, actor: Actor) -> tuple[AccountView, ...]:
    """The register. There is no field in it that could hold a secret."""
    need(actor, Permission.READ)
    found = store.every(look.conn)
    setters = people.names(look.conn, {ref.set_by for account in found for ref in account.secrets})
    return tuple(_view(account, setters) for account in found)


def list_platforms(look: Look, actor: Actor) -> tuple[PlatformView, ...]:
    """The platforms that an account can be opened on, and what each needs."""
    need(actor, Permission.READ)
    return tuple(
        PlatformView(name, kind.name, kind.needs_secret, kind.needs_url, kind.tested, kind.hide_means)
        for name, kind in platforms.PLATFORMS.items()
    )


def add(room: Room, actor: Actor, ask: NewAccount) -> Done:
    """Open a login record, as planned. A custodian or a lead may; it works once a lead has activated it."""
    _need_either(actor)
    if not ask.custodians and actor.person.may(Permission.ACCOUNTS):
        ask = NewAccount(**{name: getattr(ask, name) for name in ask.__slots__} | {"custodians": (actor.person.name,)})
    ready = login_record.checked(ask, store.names(room.conn))
    account_id = store.insert(room.tx, ready, actor.person.id)
    polls.ensure(room.tx, account_id)
    seq = _record(room, actor, "account.add", account_id, platform=ready.platform)
    return Done(
        joined((words("{name} is on the register, as planned.", name=ready.name), _next_step(ready.platform))),
        seq=seq,
        row_id=account_id,
    )


async def set_secret(house: House, actor: Actor, account_id: int, ask: SetSecret) -> Done:
    """Put a secret into the keyring, then note where it is and its fingerprint. The keyring comes first: a note without
    a secret would be a lie, a secret without a note is refused at its first use."""
    need(actor, Permission.ACCOUNTS)
    value = _usable(ask)
    account = await house.read(_account, account_id)
    _need_custodian(actor, account)
    _need_slot(account, ask.slot)
    service = service_of(account)
    async with house.vault.lock(service):
        mark = await _keep(house, service, ask.slot, value)
        await forget_connector(house, account_id)
        return await house.write(_note_secret, actor, account_id, ask.slot, service, mark)


async def set_mail_secret(house: House, actor: Actor, ask: SetSecret) -> Done:
    """Put the password of the mail login into the keyring."""
    need(actor, Permission.ACCOUNTS)
    service, slot = MAIL
    if ask.slot != slot:
        raise Refused(
            Code.BAD,
            words("Mail has no secret called “{slot}”.", slot=ask.slot[:40]),
            words("Its one secret is “{slot}”.", slot=slot),
        )
    mark = await _keep(house, service, slot, _usable(ask))
    return await house.write(_note_mail_secret, actor, mark)


async def mail_password(house: House) -> Secret | None:
    """The password of the mail login, or None where none was set. Raises `Refused` where the keyring cannot be used."""
    try:
        return await house.vault.get(*MAIL)
    except VaultUnavailable as error:
        raise refused_by_vault(error) from None


def activate(room: Room, actor: Actor, account_id: int, ask: Because) -> Done:
    """Bring a planned account into service, once everything that it needs is in the keyring."""
    need(actor, Permission.ACTIVATE)
    account = _in_status(room, account_id, Status.PLANNED)
    lacking = set(platforms.PLATFORMS[account.platform].needs_secret) - {ref.slot for ref in account.secrets}
    if lacking:
        raise Refused(
            Code.WRONG_STATE,
            words("{name} lacks {slots} in the keyring.", name=account.name, slots=", ".join(sorted(lacking))),
            words("A custodian sets it first: moderator account secret."),
        )
    return _move(room, actor, account, Status.ACTIVE, "account.activate", ask.reason, approved_by=actor.person.name)


def freeze(room: Room, actor: Actor, account_id: int, ask: Because) -> Done:
    """Send nothing more on this account. Any officer may, at once; what waits in the outbox goes on waiting."""
    need(actor, Permission.FREEZE)
    account = _in_status(room, account_id, Status.ACTIVE)
    return _move(
        room,
        actor,
        account,
        Status.FROZEN,
        "account.freeze",
        need_reason(ask.reason, words("A freeze needs a reason.")),
    )


def thaw(room: Room, actor: Actor, account_id: int, ask: Because) -> Done:
    """Let a frozen account send again: its custodian alone may."""
    need(actor, Permission.ACCOUNTS)
    account = _in_status(room, account_id, Status.FROZEN, Status.COMPROMISED)
    _need_custodian(actor, account)
    return _move(
        room, actor, account, Status.ACTIVE, "account.thaw", need_reason(ask.reason, words("Thawing needs a reason."))
    )


def retire(room: Room, actor: Actor, account_id: int, ask: Because) -> Done:
    """End an account for good. Its record stays; `clear_retired` takes its secrets out of the keyring."""
    _need_either(actor)
    account = _in_status(room, account_id, Status.PLANNED, Status.ACTIVE, Status.FROZEN, Status.COMPROMISED)
    if not actor.person.may(Permission.ACTIVATE):
        _need_custodian(actor, account)
    reason = need_reason(ask.reason, words("Retiring an account needs a reason."))
    waiting = store.open_effects(room.conn, account_id)
    if waiting:
        raise Refused(
            Code.WRONG_STATE,
            counted(
                "{n} act on {name} is still on its way or waits for a person.",
                "{n} acts on {name} are still on their way or wait for a person.",
                waiting,
                name=account.name,
            ),
            words("Settle or undo them first; freeze the account to stop them now."),
        )
    ended = {"retired_at": stamp(room.now), "retired_why": reason}
    return _move(room, actor, account, Status.RETIRED, "account.retire", reason, **ended)


async def clear_retired(house: House) -> int:
    """Take the secrets of retired accounts out of the keyring and let go of their lines; how many secrets went.

    Safe to repeat: the service calls it after each change of an account and at start.
    """
    cleared = 0
    for account in await house.read(_retired):
        await forget_connector(house, account.id)
        for ref in account.secrets:
            try:
                there = await house.vault.get(ref.service, ref.user, fresh=True)
                if there is not None:
                    await house.vault.drop(ref.service, ref.user)
                    await house.write(_note_dropped, account.id, ref.slot)
                    cleared += 1
            except VaultUnavailable as error:
                raise refused_by_vault(error) from None
    return cleared


def _account(look: Look, account_id: int) -> Account:
    return store.get(look.conn, account_id)


def _retired(look: Look) -> list[Account]:
    return [account for account in store.every(look.conn) if account.status is Status.RETIRED and account.secrets]


def _need_either(actor: Actor) -> None:
    if not actor.person.may(Permission.ACTIVATE):
        need(actor, Permission.ACCOUNTS)


def _need_custodian(actor: Actor, account: Account) -> None:
    """Refuse a custodian of other accounts. The owner of a private desk answers for all of them."""
    if actor.alone or actor.person.name in account.custodians:
        return
    raise Refused(
        Code.NOT_ALLOWED,
        words("{person} is not a custodian of {account}.", person=actor.person.name, account=account.name),
        words("Ask {people}.", people=", ".join(account.custodians)) if account.custodians else words("Ask the lead."),
    )


def _need_slot(account: Account, slot: str) -> None:
    known = platforms.PLATFORMS[account.platform].needs_secret
    if account.status is Status.RETIRED:
        raise Refused(Code.WRONG_STATE, words("{name} is retired.", name=account.name), words("Open a new account."))
    if slot not in known:
        raise Refused(
            Code.BAD,
            words("{name} has no secret called “{slot}”.", name=account.name, slot=slot[:40]),
            words("It needs: {slots}.", slots=", ".join(known)) if known else words("This platform needs none."),
        )


def _usable(ask: SetSecret) -> Secret:
    """The secret of a request. Refuses one that was typed or piped wrongly, without repeating it."""
    if not ask.value or ask.value != ask.value.strip() or len(ask.value) > _SECRET_MAX or not ask.value.isprintable():
        raise Refused(
            Code.BAD,
            words("The secret is empty, too long, or has a space or a line end at its edge."),
            words("Paste it again; where it is piped in, use printf %s, not echo."),
        )
    return Secret(ask.value)


async def _keep(house: House, service: str, slot: str, value: Secret) -> str:
    """Put a secret into the keyring; its fingerprint."""
    try:
        key = await house.vault.fingerprint_key()
        await house.vault.put(service, slot, value)
    except VaultUnavailable as error:
        raise refused_by_vault(error) from None
    return vault.fingerprint(key, value)


def _note_secret(room: Room, actor: Actor, account_id: int, slot: str, service: str, mark: str) -> Done:
    account = store.get(room.conn, account_id)
    ref = SecretRef(slot, service, slot, mark, actor.person.id, room.now)
    rotated = store.keep_ref(room.tx, account_id, ref)
    room.tx.change("account", account_id, rotated_at=room.tx.at)
    polls.resume(room.tx, account_id)
    seq = _record(room, actor, "credential.set", account_id, slot=slot, fingerprint=mark, rotated=int(rotated))
    told = {"slot": slot, "name": account.name, "mark": mark}
    if rotated:
        sentence = words("The {slot} of {name} was replaced in the keyring (fingerprint {mark}).", **told)
    else:
        sentence = words("The {slot} of {name} is in the keyring (fingerprint {mark}).", **told)
    return Done(sentence, seq=seq, row_id=account_id)


def _note_mail_secret(room: Room, actor: Actor, mark: str) -> Done:
    seq = _record(room, actor, "credential.set", 0, slot="mail", fingerprint=mark)
    return Done(words("The mail password is in the keyring (fingerprint {mark}).", mark=mark), seq=seq)


def _note_dropped(room: Room, account_id: int, slot: str) -> None:
    room.tx.record("credential.drop", account=account_id, slot=slot)


def _in_status(room: Room, account_id: int, *wanted: Status) -> Account:
    account = store.get(room.conn, account_id)
    if account.status not in wanted:
        raise Refused(
            Code.WRONG_STATE,
            words(
                "{name} is {status}; this is for an account that is {wanted}.",
                name=account.name,
                status=named(account.status),
                wanted=joined([named(status) for status in wanted], " / "),
            ),
            words("See moderator account list."),
            {"status": account.status.value},
        )
    return account


def _move(room: Room, actor: Actor, account: Account, status: Status, kind: str, reason: str, **beside: str) -> Done:
    why = " ".join(reason.split())[:2000]
    room.tx.change("account", account.id, status=status.value, status_why=why, **beside)
    if status is Status.ACTIVE:
        polls.ensure(room.tx, account.id)
    seq = _record(room, actor, kind, account.id)
    return Done(
        words("{name} is {status}.", name=account.name, status=named(status)),
        state=status.value,
        seq=seq,
        row_id=account.id,
    )


def _record(room: Room, actor: Actor, kind: str, account_id: int, **facts: Value) -> int:
    """One event with codes only, told to everybody who shows accounts."""
    if account_id:
        room.tx.announce("account", account_id)
    told: dict[str, Value] = {"account": account_id, **facts}
    return room.tx.record(kind, actor=actor.person.id, session=actor.session, item=0, **told)


def _next_step(platform: str) -> str:
    if platforms.PLATFORMS[platform].needs_secret:
        return words("Next: its secret, a test, and a lead's activation.")
    return words("Next: a lead's activation.")


def _view(account: Account, setters: dict[int, str]) -> AccountView:
    return AccountView(
        id=account.id,
        platform=account.platform,
        name=account.name,
        url=account.url,
        login_id=account.login_id,
        status=account.status.value,
        custodians=account.custodians,
        order_ref=account.order_ref,
        registered_mail=account.registered_mail,
        registered_phone=account.registered_phone,
        mfa=account.mfa,
        recovery_location=account.recovery_location,
        secrets=tuple(
            {
                "slot": ref.slot,
                "fingerprint": ref.fingerprint,
                "set_by": setters[ref.set_by],
                "set_at": stamp(ref.set_at),
                "kept_in": f"{ref.service} {ref.user}",
            }
            for ref in account.secrets
        ),
        rotated_at=account.rotated_at,
        retired_at=account.retired_at,
        settings=account.settings,
        needs=platforms.PLATFORMS[account.platform].needs_secret if account.platform in platforms.PLATFORMS else (),
    )
