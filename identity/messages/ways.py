"""Ways to confirm, and the steps of the ladder.

`way.<factor>.title`, `.inline` (in the middle of a sentence), `.why` (the second line) and
`.not_here` (why it is not on offer). `rung.*` is a step, `<rung>.more` the rest of its line.
Fact: `left`, the number of backup codes.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "way.inline": "another way",
    "way.totp.title": "Code from your authenticator app",
    "way.totp.inline": "a code from your authenticator app",
    "way.totp.label": "6-digit code",
    "way.totp.hint": "Open your authenticator app and find Holdfast. Spaces are fine.",
    "way.totp.help": "Still no match? The clock on your phone may be wrong. Set it to automatic, "
    "or use another way.",
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
    "way.totp.why": "Works without a network",
    "way.totp.not_here": "Not for this request: your app is on a phone that is out of date",
    "way.backup_code.why": "You have {left} left",
    "way.backup_code.not_here": "Not for this request: it asks for a stronger proof",
    # done so far
    "rung.asked": "We asked you for a proof.",
    "rung.no_answer": "No answer came in time.",
    "rung.no_answer.more": "That is fine.",
    "rung.queued": "We kept your request.",
    "rung.queued.more": "Nothing was lost.",
    "rung.fallback": "We asked for another way.",
    "rung.review": "A support agent got your request.",
    "rung.escalated": "We stopped it for safety.",
    "rung.escalated.more": "The security team was asked.",
    "rung.confirmed": "It was confirmed.",
    "rung.committed": "The change was made.",
    "rung.here": "You are here.",
    "rung.here.more": "Confirm, and the change is made within a minute.",
    "rung.waiting": "You are here.",
    "rung.waiting.more": "There is nothing for you to do now.",
    # still to come
    "rung.no_sooner": "{at} or later",
    "rung.prompt_ends": "This question ends.",
    "rung.prompt_ends.more": "We keep your request and ask again later.",
    "rung.ask_again": "We ask you again.",
    "rung.ask_again.more": "Sooner, if you are back.",
    "rung.ask_more": "We go on asking, less often.",
    "rung.ask_more.more": "Until the time is up.",
    "rung.then_other_way": "We offer you another way.",
    "rung.then_other_way.more": "A backup code, or help from support.",
    "rung.then_support": "Support looks at it.",
    "rung.then_support.more": "A person can check that it is you.",
    "rung.verdict": "The security team answers.",
    "rung.answer": "You get an answer.",
    "rung.answer.more": "If not, the request closes and nothing changes.",
    "rung.closes": "The request closes.",
    "rung.closes.more": "Nothing changes. You can ask again.",
}
