"""The items that an officer has marked, each in the version that was before them: ids, so that nothing moves a mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from moderator.domain.asks import Seen
from moderator.domain.view import Row


@dataclass(slots=True)
class Marks:
    """Marked items in the order of marking, and where the next range starts."""

    seen: dict[int, int] = field(default_factory=dict)
    """Item → the version of its comment when it was marked."""
    last: int = 0
    """The item marked last; a range goes from there. 0 where there is none."""

    def toggle(self, row: Row) -> bool:
        """Mark a row, or take its mark away; whether it is marked now."""
        if row.id in self.seen:
            self.drop((row.id,))
            return False
        self.seen[row.id], self.last = row.comment_version, row.id
        return True

    def add(self, rows: Iterable[Row]) -> int:
        """Mark all of these, as they are shown now; how many are new among them."""
        return self.take(Seen(row.id, row.comment_version) for row in rows)

    def take(self, items: Iterable[Seen]) -> int:
        """Mark items by id and version; how many are new among them."""
        before = len(self.seen)
        for one in items:
            self.seen.setdefault(one.item_id, one.version)
        return len(self.seen) - before

    def drop(self, ids: Iterable[int]) -> None:
        """Take these marks away."""
        for item_id in ids:
            self.seen.pop(item_id, None)
        self.last = self.last if self.last in self.seen else 0

    def clear(self) -> None:
        """No marks."""
        self.seen.clear()
        self.last = 0

    def items(self) -> tuple[Seen, ...]:
        """The marked items, as a bulk act asks for them."""
        return tuple(Seen(item_id, version) for item_id, version in self.seen.items())

    def __contains__(self, item_id: object) -> bool:
        return item_id in self.seen

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self.seen))

    def __len__(self) -> int:
        return len(self.seen)
