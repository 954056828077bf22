"""The configuration: one TOML file as frozen dataclasses.

Every key has a default, an attribute docstring and a line in `config.example.toml`. A wrong key or value is refused
with file, key and the nearest valid name; nothing is guessed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from moderator.domain.clock import Turnaround
from moderator.domain.conduct import Weight
from moderator.domain.wording import Words

SYSTEM = Path("/etc/moderator/config.toml")
"""The system's own configuration: where it exists and is root-owned, its desk is *the* desk."""


class ConfigError(Exception):
    """The configuration cannot be used; the sentence says where and what to do."""

    @property
    def sentence(self) -> str:
        """The sentence as it was made, so that a front end can say it in another language."""
        return str(self.args[0]) if not isinstance(self.args[0], Words) else self.args[0]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk itself."""

    name: str = "Duty desk"
    """Shown in the frame of every screen."""
    data_dir: str = ""
    """Where database and records stand; "" for /var/lib/moderator on a shared desk, the user's own on a private one."""
    socket: str = ""
    """The Unix socket; "" for "<runtime directory>/desk.sock"."""
    service_user: str = ""
    """The Unix user that the service runs as. A client sends nothing to a socket that another user serves."""
    group: str = "moderators"
    """The Unix group whose members may connect."""
    time_zone: str = "Asia/Kolkata"
    """Local time of the record, beside UTC."""


@dataclass(frozen=True, slots=True)
class Times:
    """Windows, looks, leases and intervals, in seconds unless the name says otherwise. Fractions are allowed."""

    hide_window: float = 15.0
    """Undo window of a hide."""
    reply_window: float = 20.0
    helpline_window: float = 5.0
    """Undo window of the approved helpline reply."""
    mail_window: float = 10.0
    """Undo window of an escalation mail."""
    lease: float = 120.0
    renew: float = 30.0
    """How often a living session renews its leases."""
    idle: float = 600.0
    """Without a keystroke for so long, a session's leases lapse."""
    hold_max: float = 1800.0
    snooze_max: float = 259200.0
    reattach: float = 120.0
    """For so long after a restart of the service, a session's token may re-attach."""
    identity: float = 10.0
    """How often an open stream's person and group are looked up again."""
    lookup_limit: float = 1.0
    """Time limit of a look-up in the name service; it fails closed."""
    looks: tuple[float, ...] = (15.0, 60.0, 180.0)
    """When an effect of unknown outcome is looked for, after it went out."""
    retries: tuple[float, ...] = (5.0, 15.0, 60.0, 300.0)
    """Pauses before a refused effect is tried again; the last one repeats."""
    poll: float = 20.0
    heartbeat: float = 600.0
    """How often an account is asked for new comments."""
    refresh: float = 60.0
    """How often open and recently decided items are read again for edits and natively made changes."""
    request: float = 20.0
    """Time limit of one call to a platform."""
    mail_timeout: float = 30.0
    tick: float = 0.25
    """How often windows and clocks are looked at."""
    checkpoint: float = 60.0
    """How often the head of the trail is written beside the database."""
    vault: float = 5.0
    """Time limit of one call to the keyring."""
    linger: float = 300.0
    """A private desk ends itself so long after its last client left and its last effect settled."""
    draft_ms: int = 700
    """What is typed is saved at most so many milliseconds later."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may take of the service, and what the service allows itself."""

    connections: int = 32
    """Open connections of one uid."""
    streams: int = 8
    """Open event streams of one uid."""
    leases: int = 20
    """Items that one person may hold at once."""
    requests_per_second: int = 200
    """Requests of one uid, with a burst of two seconds' worth."""
    body_kib: int = 256
    import_mib: int = 256
    """Longest streamed import."""
    header_seconds: float = 10.0
    """Time in which a request's head and body must have come in."""
    subscriber_queue: int = 64
    """Events waiting for one slow client before it is told to read everything again."""
    events_per_second: int = 10
    """Events to one client."""
    query_ms: int = 2000
    """Time limit of one query of the store."""
    busy_ms: int = 5000
    """How long a write waits for a locked database."""
    count_cap: int = 10000
    """Views are counted up to here."""
    logs_per_minute: int = 600
    bulk: int = 25
    """Items that a bulk act decides, and effects that leave their window, in one transaction: others' go in between."""
    bulk_per_minute: int = 120
    """Effects of bulk acts that leave in a minute for one account, where its platform does not bear fewer."""
    burst: int = 50
    """So many open comments that say the same, or that come in under one post within ten minutes, raise a banner."""
    exposure_advice: int = 20
    """Severe comments uncovered in a day after which the officer is advised to rest."""


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """Where the published policy stands."""

    file: str = ""
    """A policy document; "" for the default one that ships with the product."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One entry of the matter register: nobody replies about it without clearance."""

    title: str = ""
    kind: str = "sub-judice"
    """sub-judice, draft-law or person."""
    terms: tuple[str, ...] = ()
    """Case numbers, bill titles, names."""


