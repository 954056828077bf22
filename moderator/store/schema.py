"""Tables and migrations.

Every *sealed* table has a `seq` column: the number of the trail event that last changed the row, whose body carries
the row's digest. `trail verify` compares the two, so a row altered by hand is named. Rows that hold free text carry a
random `salt`, stored with the content and destroyed with it. Moments are UTC text as `domain.event.stamp` writes them.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

VERSION: Final = 2
"""Newest schema that this program knows; it refuses a database with a newer one."""

SEALED: Final[dict[str, tuple[str, ...]]] = {
    "person": ("id",),
    "account": ("id",),
    "secret_ref": ("account_id", "slot"),
    "post": ("id",),
    "item": ("id",),
    "version": ("item_id", "n"),
    "raw": ("item_id", "n"),
    "verdict": ("item_id", "n"),
    "decision": ("id",),
    "reply": ("id",),
    "effect": ("id",),
    "note": ("id",),
    "escalation": ("id",),
    "instruction": ("id",),
    "gloss": ("id",),
    "batch": ("id",),
}
"""Sealed tables with their keys. The row key on the trail is "table:key" or "table:key.key"."""

migrations = Migrations("moderator")


@migrations()
def first(db: Database) -> None:
    """The desk's tables."""
    for statement in _FIRST:
        db.conn.execute(statement)


@migrations()
def second(db: Database) -> None:
    """Near-duplicates, acts on many items, readers of a language, full-text search, orders of the queue."""
    for statement in _SECOND:
        db.conn.execute(statement)


