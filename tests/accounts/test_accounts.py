"""Accounts: who may do what to them, how a secret comes in, and that it comes out nowhere."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from moderator.desk import accounts
from moderator.desk.house import House
from moderator.desk.room import Look, Room
from moderator.domain.asks import Because, NewAccount, SetSecret
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor, Role
from moderator.domain.view import AccountView
from moderator.domain.wire import encode
from moderator.platforms.base import Identity, Outage
from moderator.store import trail

CANARY = "s3cr3t-CANARY-of-an-account"
RECORD = NewAccount(
    platform="wordpress", name="wp consult", url="https://consult.agency.example", login_id="duty", custodians=("cora",)
)
BECAUSE = Because("the order says so")


class Desk:
    """What the tests do over and over."""

    def __init__(self, house: House, lead: Actor, cora: Actor, mona: Actor) -> None:
        self.house, self.lead, self.cora, self.mona = house, lead, cora, mona

    async def add(self, **changes: Any) -> int:
        done = await self.house.write(accounts.add, self.lead, dataclasses.replace(RECORD, **changes))
        return done.row_id

    async def secret(self, account_id: int, value: str = "good-secret", actor: Actor | None = None) -> str:
        ask = SetSecret("app_password", value)
        return (await accounts.set_secret(self.house, actor or self.cora, account_id, ask)).sentence

    async def active(self) -> int:
        account_id = await self.add()
        await self.secret(account_id)
        await self.house.write(accounts.activate, self.lead, account_id, BECAUSE)
        return account_id

    async def view(self, account_id: int) -> AccountView:
        found = await self.house.read(accounts.list_accounts, self.lead)
        return next(view for view in found if view.id == account_id)

    async def kinds(self) -> list[str]:
        return await self.house.read(lambda look: [r["kind"] for r in look.conn.execute("SELECT kind FROM event")])


@pytest.fixture
async def desk(house: House, staff: Any) -> Desk:
    lead = await staff.hire("lena", Role.LEAD)
    cora = await staff.hire("cora", Role.CUSTODIAN)
    mona = await staff.hire("mona", Role.MODERATOR)
    return Desk(house, lead, cora, mona)


@pytest.mark.req("A3")
async def test_the_desk_says_which_secrets_a_platform_needs(desk: Desk) -> None:
    account_id = await desk.add()
    assert (await desk.view(account_id)).needs == ("app_password",)
    found = await desk.house.read(accounts.list_platforms, desk.mona)
    assert {kind.name: kind.needs for kind in found} == {"wordpress": ("app_password",), "import": (), "practice": ()}


class TestLife:
    """Planned, active, frozen, retired: each step by the right person only."""

    @pytest.mark.req("A6", "A7", "A3")
    async def test_a_whole_life(self, desk: Desk, drawer: Any) -> None:
        account_id = await desk.add()
        assert (await desk.view(account_id)).status == "planned"
        await desk.secret(account_id)
        await desk.house.write(accounts.activate, desk.lead, account_id, BECAUSE)
        await desk.house.write(accounts.freeze, desk.mona, account_id, BECAUSE)
        assert (await desk.view(account_id)).status == "frozen"
        await desk.house.write(accounts.thaw, desk.cora, account_id, BECAUSE)
        await desk.house.write(accounts.retire, desk.lead, account_id, BECAUSE)
        assert (await desk.view(account_id)).status == "retired"
        kept = [key for key in drawer.kept if key[0] == f"moderator/wordpress/{account_id}"]
        assert kept, "the secret is there until the service clears it"
        assert await accounts.clear_retired(desk.house) == 1
        assert await accounts.clear_retired(desk.house) == 0
        assert not [key for key in drawer.kept if key[0] == f"moderator/wordpress/{account_id}"]
        kinds = await desk.kinds()
        assert [kind for kind in kinds if kind.startswith(("account", "credential"))] == [
            "account.add", "credential.set", "account.activate", "account.freeze", "account.thaw", "account.retire",
            "credential.drop",
        ]  # fmt: skip
        assert await desk.house.read(lambda look: trail.verify(look.conn)) is None

    @pytest.mark.req("A7", "H12")
    @pytest.mark.parametrize(
        ("act", "allowed"),
        [
            (accounts.add, {"lead", "cora"}),
            (accounts.activate, {"lead"}),
            (accounts.freeze, {"lead", "cora", "mona"}),
            (accounts.thaw, {"cora"}),
            (accounts.retire, {"lead", "cora"}),
        ],
    )
    @pytest.mark.parametrize("who", ["lead", "cora", "mona", "carl", "aud"])
    async def test_who_may(self, act: Any, allowed: set[str], who: str, desk: Desk, staff: Any) -> None:
        """Carl is a custodian of other accounts; the auditor only reads."""
        if who == "carl":
            actor = await staff.hire("carl", Role.CUSTODIAN)
            allowed = allowed | {"carl"} if act in (accounts.add, accounts.freeze) else allowed
        elif who == "aud":
            actor = await staff.hire("aud", Role.AUDITOR)
        else:
            actor = getattr(desk, who)
        account_id = await desk.add()
        await desk.secret(account_id)
        if act in (accounts.freeze, accounts.thaw):
            await desk.house.write(accounts.activate, desk.lead, account_id, BECAUSE)
        if act is accounts.thaw:
            await desk.house.write(accounts.freeze, desk.mona, account_id, BECAUSE)
        if act is accounts.add:
            going = desk.house.write(act, actor, dataclasses.replace(RECORD, name="another"))
        else:
            going = desk.house.write(act, actor, account_id, BECAUSE)
        if who in allowed:
            assert (await going).seq > 0
            return
        with pytest.raises(Refused) as caught:
            await going
        assert caught.value.code is Code.NOT_ALLOWED

    async def test_an_account_without_its_secret_is_not_activated(self, desk: Desk) -> None:
        account_id = await desk.add()
        with pytest.raises(Refused, match="lacks app_password"):
            await desk.house.write(accounts.activate, desk.lead, account_id, BECAUSE)
        await desk.secret(account_id)
        assert (await desk.house.write(accounts.activate, desk.lead, account_id, BECAUSE)).state == "active"

    @pytest.mark.parametrize("act", [accounts.freeze, accounts.thaw, accounts.retire])
    async def test_reasons_are_asked_for(self, act: Any, desk: Desk) -> None:
        account_id = await desk.active()
        if act is accounts.thaw:
            await desk.house.write(accounts.freeze, desk.mona, account_id, BECAUSE)
        with pytest.raises(Refused, match="needs a reason"):
            await desk.house.write(act, desk.cora, account_id, Because("  \n "))

    async def test_acts_out_of_order_are_refused(self, desk: Desk) -> None:
        account_id = await desk.add()
        for act in (accounts.freeze, accounts.thaw):
            with pytest.raises(Refused) as caught:
                await desk.house.write(act, desk.cora, account_id, BECAUSE)
            assert caught.value.code is Code.WRONG_STATE
        with pytest.raises(Refused) as missing:
            await desk.house.write(accounts.freeze, desk.mona, 99, BECAUSE)
        assert missing.value.code is Code.NOT_FOUND

    async def test_an_account_with_acts_on_their_way_is_not_retired(self, desk: Desk) -> None:
        account_id = await desk.active()
        await desk.house.write(_waiting_effect, account_id)
        with pytest.raises(Refused, match="still on its way"):
            await desk.house.write(accounts.retire, desk.lead, account_id, BECAUSE)

    async def test_on_a_private_desk_the_owner_does_it_all(self, house: House, staff: Any) -> None:
        owner = await staff.hire("olga", *Role, alone=True)
        done = await house.write(accounts.add, owner, dataclasses.replace(RECORD, custodians=()))
        await accounts.set_secret(house, owner, done.row_id, SetSecret("app_password", "good-secret"))
        await house.write(accounts.activate, owner, done.row_id, BECAUSE)
        await house.write(accounts.freeze, owner, done.row_id, BECAUSE)
        assert (await house.write(accounts.thaw, owner, done.row_id, BECAUSE)).state == "active"

    async def test_a_name_is_taken_for_ever(self, desk: Desk) -> None:
        account_id = await desk.add()
        await desk.house.write(accounts.retire, desk.lead, account_id, BECAUSE)
        with pytest.raises(Refused, match="already"):
            await desk.add(name="WP Consult")


def _waiting_effect(room: Room, account_id: int) -> None:
    from moderator.store import outbox

    conftest_item = room.tx.insert(
        "item",
        {
            "account_id": account_id, "remote_id": "r", "post_id": None, "parent_remote_id": "", "author_key": "",
            "author_remote_id": "", "kind": "comment", "permalink": "", "state": "committing", "visibility": "public",
            "lane": 5, "comment_version": 1, "revision": "", "version": 1, "resting": "new", "level": 0, "cause": "",
            "disposition": "hidden", "reopened": 0, "due_first": None, "snoozed_until": None, "opened_at": None,
            "captured_at": room.tx.at, "captured_local": room.tx.local, "commented_at": room.tx.at, "retention": "",
        },
    )  # fmt: skip
    outbox.insert(
        room.tx, key="k", decision_id=None, item_id=conftest_item, account_id=account_id, target="t", op="hide",
        payload="", state="parked", window_ms=0,
    )  # fmt: skip
    room.tx.record("test")


def shown(error: BaseException) -> list[str]:
    """What a crash report with locals says about an error, and about every error behind it, in the product's frames."""
    found = [str(error), repr(error)]
    behind: list[BaseException] = [error]
    while behind:
        one = behind.pop()
        behind += [other for other in (one.__cause__, one.__context__) if other is not None]
        stack = traceback.StackSummary.extract(traceback.walk_tb(one.__traceback__), capture_locals=True)
        found += [str(frame.locals) for frame in stack if frame.filename != __file__]
    return found


