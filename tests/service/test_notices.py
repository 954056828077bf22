"""A notice for one person reaches that person's streams and no others."""

from __future__ import annotations

import pytest

from moderator.domain.wording import words
from moderator.service.hub import Hub, Pending, Subscriber, Telling
from tests.service.test_hub import make, told

SAID = words("{person} gave you item {item}.", person="rita", item=7)


@pytest.mark.req("H11")
async def test_only_the_person_meant_is_told() -> None:
    hub: Hub = make()
    meant, other = Subscriber("babul", 1000, 8), Subscriber("anil", 1001, 8)
    hub.join(meant)
    hub.join(other)
    hub.publish([Telling("notice", None, "babul", {"sentence": SAID}), Telling("queue", {"ids": [7]})])
    assert b"rita gave you item 7." in await told(meant)
    seen = await told(other)
    assert b"rita" not in seen
    assert b"event: notice" not in seen
    assert b"event: queue" in seen


@pytest.mark.req("H11")
async def test_control_a_notice_for_all_reaches_all() -> None:
    hub: Hub = make()
    other = Subscriber("anil", 1001, 8)
    hub.join(other)
    hub.publish([Telling("notice", {"sentence": SAID})])
    assert b"rita gave you item 7." in await told(other)


def test_a_commit_keeps_them_apart() -> None:
    pending = Pending()
    pending.add([("notice_for", ("babul", SAID)), ("notice", "All.")])
    assert (pending.personal, pending.notices) == ([("babul", SAID)], ["All."])
