"""What may stand in a login record. A record that holds a password, a code or a private number in full is refused."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from moderator import platforms, text
from moderator.domain.asks import NewAccount
from moderator.domain.errors import Code, Refused
from moderator.domain.wording import counted, words

NAME_MAX: Final = 15
"""Characters of a short name, as published guidance asks for account names."""

CUSTODIANS_MAX: Final = 2

_UNIX_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")
_SETTING = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SOUNDS_SECRET = re.compile(r"pass|secret|token|key|cookie|auth|credential", re.IGNORECASE)
_TEXT_MAX: Final = 200


def checked(ask: NewAccount, taken: list[str]) -> NewAccount:
    """The record as it may be stored: cleaned, masked, every rule kept. Refuses with the field and the cure."""
    kind = _kind(ask.platform)
    return replace(
        ask,
        name=_marked(ask.platform, _name(ask.name, taken)),
        url=_url(ask.url, needed=kind.needs_url),
        login_id=_line(ask.login_id, words("login id")),
        registered_mail=mask_mail(_line(ask.registered_mail, words("registered mail"))),
        registered_phone=mask_phone(_line(ask.registered_phone, words("registered phone"))),
        custodians=_custodians(ask.custodians),
        order_ref=_line(ask.order_ref, "order"),
        mfa=_no_code(_line(ask.mfa, words("second factor")), words("second factor")),
        recovery_location=_no_code(
            _line(ask.recovery_location, words("recovery location")), words("recovery location")
        ),
        settings=_settings(ask.settings),
    )


def mask_mail(address: str) -> str:
    """A mail address that can be recognised but not used: first letter and domain."""
    if not address or "•" in address:
        return address
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise _bad(words("The registered mail is not a mail address."), words("Write it like desk@agency.example."))
    return f"{local[0]}•••@{domain}"


def mask_phone(number: str) -> str:
    """A phone number that can be recognised but not called: its last two digits."""
    if not number or "•" in number:
        return number
    digits = "".join(mark for mark in number if mark.isdecimal())
    if len(digits) < 5:
        raise _bad(words("The registered phone is not a phone number."), words("Write it with its country code."))
    return "•" * (len(digits) - 2) + digits[-2:]


def looks_like_code(words: str) -> bool:
    """Whether a text holds something that could itself be a recovery code, a password or a number to call.

    A place is words and small numbers: "envelope 14, safe of the Director". A code is a long run of digits, or a long
    mix of letters and digits.
    """
    return any(_is_code(token) for token in re.split(r"[\s,;:/()]+", words))


def _is_code(token: str) -> bool:
    plain = re.sub(r"[^0-9A-Za-z]", "", token)
    digits = sum(mark.isdigit() for mark in plain)
    letters = len(plain) - digits
    runs = len(re.findall(r"[A-Za-z]+|[0-9]+", plain))
    return digits >= 6 or (len(plain) >= 7 and digits > 0 and letters > 0 and runs > 2)


def _kind(platform: str) -> platforms.Kind:
    kind = platforms.PLATFORMS.get(platform)
    if kind is not None:
        return kind
    near = difflib.get_close_matches(platform, platforms.PLATFORMS, 1)
    known = ", ".join(sorted(platforms.PLATFORMS))
    raise _bad(
        words("This desk knows no platform “{platform}”.", platform=text.one_line(platform)[:40]),
        words("Did you mean {name}?", name=near[0]) if near else words("It knows: {names}.", names=known),
    )


def _name(given: str, taken: list[str]) -> str:
    name = _line(given, "name")
    if not name:
        raise _bad(
            words("An account needs a short name."),
            words("It stands in the queue's account column, such as “wp consult”."),
        )
    if len(text.graphemes(name)) > NAME_MAX:
        raise _bad(
            words("The name “{name}” is longer than {most} characters.", name=name, most=NAME_MAX),
            words("Choose a shorter one."),
        )
    if name.casefold() in {other.casefold() for other in taken}:
        raise _bad(
            words("There is an account named “{name}” already.", name=name),
            words("Choose another name; old names stay on record."),
        )
    return name


def _marked(platform: str, name: str) -> str:
    """A practice account says so in its name, which stands beside each of its comments in the queue."""
    if platform == "practice" and "practice" not in name.casefold():
        raise _bad(words("A practice account must say so in its name."), words("Call it “practice 2”, for example."))
    return name


def _url(given: str, *, needed: bool) -> str:
    if not given and not needed:
        return ""
    if not given:
        raise _bad(words("This platform needs the address of the site."), words("Give it as https://site.example."))
    cure = words("Give it as https://site.example, without login, question mark or #.")
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(words("The address of the site cannot be read."), cure) from None
    if not given.isprintable() or " " in given or not host or len(given) > 2000:
        raise _bad(words("The address of the site cannot be read."), cure)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise _bad(words("The address of the site carries more than the site: perhaps a login or a token."), cure)
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
        raise _bad(
            words("The address of the site must begin with https://."),
            words("Plain http is for this machine itself only."),
        )
    return given


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _custodians(given: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(given))
    if not 1 <= len(names) <= CUSTODIANS_MAX:
        raise _bad(
            counted(
                "An account has one or two custodians; {n} was named.",
                "An account has one or two custodians; {n} were named.",
                len(names),
            ),
            words("Name one or two officials by their Unix names: they alone answer for it."),
        )
    for name in names:
        if not _UNIX_NAME.fullmatch(name):
            raise _bad(
                words("“{name}” is not a Unix name.", name=text.one_line(name)[:40]),
                words("Name the custodian by their login name."),
            )
    return names


def _settings(given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if not _SETTING.fullmatch(name):
            raise _bad(
                words("“{name}” is not a setting's name.", name=text.one_line(name)[:40]),
                words("Small letters, digits and _ only."),
            )
        if _SOUNDS_SECRET.search(name):
            raise _bad(
                words("The setting “{name}” sounds like a secret.", name=name),
                words("Secrets go in by: moderator account secret."),
            )
        _line(value, words("setting “{name}”", name=name))
    return dict(given)


def _no_code(said: str, field: str) -> str:
    if looks_like_code(said):
        raise _bad(
            words("The {field} looks like a code itself.", field=field),
            words("Say where it is kept, such as “sealed envelope 14, safe of the Director”; never what it is."),
        )
    return said


def _line(given: str, field: str) -> str:
    """One clean line of at most 200 characters."""
    line = " ".join(text.clean(given).text.split())
    if len(line) > _TEXT_MAX:
        raise _bad(
            words("The {field} is longer than {most} characters.", field=field, most=_TEXT_MAX),
            words("Shorten it."),
        )
    return line


def _bad(sentence: str, cure: str) -> Refused:
    return Refused(Code.BAD, sentence, cure)
