"""The talk around a comment, out of what was taken in: whom it answers, who answered it, and what the agency said."""

from __future__ import annotations

from moderator.desk.room import Look
from moderator.desk.telling import masks_in
from moderator.domain.event import moment
from moderator.domain.item import Item
from moderator.domain.view import ThreadEntry
from moderator.store import comments
from moderator.store.comments import Voice

_UP, _DOWN, _MOST = 8, 6, 60
"""How far up and down a thread is followed, and how many voices are shown."""


def around(look: Look, item: Item) -> tuple[ThreadEntry, ...]:
    """The thread from its root on, oldest first under each voice, with the comment itself marked."""
    target = comments.voice(look.conn, item.account_id, item.remote_id)
    if target is None:
        return ()
    chain = _chain(look, item.account_id, target)
    must = {voice.remote_id for voice in chain}
    entries: list[ThreadEntry] = []
    _walk(look, item, chain[0], 0, must, entries, {chain[0].remote_id})
    return tuple(entries)


def _chain(look: Look, account_id: int, target: Voice) -> list[Voice]:
    """From the oldest known ancestor down to the comment."""
    chain, seen = [target], {target.remote_id}
    while chain[0].parent and chain[0].parent not in seen and len(chain) <= _UP:
        above = comments.voice(look.conn, account_id, chain[0].parent)
        if above is None:
            break
        chain.insert(0, above)
        seen.add(above.remote_id)
    return chain


def _entry(voice: Voice, depth: int, *, target: bool) -> ThreadEntry:
    """One voice as it is shown, with what is to be covered in it: abuse around a comment is abuse too."""
    masks = masks_in(voice.verdict, len(voice.text))
    return ThreadEntry(voice.author, voice.text, moment(voice.at), voice.ours, target, depth, masks)


def _walk(
    look: Look, item: Item, voice: Voice, depth: int, must: set[str], entries: list[ThreadEntry], seen: set[str]
) -> None:
    """This voice and what stands under it. Beyond the most that is shown, only the way to the comment is kept."""
    entries.append(_entry(voice, depth, target=voice.remote_id == item.remote_id))
    if depth >= _UP + _DOWN:
        return
    for answer in comments.answers(look.conn, item.account_id, voice.remote_id, _MOST):
        wanted = answer.remote_id in must or len(entries) < _MOST - len(must)
        if wanted and answer.remote_id not in seen:
            seen.add(answer.remote_id)
            _walk(look, item, answer, depth + 1, must, entries, seen)
