"""Ways to confirm, and the steps of the ladder.

`way.<factor>.title`, `.inline` (in the middle of a sentence); `way.why.*` is the second line.
`rung.*` is a step; `<rung>.more` the rest of its line. Facts: `left`, `until`, `application`.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "way.inline": "another way",
    "way.totp.title": "Code from your authenticator app",
    "way.totp.inline": "a code from your authenticator app",
    "way.totp.label": "6-digit code",
    "way.totp.hint": "Open your authenticator app and find Holdfast. Spaces are fine.",
    "way.totp.help": "Still no match? The clock on your phone may be wrong. Set it to automatic, or "
    "use another way.",
    "way.backup_code.title": "Backup code",
    "way.backup_code.inline": "a backup code",
    "way.backup_code.label": "One of the codes you saved",
    "way.backup_code.hint": "Each code works once. You have {left} left.",
    "way.backup_code.help": "Cross the code out on your list when it has worked.",
    "way.push.title": "Prompt on your phone",
    "way.push.inline": "a prompt on your phone",
    "way.security_key.title": "Security key or passkey",
    "way.security_key.inline": "your security key",
    "way.email_link.title": "Link by email",
    "way.email_link.inline": "a link by email",
    "way.sms.title": "Text message",
    "way.sms.inline": "a text message",
    "way.support.title": "Help from a person",
    "way.support.inline": "help from a person",
    # the second line
    "way.why.ready": "Ready to use",
    "way.why.totp": "Works without a network",
    "way.why.backup_code": "You have {left} left",
    "way.why.not_permitted": "Not for this request: it asks for a stronger proof",
    "way.why.not_enrolled": "You have not set this up",
    "way.why.none_left": "You have used them all",
    "way.why.device_stale": "Not now: your phone is out of date",
    "way.why.network_lost": "Not now: your phone is out of reach",
    "way.why.paused": "Paused until {until}",
    # done so far
    "rung.requested": "You asked for this.",
    "rung.requested.more": "In {application}.",
    "rung.asked": "We asked you.",
    "rung.no_answer": "No answer came in time.",
    "rung.no_answer.more": "That is fine.",
    "rung.saved": "We kept your request.",
    "rung.saved.more": "Nothing was lost.",
    "rung.looked_again": "We looked again.",
    "rung.looked_again.more": "It was not the moment.",
    "rung.came_back": "You came back.",
    "rung.other_way": "We offered another way.",
    "rung.review_opened": "Support got your request.",
    "rung.stopped": "We stopped it for safety.",
    "rung.stopped.more": "The security team was asked.",
    "rung.here": "You are here.",
    "rung.here.more": "Confirm, and the change is made within a minute.",
    "rung.here.waiting.more": "There is nothing for you to do now.",
    # still to come
    "rung.ask_again": "We ask you again.",
    "rung.ask_again.more": "Sooner, if you are back.",
    "rung.challenge_ends": "This question ends.",
    "rung.challenge_ends.more": "We keep your request and ask again later.",
    "rung.fallback": "We offer you another way.",
    "rung.fallback.more": "A backup code, or help from support.",
    "rung.review": "Support looks at it.",
    "rung.review.more": "A person can check that it is you.",
    "rung.verdict": "The security team answers.",
    "rung.answer": "You get an answer.",
    "rung.closes": "The request closes.",
    "rung.closes.more": "Nothing changes. You can ask again.",
}
