"""A maildir of synthetic mails, and neomutt and aerc set up to read it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

MAILS: Final = 100_000
SUBJECTS: Final = (
    "When will the pension come to Lanka road",
    "The flood relief portal is a failure",
    "বানপানীৰ সাহায্য এতিয়াও পোৱা নাই",
    "Thank you for the quick answer",
    "Is the bridge near Hojai open again",
)


def commands(cache: Path, mails: int = MAILS) -> dict[str, list[str]]:
    """Name → command of the mail readers that are installed, over a maildir that is made once."""
    box = _maildir(cache / f"mail-{mails}", mails)
    found: dict[str, list[str]] = {}
    if shutil.which("neomutt"):
        found["neomutt"] = _neomutt(cache, box)
    if shutil.which("aerc"):
        found["aerc"] = _aerc(cache, box)
    return found


def _maildir(box: Path, mails: int) -> Path:
    """INBOX of a maildir with so many mails."""
    inbox = box / "INBOX"
    done = box / "done"
    if done.exists():
        return box
    for part in ("cur", "new", "tmp"):
        (inbox / part).mkdir(parents=True, exist_ok=True)
    begun = datetime(2026, 11, 1, tzinfo=UTC)
    for n in range(mails):
        subject = SUBJECTS[n % len(SUBJECTS)]
        date = format_datetime(begun + timedelta(seconds=n * 20))
        text = (
            f"From: Citizen {n % 997} <c{n % 997}@example.org>\nTo: desk@example.org\nSubject: {subject} {n}\n"
            f"Date: {date}\nMessage-ID: <{n}@example.org>\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{subject}, file {n}.\n"
        )
        (inbox / "cur" / f"{1_790_000_000 + n}.M{n}.bench:2,").write_text(text, encoding="utf-8")
    done.touch()
    return box


def _neomutt(cache: Path, box: Path) -> list[str]:
    """neomutt with a header cache that is warm."""
    rc = cache / "neomuttrc"
    rc.write_text(
        f'set folder="{box}"\nset spoolfile="{box}/INBOX"\nset header_cache="{cache}/neomutt-headers"\n'
        "set sort=reverse-date\nset mail_check_stats=no\nset timeout=600\nset mail_check=600\n"
        "set quit=yes\nset move=no\nset sidebar_visible=no\nset wait_key=no\n"
        "bind index j next-entry\nbind index k previous-entry\n",
        encoding="utf-8",
    )
    return ["neomutt", "-n", "-F", str(rc)]


def _aerc(cache: Path, box: Path) -> list[str]:
    """aerc over the same maildir, without its greeting."""
    home = cache / "aerc-home"
    place = home / "aerc"
    place.mkdir(parents=True, exist_ok=True)
    accounts = place / "accounts.conf"
    accounts.write_text(
        f"[bench]\nsource = maildir://{box}\ndefault = INBOX\nfrom = Desk <desk@example.org>\n", encoding="utf-8"
    )
    accounts.chmod(0o600)
    (place / "aerc.conf").write_text(
        "[general]\nunsafe-accounts-conf=true\n[ui]\nmouse-enabled=false\n[viewer]\npager=cat\n", encoding="utf-8"
    )
    shared = Path("/usr/share/aerc/binds.conf")
    if shared.exists():
        shutil.copy(shared, place / "binds.conf")
    return ["env", f"XDG_CONFIG_HOME={home}", "aerc"]
