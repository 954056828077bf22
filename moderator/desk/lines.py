"""The lines to the platforms: one connector for each account, made with its secret, and the test that proves it.

A connector is kept until its credential is refused, its secret changes or its account ends. A secret that is not the
one on record (its fingerprint differs) is not used: somebody changed the keyring past the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from moderator import platforms, text, vault
from moderator.desk.room import Look, Room, need
from moderator.domain.account import Account, SecretRef, Status
from moderator.domain.errors import Code, Refused
from moderator.domain.names import named
from moderator.domain.person import Actor, Permission
from moderator.domain.secret import Secret
from moderator.domain.view import Tested
from moderator.domain.wording import counted, joined, sentence_of, words
from moderator.platforms.base import Capabilities, Connector, Identity, PlatformError
from moderator.store import accounts as store
from moderator.store import polls
from moderator.vault import VaultUnavailable

if TYPE_CHECKING:
    from moderator.desk.house import House

Line = tuple[bool, str]
"""One check of a test: whether it held, and a sentence."""

SKEW_MAX: Final = timedelta(seconds=30)
"""Clocks further apart than this spoil the record of what came first."""


def service_of(account: Account) -> str:
    """The keyring's service name for an account's secrets."""
    return f"moderator/{account.platform}/{account.id}"


async def connector(house: House, account_id: int) -> Connector:
    """The line to an account's platform, made on first use. Raises `Refused` where there can be none now."""
    known = house.connectors.get(account_id)
    if known is not None:
        return known
    account, own_id = await house.read(_record_of, account_id)
    async with house.vault.lock(service_of(account)):
        known = house.connectors.get(account_id)
        if known is None:
            known = house.connectors[account_id] = await _connect(house, account, own_id)
        return known


async def forget_connector(house: House, account_id: int) -> None:
    """Let go of an account's line and of what is remembered of its secrets: the next use asks the keyring again."""
    known = house.connectors.pop(account_id, None)
    account, _ = await house.read(_record_of, account_id)
    house.vault.forget(service_of(account))
    if known is not None:
        await known.aclose()


async def refused_again(house: House, account_id: int) -> bool:
    """After a platform refused the credential: whether the same secret still stands in the keyring.

    False where the keyring holds another one by now, or where the line was given up meanwhile because a new secret
    came in: then the act may be tried once more with a new connector.
    """
    if account_id not in house.connectors:
        return False
    account, _ = await house.read(_record_of, account_id)
    slot = _slot(account)
    before = await _secret(house, account, slot) if slot else None
    await forget_connector(house, account_id)
    after = await _secret(house, account, slot) if slot else None
    return before is None or after is None or before.reveal() == after.reveal()


async def test(house: House, actor: Actor, account_id: int) -> Tested:
    """Whether the keyring, the credential, its powers and the clocks are right: one line for each.

    Remembers who the platform says we are: our own replies are matched by that id alone.
    """
    if not actor.person.may(Permission.ACTIVATE):
        need(actor, Permission.ACCOUNTS)
    account, own_id = await house.read(_record_of, account_id)
    await forget_connector(house, account_id)
    lines: list[Line] = []
    try:
        line = await connector(house, account_id)
        lines.append((True, _kept(account)))
        lines += await _probe(house, actor, account, own_id, line)
    except Refused as refusal:
        lines.append((False, joined((refusal.sentence, refusal.cure))))
    except PlatformError as error:
        lines.append((False, sentence_of(error)))
    return Tested(all(held for held, _ in lines), tuple(lines))


def refused_by_vault(error: VaultUnavailable) -> Refused:
    """A keyring that cannot be used, as a refusal."""
    return Refused(Code.VAULT, error.reason, error.cure)


def _record_of(look: Look, account_id: int) -> tuple[Account, str]:
    return store.get(look.conn, account_id), store.own_author(look.conn, account_id)[0]


def _slot(account: Account) -> str:
    """The slot of the secret that this platform's connector works with, "" where it needs none."""
    kind = platforms.PLATFORMS.get(account.platform)
    return kind.needs_secret[0] if kind is not None and kind.needs_secret else ""


async def _connect(house: House, account: Account, own_id: str) -> Connector:
    if account.platform not in platforms.PLATFORMS:
        raise Refused(
            Code.BAD,
            words("{name} is on a platform that this desk does not know.", name=account.name),
            words("Update moderator."),
        )
    if account.status is Status.RETIRED:
        raise Refused(Code.WRONG_STATE, words("{name} is retired.", name=account.name), words("Open a new account."))
    slot = _slot(account)
    return platforms.connect(
        account.platform,
        account_id=account.id,
        url=account.url,
        login_id=account.login_id,
        settings=account.settings,
        secret=await _secret(house, account, slot) if slot else None,
        own_author_id=own_id,
        timeout=house.config.times.request,
    )


