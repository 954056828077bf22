"""The practice desk: one synthetic account, ready at once, that reaches no network and no keyring."""

from __future__ import annotations

from typing import Final

from moderator.desk.room import Room
from moderator.domain.account import Status
from moderator.domain.asks import NewAccount
from moderator.store import accounts, polls

NAME: Final = "practice"


def ensure_account(room: Room) -> int:
    """The practice account, made on first start; its id."""
    found = room.tx.one("SELECT id FROM account WHERE platform = ?", NAME)
    if found is not None:
        return int(found["id"])
    account_id = accounts.insert(room.tx, NewAccount(NAME, NAME), 0)
    room.tx.change("account", account_id, status=Status.ACTIVE.value)
    polls.ensure(room.tx, account_id)
    room.tx.record("account.practice", account=account_id)
    room.tx.announce("account", account_id)
    return account_id
