"""The platforms that the desk can work with, and the one way to open an account on one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from moderator.domain.secret import Secret
from moderator.domain.wording import words
from moderator.platforms.base import AuthRevoked, Connector, Unsupported


@dataclass(frozen=True, slots=True)
class Kind:
    """What a person must know of a platform before opening an account on it."""

    name: str
    needs_secret: tuple[str, ...]
    """Slots of the keyring that must be filled."""
    needs_url: bool
    tested: str
    """live, contract or synthetic."""
    hide_means: str
    """A sentence: who still sees a hidden comment."""
    author_told: bool
    """Whether the platform itself tells the author of a hide."""


PLATFORMS: Final[dict[str, Kind]] = {
    "wordpress": Kind(
        name="WordPress",
        needs_secret=("app_password",),
        needs_url=True,
        tested="live",
        hide_means=words(
            "Held for moderation: only the site's staff see it. The author is not told. It can be restored."
        ),
        author_told=False,
    ),
    "import": Kind(
        name="Imported file",
        needs_secret=(),
        needs_url=False,
        tested="contract",
        hide_means=words("Nothing is sent: the decision is recorded, and hiding must be done on the platform itself."),
        author_told=False,
    ),
    "practice": Kind(
        name="Practice",
        needs_secret=(),
        needs_url=False,
        tested="synthetic",
        hide_means=words("Practice only: the comment is hidden in a made-up world that nobody else sees."),
        author_told=False,
    ),
}


def connect(
    platform: str,
    *,
    account_id: int,
    url: str,
    login_id: str,
    settings: Mapping[str, str],
    secret: Secret | None,
    own_author_id: str = "",
    timeout: float = 20.0,
) -> Connector:
    """The connector of one account. Opens no connection yet.

    `own_author_id` is the author id that an earlier `probe` told, `timeout` the seconds that one step of a call may
    take. Raises `Unsupported` for an unknown platform, `Invalid` for an address or setting that cannot be used and
    `AuthRevoked` where the secret is missing.
    """
    if platform == "wordpress":
        from moderator.platforms.wordpress import WordPress  # httpx is slow to load: only where it is needed

        if secret is None:
            raise AuthRevoked(words("This account has no application password in the keyring yet."))
        return WordPress(url, login_id, secret, settings, own_author_id=own_author_id, timeout=timeout)
    if platform == "practice":
        from moderator.platforms.practice import Practice

        return Practice(account_id, settings)
    if platform == "import":
        from moderator.platforms.importer import Importer

        return Importer(account_id, login_id)
    raise Unsupported(
        words(
            "“{platform}” is no platform that the desk knows; it knows {names}.",
            platform=platform,
            names=", ".join(PLATFORMS),
        )
    )