async def _secret(house: House, account: Account, slot: str) -> Secret:
    """The secret on record. Refuses where the keyring has none, or another one than was set through the desk."""
    ref = next((ref for ref in account.secrets if ref.slot == slot), None)
    if ref is None:
        raise _lacking(account, slot)
    try:
        found = await house.vault.get(ref.service, ref.user)
        key = await house.vault.fingerprint_key()
    except VaultUnavailable as error:
        raise refused_by_vault(error) from None
    if found is None:
        raise _lacking(account, slot)
    _need_same(account, ref, vault.fingerprint(key, found))
    return found


def _need_same(account: Account, ref: SecretRef, mark: str) -> None:
    if mark != ref.fingerprint:
        raise Refused(
            Code.VAULT,
            words(
                "The {slot} of {name} in the keyring is not the one on record ({fingerprint}).",
                slot=ref.slot,
                name=account.name,
                fingerprint=ref.fingerprint,
            ),
            words("A custodian sets it again: moderator account secret. Find out who changed the keyring."),
        )


def _lacking(account: Account, slot: str) -> Refused:
    return Refused(
        Code.VAULT,
        words("The keyring holds no {slot} for {name}.", slot=slot, name=account.name),
        words("A custodian sets it: moderator account secret."),
    )


async def _probe(house: House, actor: Actor, account: Account, own_id: str, line: Connector) -> Iterable[Line]:
    began = house.clock.now()
    who = await line.probe()
    lines = [_identity(own_id, who), *_powers(who.capabilities), *_credential(who)]
    lines += _skew(who, began, house.clock.now())
    if all(held for held, _ in lines):
        await house.write(_remember, actor, account.id, who)
    return lines


def _kept(account: Account) -> str:
    slot = _slot(account)
    if not slot:
        return words("This platform needs no secret.")
    mark = next(ref.fingerprint for ref in account.secrets if ref.slot == slot)
    return words("The keyring gives the {slot}, and it is the one on record ({mark}).", slot=slot, mark=mark)


def _identity(own_id: str, who: Identity) -> Line:
    name = text.clip(text.one_line(text.clean(who.name).text), 60)
    roles = ", ".join(text.clip(text.one_line(text.clean(role).text), 30) for role in who.roles)
    told = {"name": name, "id": text.clip(text.one_line(who.remote_id), 60), "roles": roles or words("no role named")}
    if own_id and own_id != who.remote_id:
        return False, words(
            "The platform knows this credential as “{name}” (id {id}; {roles}), but this account was somebody else "
            "before (id {before}).",
            before=text.one_line(own_id)[:60],
            **told,
        )
    return bool(who.remote_id), words("The platform knows this credential as “{name}” (id {id}; {roles}).", **told)


def _powers(can: Capabilities) -> list[Line]:
    """What the credential may do. An account that can only listen is no fault: the screen says what it cannot."""
    powers = {"hide": can.hide, "restore": can.restore, "reply": can.reply}
    may = joined([named(power) for power, able in powers.items() if able], ", ")
    lacks = joined([named(power) for power, able in powers.items() if not able], ", ")
    lines: list[Line] = [(True, words("It may {may}.", may=may))] if may else []
    if lacks:
        lines.append((True, words("It may not {lacks}: the screen says so on every item.", lacks=lacks)))
    if can.tested != "live":
        lines.append(
            (
                True,
                words(
                    "This platform's connector was tested by {tested} only, never against the real one.",
                    tested=can.tested,
                ),
            )
        )
    return lines


def _credential(who: Identity) -> list[Line]:
    told = [
        f"{text.one_line(name)[:30].replace('_', ' ')} {text.clip(text.one_line(text.clean(value).text), 60)}"
        for name, value in sorted(who.credential.items())
        if name != "server_time"
    ]
    return [(True, words("The platform says of the credential: {told}.", told="; ".join(told)))] if told else []


def _skew(who: Identity, began: datetime, ended: datetime) -> list[Line]:
    """How far the platform's clock is from ours, where it tells its time."""
    try:
        theirs = datetime.fromisoformat(who.credential.get("server_time", ""))
        gap = max(theirs - ended, began - theirs, timedelta(0))
    except (ValueError, TypeError):
        return []
    held = gap <= SKEW_MAX
    seconds = round(gap.total_seconds())
    sentence = counted(
        "The clocks here and there differ by {n} s.", "The clocks here and there differ by {n} s.", seconds
    )
    cure = words("Set this server's clock: the order of the record rests on it.")
    return [(held, sentence if held else joined((sentence, cure)))]


def _remember(room: Room, actor: Actor, account_id: int, who: Identity) -> None:
    """Who we are there. Recorded only where it is news; a tested account may send again."""
    polls.ensure(room.tx, account_id)
    polls.resume(room.tx, account_id)
    room.tx.announce("account", account_id)
    if store.own_author(room.conn, account_id)[0] == who.remote_id:
        return
    name = " ".join(text.clean(who.name).text.split())[:200]
    room.tx.change("account", account_id, own_author_id=who.remote_id, own_author_name=name)
    room.tx.record("account.identity", actor=actor.person.id, session=actor.session, account=account_id)