@dataclass(frozen=True, slots=True)
class ConductRules:
    """How strongly each rule of the conduct code holds."""

    length: Weight = Weight.SOFT
    identity: Weight = Weight.HARD
    personal_data: Weight = Weight.HARD
    confidential: Weight = Weight.HARD
    matter: Weight = Weight.HARD
    placeholder: Weight = Weight.HARD
    description: Weight = Weight.SOFT
    soft_length: int = 280
    """Graphemes after which a reply is called long; the platform's own limit is always hard."""
    disclaimer: str = "This is a reply of the official desk; it creates no legal right or obligation."
    official_contacts: tuple[str, ...] = ()
    """Phone numbers and addresses of the agency itself: never personal data in a reply."""
    confidential_words: tuple[str, ...] = (
        "top secret",
        "secret",
        "confidential",
        "restricted",
        "for official use only",
        "not for circulation",
        "গোপনীয়",
        "गोपनीय",
    )
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """Where escalations leave from. The password is in the keyring, never here."""

    host: str = ""
    """"" switches mail off: an escalation is then recorded, and shown as waiting for a mail server."""
    port: int = 587
    tls: str = "starttls"
    """starttls or tls. There is no way to send without either."""
    login: str = ""
    sender: str = ""
    """The desk's own address."""
    ca_file: str = ""
    """A certificate authority to trust beside the system's."""


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the escalation ladder."""

    level: int = 0
    office: str = ""
    name: str = ""
    rank: str = ""
    mail: str = ""
    phone: str = ""
    minutes: int = 60
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """The ladder; its top is the SPOC, at least a Joint Secretary."""

    spoc_level: int = 0
    """The level that is the SPOC; 0 while there is none."""
    levels: tuple[Level, ...] = ()
    press_level: int = 0
    """The level that is the press officer, where questions of the media go; 0 while there is none."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Which keyrings the service may use."""

    allow: tuple[str, ...] = ()
    """Class names of further keyring backends, such as "keyring_pass.PasswordStoreBackend"; the plain-text ones are
    refused always."""


@dataclass(frozen=True, slots=True)
class Screen:
    """How the terminal looks."""

    theme: str = "dark"
    mouse: bool = False
    bell: bool = True
    """Ring for an urgent item that nobody has opened: when it comes in, and again each minute until somebody does."""
    notify: str = "off"
    """off, or osc9: beside the bell, a notice of the terminal's own, for terminals that show such notices."""
    lock_minutes: int = 0
    """Minutes without a key after which the screen is covered until its officer presses one; 0 never covers it."""
    language: str = ""
    """en, as, hi or another language that there is a catalogue for; "" follows the login's locale."""
    advance: str = "next"
    """After a decision: next, or stay."""
    lighter: bool = False
    """Begin with the lighter view: covered voices of a thread stand on one line each."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything, with where it came from."""

    desk: Desk = field(default_factory=Desk)
    times: Times = field(default_factory=Times)
    turnaround: Turnaround = field(default_factory=Turnaround)
    limits: Limits = field(default_factory=Limits)
    policy: PolicyPlace = field(default_factory=PolicyPlace)
    conduct: ConductRules = field(default_factory=ConductRules)
    mail: Mail = field(default_factory=Mail)
    escalation: Escalation = field(default_factory=Escalation)
    vault: Vault = field(default_factory=Vault)
    screen: Screen = field(default_factory=Screen)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Action id → its keys, where they are not those that ship; the full screen checks them (`tui.keys`)."""
    path: str = ""
    """The file it was read from, or ""."""
    system: bool = False
    """True where it is root-owned and not writable by others: it may then say which user serves the desk."""


def load(path: Path | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """The configuration in force: `path`, else $MODERATOR_CONFIG, the system's, the user's own, the defaults.

    The first of these that is there wins; they are never mixed. Raises `ConfigError` with file, line, key and the
    nearest valid name.
    """
    from moderator.config.reading import read  # the reader needs the classes above

    named = path or (Path(env["MODERATOR_CONFIG"]) if env.get("MODERATOR_CONFIG") else None)
    if named is not None:
        return read(named, may_be_system=True)
    own = env.get("XDG_CONFIG_HOME") or (f"{env['HOME']}/.config" if env.get("HOME") else "")
    places = [(SYSTEM, True), *([(Path(own, "moderator", "config.toml"), False)] if own else [])]
    for place, may_be_system in places:
        if _exists(place):
            return read(place, may_be_system=may_be_system)
    return Config()


def _exists(path: Path) -> bool:
    """Whether it is there; one that cannot be looked at is there, so that reading it says why it cannot be used."""
    try:
        return path.exists()
    except OSError:
        return True


def located(path: str, key: str, sentence: str) -> ConfigError:
    """A refusal of one key found after reading: it names the file, and the line where that can still be told."""
    from moderator.config.reading import Source

    try:
        text = Path(path).read_text("utf-8") if path else ""
    except (OSError, ValueError):
        text = ""
    return Source(path or "The configuration", text).error(key, sentence)
