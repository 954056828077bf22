"""The desk's own terms as words for a sentence. Templates here; said where they are used."""

from __future__ import annotations

from typing import Final

from moderator.domain.asks import Order, ReasonCode
from moderator.domain.item import Cause, Disposition, Lane, State, Visibility
from moderator.domain.order import OrderKind
from moderator.domain.policy import Asks, Suggestion
from moderator.domain.view import View
from moderator.locale import N_

LANES: Final[dict[int, str]] = {
    Lane.LIFE: N_("URGENT, life safety."),
    Lane.THREAT: N_("URGENT."),
}
STATES: Final[dict[State, str]] = {
    State.NEW: N_("It is new."),
    State.CLAIMED: N_("It is claimed."),
    State.SNOOZED: N_("It is put aside."),
    State.ESCALATED: N_("It is handed up."),
    State.REVIEW: N_("It waits for a second person."),
    State.COMMITTING: N_("It is decided and on its way."),
    State.RESOLVED: N_("It is closed."),
    State.ARCHIVED: N_("It is archived."),
}
CAUSES: Final[dict[Cause, str]] = {
    Cause.EDITED: N_("It is back: the author edited it."),
    Cause.REOPENED: N_("It is back: somebody reopened it."),
    Cause.UNHIDDEN: N_("It is back: it was made public again on the platform."),
    Cause.HIDDEN_ELSEWHERE: N_("It is back: it was hidden on the platform, not from here."),
    Cause.ANSWERED_ELSEWHERE: N_("It is back: it was answered on the platform, not from here."),
    Cause.WROTE_AGAIN: N_("It is back: the author wrote again."),
    Cause.UNDONE: N_("It is back: a decision was undone."),
    Cause.SNOOZE_OVER: N_("It is back: it was put aside until now."),
    Cause.SENT_BACK: N_("It is back: the second person sent it back."),
    Cause.INSTRUCTED: N_("It is back: an instruction came."),
    Cause.EFFECT_FAILED: N_("It is back: what was decided could not be sent."),
    Cause.EFFECT_PARKED: N_("It is back: an effect waits for a person."),
    Cause.LINE_DROPPED: N_("It is back: the line of whoever had it dropped."),
}
VISIBLE: Final[dict[Visibility, str]] = {
    Visibility.PUBLIC: N_("Public on the platform."),
    Visibility.HIDDEN: N_("Hidden on the platform."),
    Visibility.REMOVED: N_("Removed from the platform."),
    Visibility.GONE: N_("Gone from the platform."),
    Visibility.UNKNOWN: N_("How it stands on the platform is not known."),
}
ENDS: Final[dict[Disposition, str]] = {
    Disposition.LEFT_PUBLIC: N_("left public"),
    Disposition.HIDDEN: N_("hidden"),
    Disposition.REPLIED: N_("replied"),
    Disposition.HIDDEN_REPLIED: N_("hidden and replied"),
    Disposition.FORWARDED: N_("forwarded"),
    Disposition.DUPLICATE: N_("closed as a duplicate"),
    Disposition.GONE: N_("gone before anything was done"),
    Disposition.LAWFUL_ORDER: N_("done by a lawful order"),
    Disposition.OVERTURNED: N_("overturned"),
    Disposition.UPHELD: N_("upheld"),
}
ASKS: Final[dict[Asks, str]] = {
    Asks.QUESTION: N_("It asks a question."),
    Asks.GRIEVANCE: N_("It brings a grievance."),
    Asks.MEDIA: N_("The press asks."),
    Asks.FEEDBACK: N_("It gives feedback."),
    Asks.RESCUE: N_("It asks for rescue."),
}
ASKED: Final[dict[Asks, str]] = {
    Asks.QUESTION: N_("a question"),
    Asks.GRIEVANCE: N_("a grievance"),
    Asks.MEDIA: N_("the press"),
    Asks.FEEDBACK: N_("feedback"),
    Asks.RESCUE: N_("asks for rescue"),
}
SUGGESTS: Final[dict[Suggestion, str]] = {
    Suggestion.KEEP: N_("suggests to keep it"),
    Suggestion.REPLY: N_("suggests a reply"),
    Suggestion.HIDE: N_("suggests to hide it"),
    Suggestion.ESCALATE: N_("suggests to hand it up"),
    Suggestion.VOICE: N_("suggests to hand it over by voice at once"),
}
REASONS: Final[dict[ReasonCode, str]] = {
    ReasonCode.VERIFY: N_("to verify"),
    ReasonCode.CONTENTIOUS: N_("contentious"),
    ReasonCode.LEGAL: N_("legal"),
    ReasonCode.SAFETY: N_("safety"),
    ReasonCode.MEDIA: N_("media"),
}
ORDERS: Final[dict[str, str]] = {
    OrderKind.ORDER: N_("An order"),
    OrderKind.REQUEST: N_("A request"),
}
VIEWS: Final[dict[str, str]] = {
    View.MINE: N_("mine"),
    View.NEW: N_("new"),
    View.DUE: N_("due"),
    View.BACK: N_("back"),
    View.ESCALATED: N_("handed up"),
    View.REVIEW: N_("for a second person"),
    View.IN_FLIGHT: N_("on its way"),
    View.ALL: N_("all"),
    View.FOUND: N_("found"),
}
SORTS: Final[dict[Order, str]] = {
    Order.PRIORITY: N_("the most urgent first"),
    Order.DUE: N_("the next due first"),
    Order.AGE: N_("the oldest first"),
    Order.NEWEST: N_("the newest first"),
}
