"""Login records: the accounts, and where each of their secrets is kept. No column here can hold a secret."""

from __future__ import annotations

import json
import sqlite3

from moderator.domain.account import Account, SecretRef, Status
from moderator.domain.asks import NewAccount
from moderator.domain.errors import Code, Refused
from moderator.domain.event import moment, stamp
from moderator.domain.wording import words
from moderator.store.base import Row, Tx
from moderator.store.items import of


def _ref(row: Row) -> SecretRef:
    return SecretRef(
        slot=row["slot"],
        service=row["keyring_service"],
        user=row["keyring_user"],
        fingerprint=row["fingerprint"],
        set_by=row["set_by"],
        set_at=moment(row["set_at"]),
        expires_at=of(row["expires_at"]),
    )


def _account(row: Row, secrets: tuple[SecretRef, ...]) -> Account:
    return Account(
        id=row["id"],
        platform=row["platform"],
        name=row["name"],
        url=row["url"],
        login_id=row["login_id"],
        status=Status(row["status"]),
        registered_mail=row["registered_mail"],
        registered_phone=row["registered_phone"],
        custodians=tuple(row["custodians"].split()),
        order_ref=row["order_ref"],
        mfa=row["mfa"],
        recovery_location=row["recovery_location"],
        approved_by=row["approved_by"],
        settings=json.loads(row["settings"]),
        secrets=secrets,
        rotated_at=of(row["rotated_at"]),
        retired_at=of(row["retired_at"]),
        retired_why=row["retired_why"],
    )


def refs(conn: sqlite3.Connection, account_id: int) -> tuple[SecretRef, ...]:
    """Where the secrets of an account are kept, by slot."""
    rows = conn.execute("SELECT * FROM secret_ref WHERE account_id = ? ORDER BY slot", (account_id,))
    return tuple(_ref(row) for row in rows)


def get(conn: sqlite3.Connection, account_id: int) -> Account:
    """The login record. Refuses where there is none."""
    row = conn.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
    if row is None:
        raise Refused(
            Code.NOT_FOUND,
            words("There is no account {account} at this desk.", account=account_id),
            words("See moderator account list."),
        )
    return _account(row, refs(conn, account_id))


def every(conn: sqlite3.Connection) -> list[Account]:
    """Every login record, the retired ones last."""
    rows = conn.execute("SELECT * FROM account ORDER BY status = 'retired', id LIMIT 1000").fetchall()
    return [_account(row, refs(conn, row["id"])) for row in rows]


def names(conn: sqlite3.Connection) -> list[str]:
    """The short name of every account that was ever opened."""
    return [row["name"] for row in conn.execute("SELECT name FROM account")]


def own_author(conn: sqlite3.Connection, account_id: int) -> tuple[str, str]:
    """(id, name) under which the platform knows the agency itself; empty until the account was tested."""
    row = conn.execute("SELECT own_author_id, own_author_name FROM account WHERE id = ?", (account_id,)).fetchone()
    return (row["own_author_id"], row["own_author_name"]) if row else ("", "")


def why(conn: sqlite3.Connection, account_id: int) -> str:
    """The reason of the last change of an account's status, in the words of whoever changed it."""
    row = conn.execute("SELECT status_why FROM account WHERE id = ?", (account_id,)).fetchone()
    return (row["status_why"] if row else None) or ""


def open_effects(conn: sqlite3.Connection, account_id: int) -> int:
    """How many acts on this account are neither done nor cancelled."""
    found: int = conn.execute(
        "SELECT count(*) FROM effect WHERE account_id = ? AND state NOT IN ('done', 'cancelled')", (account_id,)
    ).fetchone()[0]
    return found


def insert(tx: Tx, ask: NewAccount, created_by: int) -> int:
    """A new login record, as planned; its id. The caller has validated and masked every field."""
    return tx.insert(
        "account",
        {
            "platform": ask.platform,
            "name": ask.name,
            "url": ask.url,
            "login_id": ask.login_id,
            "status": Status.PLANNED.value,
            "registered_mail": ask.registered_mail,
            "registered_phone": ask.registered_phone,
            "custodians": " ".join(ask.custodians),
            "order_ref": ask.order_ref,
            "mfa": ask.mfa,
            "recovery_location": ask.recovery_location,
            "approved_by": "",
            "settings": json.dumps(ask.settings, sort_keys=True),
            "own_author_id": "",
            "own_author_name": "",
            "created_at": tx.at,
            "created_by": created_by,
            "rotated_at": None,
            "retired_at": None,
            "retired_why": "",
        },
    )


def keep_ref(tx: Tx, account_id: int, ref: SecretRef) -> bool:
    """Note where a secret is kept now. True where one was kept in this slot before."""
    values = {
        "keyring_service": ref.service,
        "keyring_user": ref.user,
        "fingerprint": ref.fingerprint,
        "set_by": ref.set_by,
        "set_at": stamp(ref.set_at),
        "expires_at": stamp(ref.expires_at) if ref.expires_at else None,
    }
    if any(known.slot == ref.slot for known in refs(tx.conn, account_id)):
        tx.change("secret_ref", (account_id, ref.slot), **values)
        return True
    tx.insert("secret_ref", {"account_id": account_id, "slot": ref.slot, **values})
    return False