class TestSecrets:
    """In by one door, out by none."""

    @pytest.mark.req("A3")
    async def test_it_is_kept_noted_and_fingerprinted(self, desk: Desk, drawer: Any) -> None:
        account_id = await desk.add()
        sentence = await desk.secret(account_id, CANARY)
        service = f"moderator/wordpress/{account_id}"
        assert drawer.kept[(service, "app_password")] == CANARY
        view = await desk.view(account_id)
        (noted,) = view.secrets
        assert noted["set_by"] == "cora"
        assert noted["kept_in"] == f"{service} app_password"
        assert noted["fingerprint"] in sentence
        assert view.rotated_at is not None
        await desk.secret(account_id, CANARY + "2")
        assert (await desk.view(account_id)).secrets[0]["fingerprint"] != noted["fingerprint"]

    @pytest.mark.req("A3", "Z16")
    async def test_it_stands_nowhere_but_in_the_keyring(
        self,
        desk: Desk,
        drawer: Any,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """One canary through every way in, then looked for in files, answers, logs, and what errors show."""
        caplog.set_level(logging.DEBUG)
        account_id = await desk.add()
        told = [await desk.secret(account_id, CANARY)]
        told.append(str(encode(await accounts.test(desk.house, desk.cora, account_id))))
        drawer.broken = True
        for value in (CANARY, CANARY + "\n", ""):
            with pytest.raises(Refused) as caught:
                await desk.secret(account_id, value)
            told += shown(caught.value)
            told += [str(caught.value.facts), repr(caught.value)]
        with pytest.raises(Refused) as mail:
            await accounts.set_mail_secret(desk.house, desk.cora, SetSecret("password", CANARY))
        told += shown(mail.value)
        drawer.broken = False
        await accounts.set_mail_secret(desk.house, desk.cora, SetSecret("password", CANARY))
        told += [str(encode(await desk.house.read(accounts.list_accounts, desk.lead))), repr(desk.house.vault._known)]
        told += [caplog.text, *capfd.readouterr()]
        await desk.house.checkpoint()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name == "desk.db" for path in files)
        assert not [path for path in files if CANARY.encode() in path.read_bytes()]
        assert not [text for text in told if CANARY in text]
        assert CANARY in drawer.kept.values(), "the control: it went in"

    def test_control_the_database_would_show_it(self, tmp_path: Path) -> None:
        """The same search finds a canary that does stand in a file."""
        (tmp_path / "desk.db").write_bytes(b"xx" + CANARY.encode())
        assert [path for path in tmp_path.rglob("*") if CANARY.encode() in path.read_bytes()]

    @pytest.mark.parametrize("value", ["", " x", "x ", "x\n", "x\r", "a\x00b", "a\nb", "x" * 20_000])
    async def test_a_wrongly_pasted_secret_is_refused(self, value: str, desk: Desk, drawer: Any) -> None:
        account_id = await desk.add()
        with pytest.raises(Refused, match="Paste it again"):
            await desk.secret(account_id, value)
        assert drawer.kept == {}

    async def test_words_with_spaces_inside_pass(self, desk: Desk, drawer: Any) -> None:
        """WordPress shows its application passwords in groups."""
        account_id = await desk.add()
        await desk.secret(account_id, "abcd EFGH 1234")
        assert "abcd EFGH 1234" in drawer.kept.values()

    @pytest.mark.req("A2")
    async def test_only_the_accounts_own_custodian_sets_it(self, desk: Desk, staff: Any) -> None:
        account_id = await desk.add()
        carl = await staff.hire("carl", Role.CUSTODIAN)
        for actor in (carl, desk.mona, desk.lead):
            with pytest.raises(Refused) as caught:
                await desk.secret(account_id, "x", actor)
            assert caught.value.code is Code.NOT_ALLOWED

    async def test_an_unknown_slot_is_refused(self, desk: Desk) -> None:
        account_id = await desk.add()
        with pytest.raises(Refused, match="It needs: app_password"):
            await accounts.set_secret(desk.house, desk.cora, account_id, SetSecret("pasword", "x"))
        imported = await desk.add(platform="import", name="file", url="")
        with pytest.raises(Refused, match="needs none"):
            await accounts.set_secret(desk.house, desk.cora, imported, SetSecret("app_password", "x"))

    @pytest.mark.req("F24")
    async def test_without_a_keyring_nothing_is_noted(self, desk: Desk, drawer: Any) -> None:
        account_id = await desk.add()
        drawer.broken = True
        with pytest.raises(Refused) as caught:
            await desk.secret(account_id)
        assert caught.value.code is Code.VAULT
        assert caught.value.cure
        assert (await desk.view(account_id)).secrets == ()

    async def test_the_mail_password_has_its_own_place(self, desk: Desk, drawer: Any) -> None:
        assert await accounts.mail_password(desk.house) is None
        await accounts.set_mail_secret(desk.house, desk.cora, SetSecret("password", "mail-secret"))
        assert drawer.kept[("moderator/mail", "password")] == "mail-secret"
        found = await accounts.mail_password(desk.house)
        assert found is not None
        assert found.reveal() == "mail-secret"
        with pytest.raises(Refused, match="no secret called"):
            await accounts.set_mail_secret(desk.house, desk.cora, SetSecret("token", "x"))
        with pytest.raises(Refused) as caught:
            await accounts.set_mail_secret(desk.house, desk.mona, SetSecret("password", "x"))
        assert caught.value.code is Code.NOT_ALLOWED


