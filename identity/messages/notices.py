"""Security notices: `notice.<what>.title` and `.text`, and the words around them.

Facts: `way` in the middle of a sentence, `name` of a device, `place` where it was done.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "notices.heading": "Was this you?",
    "notices.lede": "We tell you this always, whatever else you switched off.",
    "notices.mine": "That was me",
    "notices.not_mine": "I did not do this",
    "notices.seen": "Thank you. It stays in the list of what changed.",
    "notices.disputed": "Thank you. We signed you out everywhere else and asked our security team. "
    "Nothing about your ways changes until they answer. Change your password now.",
    "notices.at": "Told",
    "notices.recent": "What changed of late",
    "notices.recent.text": "If anything here was not you, say so. We sign you out everywhere else "
    "and ask our security team.",
    "notices.with_security": "You said that this was not you. Our security team has it.",
    "notice.factor_enrol.title": "A way to confirm was added",
    "notice.factor_enrol.text": "Requests can now be confirmed with {way}. It was added "
    "on {place}.",
    "notice.factor_replace.title": "A way to confirm was made anew",
    "notice.factor_replace.text": "The old one stopped working: {way}. It was done on {place}.",
    "notice.factor_remove.title": "A way to confirm was removed",
    "notice.factor_remove.text": "It does not work any more: {way}. It was removed on {place}.",
    "notice.change_disputed.title": "Somebody began to change your ways to confirm",
    "notice.change_disputed.text": "It was begun on {place} and stopped there. Nothing was "
    "changed.",
    "notice.fallback_used.title": "A request was confirmed in a rarer way",
    "notice.fallback_used.text": "It was done with {way}, on {place}.",
    "notice.recovered.title": "Support confirmed a request for you",
    "notice.recovered.text": "Two people checked that it was you, and your request went on.",
    "notice.password_changed.title": "Your password was changed",
    "notice.password_changed.text": "It was changed on {place}.",
    "inventory.what.factor_changes": "How you changed your ways to confirm, and by which proof",
    "inventory.what.notices": "What we told you about your account’s safety",
    "event.notice.given": "We told you about a change to your account.",
    "event.notice.seen": "You saw what we told you.",
    "event.notice.disputed": "You told us that it wasn’t you.",
}
