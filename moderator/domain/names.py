"""What our codes are called when a person reads them. Codes on the wire, on the trail and in `--json` stay codes."""

from __future__ import annotations

from typing import Final

from moderator.domain.wording import Words, mark, words

NAMES: Final[dict[str, str]] = {
    # work state, and how an item ended
    "new": mark("new"),
    "claimed": mark("claimed"),
    "snoozed": mark("snoozed"),
    "escalated": mark("escalated"),
    "review": mark("review"),
    "committing": mark("committing"),
    "resolved": mark("resolved"),
    "archived": mark("archived"),
    "left_public": mark("left public"),
    "replied": mark("replied"),
    "hidden_replied": mark("hidden and replied"),
    "forwarded": mark("forwarded"),
    "duplicate": mark("duplicate"),
    "gone_before_action": mark("gone before action"),
    "lawful_order": mark("lawful order"),
    "overturned": mark("overturned"),
    "upheld": mark("upheld"),
    # visibility
    "public": mark("public"),
    "hidden": mark("hidden"),
    "removed": mark("removed"),
    "gone": mark("gone"),
    "unknown": mark("unknown"),
    # accounts
    "planned": mark("planned"),
    "active": mark("active"),
    "frozen": mark("frozen"),
    "compromised": mark("compromised"),
    "retired": mark("retired"),
    # what the policy suggests, and how far it could judge
    "keep": mark("keep"),
    "reply": mark("reply"),
    "hide": mark("hide"),
    "escalate": mark("escalate"),
    "voice": mark("by voice"),
    "judged": mark("judged"),
    "no_opinion": mark("no opinion"),
    "media": mark("media"),
    # the saved views that are no states
    "mine": mark("mine"),
    "due": mark("due"),
    "back": mark("back"),
    "in_flight": mark("in flight"),
    "all": mark("all"),
    "found": mark("found"),
    # roles
    "moderator": mark("moderator"),
    "lead": mark("lead"),
    "custodian": mark("custodian"),
    "spoc": mark("SPOC"),
    "records": mark("records"),
    "auditor": mark("auditor"),
    # orders, and the mail of an escalation
    "order": mark("order"),
    "request": mark("request"),
    "queued": mark("queued"),
    "sending": mark("sending"),
    "sent": mark("sent"),
    "failed": mark("failed"),
    # remote acts
    "held": mark("held"),
    "ready": mark("ready"),
    "done": mark("done"),
    "uncertain": mark("uncertain"),
    "parked": mark("parked"),
    "cancelled": mark("cancelled"),
    "restore": mark("restore"),
    "mail": mark("mail"),
    # the rules of the conduct code
    "length": mark("length"),
    "identity": mark("identity"),
    "personal_data": mark("personal data"),
    "confidential": mark("confidential"),
    "matter": mark("matter"),
    "placeholder": mark("placeholder"),
    "description": mark("description"),
}
"""Code → its name. Two codes of one spelling have one name."""


def named(code: str) -> Words | str:
    """The name of a code; one that has none is shown as it is, without its underscores."""
    name = NAMES.get(code)
    return words(name) if name is not None else code.replace("_", " ")