class TestLines:
    """One connector for each account, made with the secret on record."""

    async def test_it_is_made_once(self, desk: Desk) -> None:
        account_id = await desk.active()
        first, second = await asyncio.gather(
            accounts.connector(desk.house, account_id), accounts.connector(desk.house, account_id)
        )
        assert first is second

    async def test_a_new_secret_makes_a_new_line(self, desk: Desk) -> None:
        account_id = await desk.active()
        first: Any = await accounts.connector(desk.house, account_id)
        await desk.secret(account_id, "another")
        assert first.closed
        second: Any = await accounts.connector(desk.house, account_id)
        assert second._secret.reveal() == "another"

    @pytest.mark.parametrize("lack", ["never set", "gone", "changed", "locked"])
    async def test_without_the_secret_on_record_there_is_no_line(self, lack: str, desk: Desk, drawer: Any) -> None:
        account_id = await desk.add()
        place = (f"moderator/wordpress/{account_id}", "app_password")
        if lack != "never set":
            await desk.secret(account_id)
            desk.house.vault.forget(place[0])
        if lack == "gone":
            del drawer.kept[place]
        if lack == "changed":
            drawer.kept[place] = "somebody else's"
        drawer.broken = lack == "locked"
        with pytest.raises(Refused) as caught:
            await accounts.connector(desk.house, account_id)
        assert caught.value.code is Code.VAULT
        assert "somebody" not in str(caught.value)

    async def test_a_retired_account_has_no_line(self, desk: Desk) -> None:
        account_id = await desk.active()
        await desk.house.write(accounts.retire, desk.lead, account_id, BECAUSE)
        await accounts.clear_retired(desk.house)
        with pytest.raises(Refused, match="retired"):
            await accounts.connector(desk.house, account_id)

    @pytest.mark.req("F5")
    @pytest.mark.parametrize("rotated", ["no", "past the desk", "through the desk"])
    async def test_after_a_refusal_the_keyring_is_asked_once_more(self, rotated: str, desk: Desk, drawer: Any) -> None:
        """The same secret is refused for good; one that came in through the desk meanwhile is tried."""
        account_id = await desk.active()
        line: Any = await accounts.connector(desk.house, account_id)
        reads = drawer.read
        if rotated == "through the desk":
            await desk.secret(account_id, "new")
            assert await accounts.refused_again(desk.house, account_id) is False
        elif rotated == "past the desk":
            drawer.kept[(f"moderator/wordpress/{account_id}", "app_password")] = "other"
            with pytest.raises(Refused, match="not the one on record"):
                await accounts.refused_again(desk.house, account_id)
        else:
            assert await accounts.refused_again(desk.house, account_id) is True
        assert line.closed
        assert drawer.read > reads


