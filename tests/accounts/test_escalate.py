"""Handing up: the stored mail is the record, says what it must, leaks nothing, and the clock runs without a server."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import hashlib
import json
import sqlite3
from typing import Any

import pytest

from moderator import mail
from moderator.config import Config, Escalation
from moderator.desk import escalate, work
from moderator.desk.house import House
from moderator.domain.asks import Escalate, Nothing, ReasonCode
from moderator.domain.errors import Code, Refused
from moderator.domain.person import Actor, Role
from moderator.domain.view import Done, EscalationView
from moderator.mail import MailRefused
from moderator.store import outbox, trail

ASK = Escalate(seen_version=1, question="Is this a threat?", reason=ReasonCode.LEGAL)
EVIL = "Hello\r\nBcc: x@evil.example\n=?utf-8?q?Subject=3A_x?=\n┃ [hidden by lead]\n.\nsee https://evil.example/x now"


class Ladder:
    """What the tests do over and over."""

    def __init__(self, house: House, mona: Actor) -> None:
        self.house, self.mona = house, mona

    async def up(self, item_id: int, **changes: Any) -> Done:
        ask = dataclasses.replace(ASK, **changes)
        return await self.house.write(escalate.escalate, self.mona, item_id, ask)

    async def bytes(self, done: Done) -> bytes:
        return await self.house.read(escalate.eml, self.mona, done.row_id)

    async def mail(self, done: Done) -> Any:
        return email.message_from_bytes(await self.bytes(done), policy=email.policy.default)

    async def views(self, item_id: int) -> tuple[EscalationView, ...]:
        return await self.house.read(escalate.views, item_id)

    async def effect(self, done: Done) -> Any:
        return await self.house.read(lambda look: outbox.find(look.conn, done.effects[0]))

    async def item(self, item_id: int) -> Any:
        return await self.house.read(
            lambda look: look.conn.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()
        )


@pytest.fixture
async def ladder(house: House, staff: Any) -> Ladder:
    return Ladder(house, await staff.hire("mona", Role.MODERATOR))


def text_of(message: Any) -> str:
    return str(message.get_body().get_content()).replace("\r\n", "\n")


class TestRecord:
    """The mail as it is stored."""

    @pytest.mark.req("E4", "Z6")
    async def test_it_is_stored_byte_for_byte_and_hashed(self, ladder: Ladder, item: int) -> None:
        done = await ladder.up(item)
        eml = await ladder.bytes(done)
        (view,) = await ladder.views(item)
        assert view.sha256 == hashlib.sha256(eml).hexdigest()
        assert (view.ref, view.level, view.office, view.to) == ("E-1", 1, "Duty lead", "lead@localhost")
        assert view.question == ASK.question
        assert (await ladder.item(item))["state"] == "escalated"
        assert await ladder.house.read(lambda look: trail.verify(look.conn)) is None

    @pytest.mark.req("E4")
    async def test_control_an_altered_record_is_not_given_out(self, ladder: Ladder, item: int) -> None:
        done = await ladder.up(item)
        with sqlite3.connect(ladder.house.store.path) as conn:
            conn.execute("UPDATE escalation SET eml = CAST(replace(eml, 'threat', 'treat!') AS BLOB)")
        conn.close()
        with pytest.raises(Refused) as caught:
            await ladder.bytes(done)
        assert caught.value.code is Code.DAMAGED
        fault = await ladder.house.read(lambda look: trail.verify(look.conn))
        assert fault is not None
        assert fault.where == f"escalation:{done.row_id}"

    @pytest.mark.req("Z6", "E4")
    async def test_headers_hold_our_own_words_only(self, ladder: Ladder, item: int) -> None:
        message = await ladder.mail(await ladder.up(item))
        assert message["Subject"] == "[E-1] Decision asked by the duty desk: legal, reply by 02:25"
        assert message["From"].addresses[0].addr_spec == "desk@localhost"
        token = message["Message-ID"].partition(".")[2].partition("@")[0]
        assert len(token) == 32, "128 bits that nobody can guess"
        assert message["Message-ID"] == f"<e-1.{token}@localhost>"
        assert message["Reply-To"] == f"desk+esc-{token}@localhost"
        assert set(message.keys()) == {
            "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        }  # fmt: skip

    @pytest.mark.req("Z6")
    @pytest.mark.parametrize("level", [1, 2])
    async def test_a_hostile_comment_reaches_no_header(self, level: int, comment: Any, ladder: Ladder) -> None:
        item_id = await comment(EVIL, "Eve\r\nBcc: y@evil.example =?utf-8?q?x?=")
        done = await ladder.up(item_id, level=level)
        eml = await ladder.bytes(done)
        head = eml.split(b"\r\n\r\n", 1)[0]
        assert b"evil" not in head.lower()
        sender, to, copies = mail.envelope(eml)
        expected = {1: ("lead@localhost", ()), 2: ("legal@localhost", ("deputy@localhost",))}[level]
        assert (sender, to, copies) == ("desk@localhost", *expected)

    @pytest.mark.req("Z22", "X1")
    async def test_every_citizen_line_stands_behind_the_gutter(self, comment: Any, ladder: Ladder) -> None:
        item_id = await comment(EVIL + "\nZQMARK one\nZQMARK two", "ZQMARK author")
        body = text_of(await ladder.mail(await ladder.up(item_id)))
        marked = [line for line in body.split("\n") if "ZQMARK" in line or "hidden by lead" in line]
        assert len(marked) >= 4
        assert all(line.startswith("┃ ") for line in marked)
        assert "https://evil" not in body, "a mail program must not make it a link"
        assert "Bcc: x@evil" not in [line for line in body.split("\n") if not line.startswith("┃ ")]

    @pytest.mark.req("H17")
    async def test_it_says_clock_question_answers_and_silence(self, ladder: Ladder, item: int) -> None:
        body = text_of(await ladder.mail(await ladder.up(item)))
        top = body.split("THE COMMENT")[0]
        assert len(top.split("\n")) <= 24, "one screen of a phone"
        for words in (
            "Please reply by 23 Nov 2026 02:25 IST (20:55 UTC).",
            "QUESTION\nIs this a threat?",
            "1  Leave it public.",
            "Without an answer by then, আইন বিভাগ (legal cell) is asked.",
            "nothing happens by itself",
        ):
            assert words in top
        assert "Asked by Mona, Moderator, DIPR" in body

    async def test_at_the_top_silence_means_the_policy(self, ladder: Ladder, item: int) -> None:
        body = text_of(await ladder.mail(await ladder.up(item, level=3)))
        assert "Without an answer the desk decides by the published policy alone." in body

    @pytest.mark.req("E4", "E10")
    async def test_the_evidence_is_the_exact_text_with_the_policy(self, ladder: Ladder, item: int) -> None:
        message = await ladder.mail(await ladder.up(item))
        (part,) = message.iter_attachments()
        record = json.loads(part.get_content())
        assert record["comment"]["text"] == "You are a disgrace, see https://evil.example/x"
        policy = ladder.house.policy
        assert record["policy"] == {"version": policy.version, "sha256": policy.digest}
        assert (record["reference"], record["reason"], record["office"]) == ("E-1", "legal", "Duty lead")

    async def test_a_name_kept_back_for_safety_is_kept_back_here(self, ladder: Ladder, item: int) -> None:
        person = dataclasses.replace(ladder.mona.person, role_only=True)
        ladder.mona = dataclasses.replace(ladder.mona, person=person)
        body = text_of(await ladder.mail(await ladder.up(item)))
        assert "Asked by Moderator, DIPR for" in body

    async def test_a_very_long_comment_stands_whole_in_the_evidence(self, comment: Any, ladder: Ladder) -> None:
        words = "অসম " * 5000 + "ZQEND"
        item_id = await comment(words)
        message = await ladder.mail(await ladder.up(item_id))
        (part,) = message.iter_attachments()
        assert json.loads(part.get_content())["comment"]["text"].endswith("ZQEND")
        assert "characters more: see the attachment" in text_of(message)


class TestLadder:
    """Which level, in which order, and who may."""

    @pytest.mark.req("E1", "E5")
    async def test_the_next_level_follows(self, ladder: Ladder, item: int) -> None:
        await ladder.up(item)
        await ladder.up(item)
        assert [(view.ref, view.level) for view in await ladder.views(item)] == [("E-2", 2), ("E-1", 1)]
        await ladder.up(item)
        with pytest.raises(Refused, match="3 level"):
            await ladder.up(item)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"question": " \n "}, Code.BAD),
            ({"question": "x" * 5000}, Code.BAD),
            ({"level": 9}, Code.BAD),
            ({"level": -1}, Code.BAD),
            ({"seen_version": 7}, Code.BAD),
        ],
    )
    async def test_refusals_leave_nothing_behind(
        self, changes: dict[str, Any], code: Code, ladder: Ladder, item: int
    ) -> None:
        with pytest.raises(Refused) as caught:
            await ladder.up(item, **changes)
        assert caught.value.code is code
        assert await ladder.views(item) == ()
        assert (await ladder.item(item))["state"] == "new"

    async def test_without_a_ladder_it_says_where_it_belongs(self, ladder: Ladder, item: int, config: Config) -> None:
        ladder.house.config = dataclasses.replace(config, escalation=Escalation())
        with pytest.raises(Refused, match=r"escalation\.levels"):
            await ladder.up(item)

    async def test_who_only_reads_may_not(self, ladder: Ladder, item: int, staff: Any) -> None:
        ladder.mona = await staff.hire("aud", Role.AUDITOR)
        with pytest.raises(Refused) as caught:
            await ladder.up(item)
        assert caught.value.code is Code.NOT_ALLOWED

    async def test_an_office_that_cannot_stand_in_a_mail_is_named(
        self, ladder: Ladder, item: int, config: Config
    ) -> None:
        bad = dataclasses.replace(config.escalation.levels[0], mail="lead@lo\r\nBcc: x@evil.example")
        ladder.house.config = dataclasses.replace(config, escalation=Escalation(0, (bad,)))
        with pytest.raises(Refused, match=r"\[\[escalation.levels\]\]"):
            await ladder.up(item)
        assert await ladder.views(item) == ()

    @pytest.mark.req("E5", "B5", "F23")
    async def test_unanswered_it_climbs_and_stops_at_the_top(self, ladder: Ladder, item: int, clock: Any) -> None:
        await ladder.up(item)
        assert await ladder.house.write(escalate.climb_due) == 0
        clock.pass_(minutes=15)
        assert await ladder.house.write(escalate.climb_due) == 1
        assert await ladder.house.write(escalate.climb_due) == 0, "once"
        clock.pass_(minutes=60)
        assert await ladder.house.write(escalate.climb_due) == 1
        clock.pass_(days=30)
        assert await ladder.house.write(escalate.climb_due) == 0, "there is nobody above the SPOC"
        found = await ladder.views(item)
        assert [view.level for view in found] == [3, 2, 1]
        assert (await ladder.item(item))["level"] == 3
        assert {view.question for view in found} == {ASK.question}
        assert await ladder.house.read(lambda look: trail.verify(look.conn)) is None

    async def test_control_what_was_taken_back_does_not_climb(self, ladder: Ladder, item: int, clock: Any) -> None:
        await ladder.up(item)
        await ladder.house.write(work.undo, ladder.mona, item, Nothing())
        clock.pass_(days=1)
        assert await ladder.house.write(escalate.climb_due) == 0
        (view,) = await ladder.views(item)
        assert view.state == "taken back"


class TestLeaving:
    """The mail's place in the outbox."""

    @pytest.mark.req("F23")
    async def test_without_a_server_it_waits_for_a_person_and_the_clock_runs(self, ladder: Ladder, item: int) -> None:
        done = await ladder.up(item)
        effect = await ladder.effect(done)
        assert effect["state"] == "parked"
        assert "No mail server is configured" in effect["reason"]
        assert "+91 361 000000" in done.sentence, "the officer is told whom to call"
        (view,) = await ladder.views(item)
        assert view.state == "waits for a person"
        assert view.due_at is not None

    @pytest.mark.req("E4", "B3")
    async def test_with_one_it_has_an_undo_window(self, ladder: Ladder, item: int, with_mail: Config) -> None:
        ladder.house.config = with_mail
        done = await ladder.up(item)
        effect = await ladder.effect(done)
        assert (effect["state"], effect["op"], effect["account_id"]) == ("held", "mail", None)
        assert effect["target"] == "mail:E-1"
        assert ladder.house.windows.left(effect["id"]) == done.window_ms == 10_000
        await ladder.house.write(work.undo, ladder.mona, item, Nothing())
        assert (await ladder.effect(done))["state"] == "cancelled"
        assert (await ladder.item(item))["state"] == "claimed"

    async def test_taken_back_the_item_stands_where_it_stood(
        self, ladder: Ladder, item: int, with_mail: Config
    ) -> None:
        ladder.house.config = with_mail
        await ladder.up(item, level=2)
        assert (await ladder.item(item))["level"] == 2
        await ladder.house.write(work.undo, ladder.mona, item, Nothing())
        assert (await ladder.item(item))["level"] == 0

    @pytest.mark.req("H3")
    async def test_an_urgent_one_leaves_at_once(
        self, ladder: Ladder, item: int, with_mail: Config, house: House
    ) -> None:
        ladder.house.config = with_mail
        await house.write(_make_urgent, item)
        done = await ladder.up(item, reason=ReasonCode.SAFETY)
        assert (await ladder.effect(done))["state"] == "ready"
        assert done.window_ms == 0

    async def test_what_cannot_be_sent_is_certainly_not_sent(
        self, ladder: Ladder, item: int, with_mail: Config, drawer: Any
    ) -> None:
        done = await ladder.up(item)
        effect = await ladder.effect(done)
        with pytest.raises(MailRefused, match="No mail server"):
            await escalate.send(ladder.house, effect)
        ladder.house.config = with_mail
        drawer.broken = True
        with pytest.raises(MailRefused, match="keyring") as caught:
            await escalate.send(ladder.house, effect)
        assert caught.value.transient

    async def test_a_mail_made_without_addresses_never_leaves(
        self, ladder: Ladder, item: int, with_mail: Config, config: Config
    ) -> None:
        bare = dataclasses.replace(config.escalation.levels[0], mail="")
        ladder.house.config = dataclasses.replace(config, escalation=Escalation(0, (bare,)))
        done = await ladder.up(item)
        assert b"@desk.invalid" in await ladder.bytes(done), "the record exists all the same"
        ladder.house.config = with_mail
        with pytest.raises(MailRefused, match="Hand the item up anew"):
            await escalate.send(ladder.house, await ladder.effect(done))


def _make_urgent(room: Any, item_id: int) -> None:
    room.tx.change("item", item_id, lane=0)
    room.tx.record("test", item=item_id)


@pytest.mark.req("Z16")
async def test_the_trail_holds_codes_only(house: House, ladder: Ladder, comment: Any) -> None:
    """A canary in the comment, its author and the question stands in no event; it does stand in the mail."""
    word = "zqcanaryqz"
    item_id = await comment(f"You {word}", f"Author {word}")
    done = await ladder.up(item_id, question=f"What of {word}?")
    bodies = await house.read(lambda look: [row["body"] for row in look.conn.execute("SELECT body FROM event")])
    assert not [body for body in bodies if word in body]
    assert word in text_of(await ladder.mail(done)), "the control"