_FIRST: Final = (
    # What this database is: instance id, schema, when made.
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # The trail. Triggers stop accidents; the chain and its outside copies stop the rest.
    """CREATE TABLE event (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, item INTEGER NOT NULL,
        body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX event_item ON event (item, seq) WHERE item > 0",
    "CREATE TRIGGER event_fixed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    "CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    """CREATE TABLE person (
        id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, name TEXT NOT NULL, activation INTEGER NOT NULL,
        roles TEXT NOT NULL, designation TEXT NOT NULL, role_title TEXT NOT NULL, role_only INTEGER NOT NULL,
        languages TEXT NOT NULL, active INTEGER NOT NULL, created_at TEXT NOT NULL, left_at TEXT,
        seq INTEGER NOT NULL, UNIQUE (uid, name, activation)) STRICT""",
    """CREATE TABLE account (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, name TEXT NOT NULL UNIQUE, url TEXT NOT NULL,
        login_id TEXT NOT NULL, status TEXT NOT NULL, registered_mail TEXT NOT NULL, registered_phone TEXT NOT NULL,
        custodians TEXT NOT NULL, order_ref TEXT NOT NULL, mfa TEXT NOT NULL, recovery_location TEXT NOT NULL,
        approved_by TEXT NOT NULL, settings TEXT NOT NULL, own_author_id TEXT NOT NULL, own_author_name TEXT NOT NULL,
        created_at TEXT NOT NULL, created_by INTEGER NOT NULL, rotated_at TEXT, retired_at TEXT,
        retired_why TEXT NOT NULL, status_why TEXT, seq INTEGER NOT NULL) STRICT""",
    # Where each secret is kept. No column can hold the secret.
    """CREATE TABLE secret_ref (
        account_id INTEGER NOT NULL REFERENCES account (id), slot TEXT NOT NULL, keyring_service TEXT NOT NULL,
        keyring_user TEXT NOT NULL, fingerprint TEXT NOT NULL, set_by INTEGER NOT NULL, set_at TEXT NOT NULL,
        expires_at TEXT, seq INTEGER NOT NULL, PRIMARY KEY (account_id, slot)) STRICT, WITHOUT ROWID""",
    # How far each account has been read. Moves with the comments, many times a minute: not sealed.
    """CREATE TABLE poll (
        account_id INTEGER PRIMARY KEY REFERENCES account (id), cursor TEXT NOT NULL, last_ok TEXT, down_since TEXT,
        sentence TEXT NOT NULL, paused INTEGER NOT NULL) STRICT""",
    """CREATE TABLE post (
        id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (id), remote_id TEXT NOT NULL,
        title TEXT NOT NULL, text TEXT NOT NULL, url TEXT NOT NULL, posted_at TEXT, salt TEXT NOT NULL,
        seq INTEGER NOT NULL, UNIQUE (account_id, remote_id)) STRICT""",
    # The item: work state and visibility. `lane` comes first in every order.
    """CREATE TABLE item (
        id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (id), remote_id TEXT NOT NULL,
        post_id INTEGER REFERENCES post (id), parent_remote_id TEXT NOT NULL, author_remote_id TEXT NOT NULL,
        author_key TEXT NOT NULL, kind TEXT NOT NULL, permalink TEXT NOT NULL,
        state TEXT NOT NULL, visibility TEXT NOT NULL, lane INTEGER NOT NULL, comment_version INTEGER NOT NULL,
        revision TEXT NOT NULL, version INTEGER NOT NULL, resting TEXT NOT NULL, level INTEGER NOT NULL,
        cause TEXT NOT NULL, disposition TEXT NOT NULL, reopened INTEGER NOT NULL, due_first TEXT,
        snoozed_until TEXT, opened_at TEXT, captured_at TEXT NOT NULL, captured_local TEXT NOT NULL,
        commented_at TEXT NOT NULL, retention TEXT NOT NULL, seq INTEGER NOT NULL,
        UNIQUE (account_id, remote_id)) STRICT""",
    "CREATE INDEX item_queue ON item (state, lane, due_first, id)",
    "CREATE INDEX item_all ON item (lane, due_first, id)",
    "CREATE INDEX item_due ON item (due_first, id) WHERE state IN ('new','claimed','snoozed','escalated','review')",
    "CREATE INDEX item_back ON item (state, lane, due_first, id) WHERE cause <> ''",
    """CREATE INDEX item_open ON item (account_id, id)
        WHERE state IN ('new','claimed','snoozed','escalated','review','committing')""",
    """CREATE INDEX item_unopened ON item (lane, due_first, id)
        WHERE opened_at IS NULL AND lane < 5 AND state IN ('new','claimed','snoozed','escalated','review')""",
    "CREATE INDEX item_author ON item (account_id, author_key, id)",
    "CREATE INDEX item_parent ON item (account_id, parent_remote_id)",
    "CREATE INDEX item_post ON item (post_id, id)",
    "CREATE INDEX item_snoozed ON item (snoozed_until) WHERE state = 'snoozed'",
    # What the comment said, version by version: the clean text. The platform's own bytes stand apart in `raw`.
    """CREATE TABLE version (
        item_id INTEGER NOT NULL REFERENCES item (id), n INTEGER NOT NULL, text TEXT NOT NULL,
        author_name TEXT NOT NULL, author_handle TEXT NOT NULL, flags TEXT NOT NULL, media TEXT NOT NULL,
        edited_at TEXT, captured_at TEXT NOT NULL,
        salt TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (item_id, n)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE raw (
        item_id INTEGER NOT NULL REFERENCES item (id), n INTEGER NOT NULL, payload TEXT NOT NULL, salt TEXT NOT NULL,
        seq INTEGER NOT NULL, PRIMARY KEY (item_id, n)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE verdict (
        item_id INTEGER NOT NULL REFERENCES item (id), n INTEGER NOT NULL, policy_version TEXT NOT NULL,
        opinion TEXT NOT NULL, language TEXT NOT NULL, category TEXT NOT NULL, clause TEXT NOT NULL,
        protected INTEGER NOT NULL, asks TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (item_id, n)) STRICT, WITHOUT ROWID""",
    # The agency's own comments, as found on the platform: the thread shows them, the queue never does. The record of
    # what the desk itself sent is `reply` and `effect`.
    """CREATE TABLE own (
        account_id INTEGER NOT NULL REFERENCES account (id), remote_id TEXT NOT NULL, parent_remote_id TEXT NOT NULL,
        author TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (account_id, remote_id)
        ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX own_parent ON own (account_id, parent_remote_id)",
    # Leases renew many times a minute; claiming and releasing are events, renewing is not: not sealed.
    """CREATE TABLE lease (
        item_id INTEGER PRIMARY KEY REFERENCES item (id), person_id INTEGER NOT NULL REFERENCES person (id),
        session TEXT NOT NULL, until TEXT NOT NULL, held_until TEXT, hold_reason TEXT NOT NULL) STRICT""",
    "CREATE INDEX lease_session ON lease (session)",
    "CREATE INDEX lease_person ON lease (person_id)",
    # Items whose session died: offered back to their owner first.
    """CREATE TABLE dropped (
        item_id INTEGER PRIMARY KEY REFERENCES item (id), person_id INTEGER NOT NULL REFERENCES person (id),
        at TEXT NOT NULL) STRICT""",
    # A session is one event stream; only the digest of its token is kept, for re-attaching after a restart.
    """CREATE TABLE session (
        id TEXT PRIMARY KEY, token_digest TEXT NOT NULL UNIQUE, person_id INTEGER NOT NULL REFERENCES person (id),
        opened_at TEXT NOT NULL, closed_at TEXT, why TEXT NOT NULL) STRICT""",
    "CREATE INDEX session_open ON session (id) WHERE closed_at IS NULL",
    """CREATE TABLE decision (
        id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES item (id), reopened INTEGER NOT NULL,
        disposition TEXT NOT NULL, ground TEXT NOT NULL, clause TEXT NOT NULL, span_start INTEGER, span_end INTEGER,
        reason TEXT NOT NULL, person_id INTEGER NOT NULL REFERENCES person (id),
        second_id INTEGER REFERENCES person (id),
        seen_version INTEGER NOT NULL, seen_masked INTEGER NOT NULL, policy_version TEXT NOT NULL,
        decided_at TEXT NOT NULL, review_on TEXT NOT NULL, undone INTEGER NOT NULL, proposed INTEGER NOT NULL,
        order_id INTEGER REFERENCES instruction (id), salt TEXT NOT NULL, seq INTEGER NOT NULL) STRICT""",
    # One live decision for each return of an item.
    "CREATE UNIQUE INDEX decision_live ON decision (item_id, reopened) WHERE undone = 0",
    "CREATE INDEX decision_item ON decision (item_id, id)",
    """CREATE TABLE reply (
        id INTEGER PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decision (id), text TEXT NOT NULL,
        language TEXT NOT NULL, capacity TEXT NOT NULL, conduct TEXT NOT NULL, salt TEXT NOT NULL,
        seq INTEGER NOT NULL) STRICT""",
    "CREATE INDEX reply_decision ON reply (decision_id)",
    # The outbox. `key` is minted before the first try.
    """CREATE TABLE effect (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, decision_id INTEGER REFERENCES decision (id),
        item_id INTEGER NOT NULL REFERENCES item (id), account_id INTEGER REFERENCES account (id), target TEXT NOT NULL,
        op TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL, window_ms INTEGER NOT NULL,
        tries INTEGER NOT NULL, looks INTEGER NOT NULL, next_try TEXT, first_tried TEXT,
        remote_id TEXT NOT NULL, reason TEXT NOT NULL,
        made_at TEXT NOT NULL, salt TEXT NOT NULL, seq INTEGER NOT NULL) STRICT""",
    # At most one effect under way for each target; a second one waits as held or ready behind it.
    "CREATE UNIQUE INDEX effect_under_way ON effect (target) WHERE state IN ('sending','uncertain','failed')",
    "CREATE INDEX effect_open ON effect (state, id) WHERE state NOT IN ('done','cancelled')",
    "CREATE INDEX effect_item ON effect (item_id, id)",
    "CREATE INDEX effect_decision ON effect (decision_id)",
    "CREATE INDEX effect_target ON effect (target, id)",
    # One remote thing satisfies one effect.
    "CREATE UNIQUE INDEX effect_remote ON effect (account_id, remote_id) WHERE op = 'reply' AND remote_id <> ''",
    # `dropped` is 0 for what is being typed; whatever else was put away has a number, the newest the highest.
    """CREATE TABLE draft (
        item_id INTEGER NOT NULL REFERENCES item (id), person_id INTEGER NOT NULL REFERENCES person (id),
        text TEXT NOT NULL, caret INTEGER NOT NULL, saved_at TEXT NOT NULL, why TEXT NOT NULL,
        dropped INTEGER NOT NULL, PRIMARY KEY (item_id, person_id, dropped)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX draft_person ON draft (person_id)",
    """CREATE TABLE note (
        id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES item (id),
        person_id INTEGER NOT NULL REFERENCES person (id), text TEXT NOT NULL, at TEXT NOT NULL, salt TEXT NOT NULL,
        seq INTEGER NOT NULL) STRICT""",
    "CREATE INDEX note_item ON note (item_id, id)",
    # An escalation: the mail is the record, kept byte for byte.
    """CREATE TABLE escalation (
        id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, item_id INTEGER NOT NULL REFERENCES item (id),
        person_id INTEGER NOT NULL REFERENCES person (id), effect_id INTEGER REFERENCES effect (id),
        level INTEGER NOT NULL, office TEXT NOT NULL, undone INTEGER NOT NULL, sent_to TEXT NOT NULL,
        reason TEXT NOT NULL, question TEXT NOT NULL, eml BLOB NOT NULL, sha256 TEXT NOT NULL,
        message_id TEXT NOT NULL, token TEXT NOT NULL, at TEXT NOT NULL, due_at TEXT, salt TEXT NOT NULL,
        seq INTEGER NOT NULL) STRICT""",
    "CREATE INDEX escalation_item ON escalation (item_id, id)",
    "CREATE INDEX escalation_effect ON escalation (effect_id)",
    # An order or a request from outside.
    """CREATE TABLE instruction (
        id INTEGER PRIMARY KEY, item_id INTEGER REFERENCES item (id), kind TEXT NOT NULL, body TEXT NOT NULL,
        actionable INTEGER NOT NULL, received_at TEXT NOT NULL, due_at TEXT, recorded_by INTEGER NOT NULL,
        recorded_at TEXT NOT NULL, salt TEXT NOT NULL, seq INTEGER NOT NULL) STRICT""",
    "CREATE INDEX instruction_item ON instruction (item_id, id)",
    # How often one person looked at unmasked abuse: for that person alone.
    """CREATE TABLE exposure (
        person_id INTEGER NOT NULL REFERENCES person (id), day TEXT NOT NULL, revealed INTEGER NOT NULL,
        PRIMARY KEY (person_id, day)) STRICT, WITHOUT ROWID""",
)

_SECOND: Final = (
    # The fold key that near-duplicates share; NULL where a comment always stands for itself.
    "ALTER TABLE item ADD COLUMN alike TEXT",
    # Who opened the picture or heard the voice elsewhere, when, and what they say it shows.
    "ALTER TABLE item ADD COLUMN media_seen TEXT",
    # The language for which somebody who reads it is wanted.
    "ALTER TABLE item ADD COLUMN reader_wanted TEXT",
    # One decision about many items.
    """CREATE TABLE batch (
        id INTEGER PRIMARY KEY, act TEXT NOT NULL, clause TEXT NOT NULL,
        person_id INTEGER NOT NULL REFERENCES person (id), at TEXT NOT NULL, total INTEGER NOT NULL,
        undone INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT""",
    "ALTER TABLE decision ADD COLUMN batch_id INTEGER REFERENCES batch (id)",
    "CREATE INDEX decision_batch ON decision (batch_id) WHERE batch_id IS NOT NULL",
    "ALTER TABLE effect ADD COLUMN batch_id INTEGER REFERENCES batch (id)",
    "CREATE INDEX effect_batch ON effect (batch_id, op, state) WHERE batch_id IS NOT NULL",
    # What belongs to no batch comes first: an officer's single reply never waits behind four hundred hides.
    "DROP INDEX effect_open",
    "CREATE INDEX effect_open ON effect (state, batch_id, id) WHERE state NOT IN ('done','cancelled')",
    """CREATE INDEX effect_bulk ON effect (state, account_id, id)
        WHERE batch_id IS NOT NULL AND state NOT IN ('done','cancelled')""",
    # What a comment says, in words that the others can read, by somebody who reads its language.
    """CREATE TABLE gloss (
        id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES item (id), n INTEGER NOT NULL,
        person_id INTEGER NOT NULL REFERENCES person (id), language TEXT NOT NULL, text TEXT NOT NULL,
        at TEXT NOT NULL, salt TEXT NOT NULL, seq INTEGER NOT NULL) STRICT""",
    "CREATE INDEX gloss_item ON gloss (item_id, id)",
    "ALTER TABLE exposure ADD COLUMN severe INTEGER NOT NULL DEFAULT 0",
    # The queue's order, with the fold key beside it: a page steps over a burst without reading its rows.
    "DROP INDEX item_queue",
    "CREATE INDEX item_queue ON item (state, lane, due_first, id, alike)",
    "CREATE INDEX item_alike ON item (alike, state, lane, due_first, id) WHERE alike IS NOT NULL",
    "CREATE INDEX item_age ON item (state, captured_at, id, lane)",
    # What waits for a reader of a language is offered to them first.
    "CREATE INDEX item_reader ON item (reader_wanted, state, lane, due_first, id) WHERE reader_wanted IS NOT NULL",
    # What the figures read, each without touching a row: arrivals, findings by clause, decisions.
    "CREATE INDEX item_arrived ON item (captured_at, account_id, comment_version)",
    "CREATE INDEX verdict_clause ON verdict (item_id, n, clause)",
    "CREATE INDEX decision_at ON decision (decided_at, disposition, undone, proposed, reopened, item_id)",
    # Every comment's newest words in plain form (`domain.plain`). Rowid = item. Spaces are all that parts words there;
    # vowel signs belong to their word.
    """CREATE VIRTUAL TABLE said USING fts5(
        text, author, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'")""",
    # Items whose words are not in `said` yet, or not their newest: searches look at these one by one.
    "CREATE TABLE unsaid (item_id INTEGER PRIMARY KEY) STRICT",
    "INSERT INTO unsaid (item_id) SELECT id FROM item",
    """CREATE TRIGGER version_unsaid AFTER INSERT ON version
        BEGIN INSERT OR IGNORE INTO unsaid (item_id) VALUES (new.item_id); END""",
)