class TestTesting:
    """`account test` says what holds and what does not, and learns who we are."""

    async def test_a_good_account(self, desk: Desk) -> None:
        account_id = await desk.active()
        tested = await accounts.test(desk.house, desk.cora, account_id)
        assert tested.ok, tested.lines
        told = " ".join(sentence for _, sentence in tested.lines)
        for word in ("on record", "“Duty desk”", "editor", "hide, restore, reply", "name desk"):
            assert word in told
        again: Any = await _fresh(desk, account_id)
        assert again.own_author_id == "7", "our own replies are matched by this id"

    @pytest.mark.parametrize("fault", ["no secret", "refused", "down", "somebody else"])
    async def test_a_bad_account(self, fault: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        account_id = await desk.add()
        if fault != "no secret":
            await desk.secret(account_id, "wrong" if fault == "refused" else "good-secret")
        if fault == "somebody else":
            await accounts.test(desk.house, desk.cora, account_id)
        line: Any = type(await accounts.connector(desk.house, account_id)) if fault != "no secret" else None
        if fault == "down":
            monkeypatch.setattr(line, "error", Outage("The site does not answer."))
        if fault == "somebody else":
            monkeypatch.setattr(line, "who", Identity("8", "Mallory \x1b[2J", ("subscriber",)))
        tested = await accounts.test(desk.house, desk.lead, account_id)
        assert not tested.ok
        assert not any("\x1b" in sentence for _, sentence in tested.lines)
        own = await desk.house.read(_own, account_id)
        assert own == ("7" if fault == "somebody else" else "")

    @pytest.mark.req("X4")
    @pytest.mark.parametrize(("ahead_s", "ok"), [(0, True), (20, True), (300, False), (-300, False)])
    async def test_clocks_far_apart_are_a_fault(
        self, ahead_s: int, ok: bool, desk: Desk, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from datetime import timedelta

        account_id = await desk.active()
        line: Any = type(await accounts.connector(desk.house, account_id))
        told = {"server_time": (clock.now() + timedelta(seconds=ahead_s)).isoformat()}
        monkeypatch.setattr(line, "who", dataclasses.replace(line.who, credential=told))
        assert (await accounts.test(desk.house, desk.cora, account_id)).ok is ok

    async def test_a_moderator_may_not(self, desk: Desk) -> None:
        account_id = await desk.active()
        with pytest.raises(Refused) as caught:
            await accounts.test(desk.house, desk.mona, account_id)
        assert caught.value.code is Code.NOT_ALLOWED


async def _fresh(desk: Desk, account_id: int) -> Any:
    await accounts.forget_connector(desk.house, account_id)
    return await accounts.connector(desk.house, account_id)


def _own(look: Look, account_id: int) -> str:
    row = look.conn.execute("SELECT own_author_id FROM account WHERE id = ?", (account_id,)).fetchone()
    return str(row["own_author_id"])


@pytest.mark.req("Z16")
async def test_the_trail_holds_codes_only(desk: Desk) -> None:
    """A canary in every free-text field of a record, and in every reason, stands in no event."""
    word = "zqcanaryqz"
    account_id = await desk.add(
        name=f"{word[:9]}", login_id=word, order_ref=word, mfa=word, recovery_location=word,
        registered_mail=f"{word}@agency.example", settings={"since": word},
    )  # fmt: skip
    await desk.secret(account_id)
    for act, actor in ((accounts.activate, desk.lead), (accounts.freeze, desk.mona), (accounts.retire, desk.lead)):
        await desk.house.write(act, actor, account_id, Because(word))
    bodies = await desk.house.read(lambda look: [row["body"] for row in look.conn.execute("SELECT body FROM event")])
    assert not [body for body in bodies if word[:9] in body]
    stored = await desk.house.read(lambda look: str([tuple(row) for row in look.conn.execute("SELECT * FROM account")]))
    assert word in stored, "the control: the words do stand in the record"
