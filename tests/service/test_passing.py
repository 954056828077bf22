"""Exposure, codes, glosses and passing on, over the real interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderator.domain import asks
from moderator.domain.errors import Code, Refused
from tests.service.test_desk import free_item, refusal

Make = Callable[..., Any]

pytestmark = pytest.mark.e2e


@pytest.mark.req("B13", "H11", "H16")
def test_what_one_officer_does_around_an_item(desk: Make) -> None:
    process = desk(private=True, practice=True).start()
    client = process.client()
    with client.stream():
        number = free_item(client)
        assert client.exposure().today == 0
        client.act(number, "reveal")
        assert (client.exposure().today, client.exposure().week[-1]) == (1, 1)
        assert refusal(lambda: client.media_address("BBBB")).code in (Code.BAD, Code.NOT_FOUND)
        for link in client.detail(number).links:
            assert client.media_address(link.code).url.startswith("http")
        assert refusal(lambda: client.act(number, "assign", asks.Assign("bob"))).code is Code.NEEDS_SECOND
        client.act(number, "cannot_read", asks.CannotRead("brx"))
        assert client.detail(number).needs_gloss
        unread = refusal(lambda: client.act(number, "hide", asks.Hide(1, "A1", start=0, end=1)))
        assert "unread" in unread.sentence
        client.act(number, "gloss", asks.Gloss("Asks when the camp opens.", "brx"))
        detail = client.detail(number)
        assert (detail.needs_gloss, detail.glosses[0].text) == (False, "Asks when the camp opens.")
        assert client.verify_trail()["ok"]


@pytest.mark.req("B13")
def test_the_interface_has_no_way_to_ask_for_anybody_else(desk: Make) -> None:
    client = desk(private=True).start().client()
    with pytest.raises(Refused):
        client._get("/exposure/1", dict)
    mine = client._get("/exposure?person=1", dict)
    assert mine == client._get("/exposure", dict)
