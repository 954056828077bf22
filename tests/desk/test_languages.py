"""What the desk says can be said in each officer's language; what it keeps is English, and the trail holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moderator import locale
from moderator.desk import accounts, reading, status, work
from moderator.domain import asks
from moderator.domain.errors import Refused
from moderator.domain.person import Actor
from moderator.domain.wording import Words
from moderator.platforms.base import AuthRevoked
from moderator.service import answers
from tests.desk.conftest import ABUSE, Desk, raising

pytestmark = pytest.mark.req("L1", "L6")

HIDE = asks.Hide(1, "A1")


async def test_an_answer_and_a_refusal_are_said_in_the_language_of_who_asks(
    desk: Desk, officer: Actor, other: Actor, pseudo: str
) -> None:
    item_id = await desk.comment(ABUSE)
    done = await desk.house.write(work.hide, officer, item_id, HIDE)
    assert str(done.sentence).startswith(f"Saved: item {item_id} will be hidden.")
    said = answers.encode(done, pseudo).decode()
    assert "⟦Saved: item" in said
    assert "⟦will be hidden" in said, "a part of a sentence is said too"
    refused = await desk.refused(work.hide, other, item_id, HIDE)
    told = answers.refusal(refused).body.decode()
    assert "⟦" not in told, "the control: who asks for nothing is answered in English"
    assert "⟦" in locale.said(refused.sentence)
    assert "⟦" in locale.said(refused.cure)


async def test_every_sentence_of_an_item_is_said(desk: Desk, officer: Actor, pseudo: str) -> None:
    """Why it is here, what the rules found, what hiding means: none of it stays behind in English."""
    item_id = await desk.comment(ABUSE)
    detail = await desk.detail(officer, item_id)
    assert detail.findings
    sentences = [detail.why, detail.powers.hide_means, *(one.why for one in detail.findings)]
    for sentence in filter(None, sentences):
        assert isinstance(sentence, Words), sentence
        assert locale.translated(sentence, pseudo).startswith("⟦")


async def test_why_an_effect_stands_where_it_stands_is_said_after_it_was_stored(
    desk: Desk, officer: Actor, pseudo: str
) -> None:
    desk.platform.faults = [raising(ValueError("a fault of ours"))]
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(15)
    await desk.turn()
    (effect,) = await desk.house.read(reading.effects, officer)
    assert effect.reason == "Sent, but what came of it is not known."
    assert locale.said(effect.reason).startswith("⟦Sent, but")
    (stored,) = await desk.effects(item_id)
    assert stored["reason"].startswith("Sent, but what came of it is not known."), "the record reads as English"
    await desk.sound()


async def test_the_words_of_an_account_that_is_paused_are_said(desk: Desk, officer: Actor, pseudo: str) -> None:
    desk.platform.faults = [raising(AuthRevoked("The platform took the credential back."))] * 3
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.hide, officer, item_id, HIDE)
    desk.clock.pass_(15)
    await desk.turn()
    health = (await desk.house.read(status.status, officer)).accounts[0]
    assert "Sending is paused until the secret is set anew." in health.sentence
    assert "⟦Sending is paused until the secret is set anew." in locale.said(health.sentence)


async def test_a_permission_that_lacks_is_named(desk: Desk, officer: Actor, pseudo: str) -> None:
    with pytest.raises(Refused) as caught:
        await desk.house.write(accounts.activate, officer, 1, asks.Because("order 1"))
    said = locale.said(caught.value.sentence)
    assert said.startswith("⟦")
    assert officer.person.name in said


async def test_a_remark_that_the_desk_writes_is_said_around_the_persons_own_words(
    desk: Desk, officer: Actor, other: Actor, pseudo: str
) -> None:
    item_id = await desk.comment(ABUSE)
    await desk.house.write(work.claim, officer, item_id, asks.Nothing())
    until = desk.clock.now() + timedelta(hours=1)
    await desk.house.write(work.snooze, officer, item_id, asks.Snooze(until, "Waiting for the office."))
    (note,) = (await desk.detail(officer, item_id)).notes
    assert note.text == "Snoozed: Waiting for the office."
    assert locale.said(note.text).startswith("⟦Snoozed: Waiting for the office.")
    await desk.sound()
