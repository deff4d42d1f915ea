"""What is sent to people by e-mail and text message.

`mail.<kind>.subject` and its paragraphs, `text.<kind>` the whole of a text message. Facts: `name`
whom it is for, `what` was asked, `application`, `code`, `until` when it ends, `title` of a notice.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "mail.greeting": "Hello {name},",
    "mail.sign": "Holdfast",
    "mail.foot": "You get this because somebody used your account at Holdfast. We never ask you "
    "for a password or a code by email.",
    "mail.notice.when": "It was {when}.",
    "mail.notice.not_me": "Was this not you? Open your ways to confirm and say so. We sign you out "
    "everywhere else and ask our security team.",
    "mail.notice.link": "See what changed",
    "mail.link.subject": "Confirm: {what}",
    "mail.link.text": "You asked us for a link to confirm “{what}” for {application}.",
    "mail.link.how": "Open it in the browser where you asked. In another one it asks for the "
    "number that the first one shows.",
    "mail.link.link": "See it and confirm",
    "mail.link.until": "The link works once, until {until}.",
    "mail.link.not_me": "Did you not ask? Say so on the page of the link, and change your "
    "password: somebody may know it.",
    "mail.code.subject": "Your code for Holdfast",
    "mail.code.text": "Type this code where you asked for it:",
    "mail.code.until": "It works once, until {until}.",
    "mail.code.not_me": "Did you not ask? Then do not type it anywhere, and tell nobody. Somebody "
    "may know your password: change it.",
    "mail.prompt.subject": "A request waits for you: {what}",
    "mail.prompt.text": "{application} asked for “{what}”. It waits for you, and nothing has "
    "changed yet.",
    "mail.prompt.how": "Open it when it suits you. Not answering is fine.",
    "mail.prompt.link": "See the request",
    "mail.prompt.until": "It waits until {until}.",
    "mail.prompt.not_me": "Was it not you who asked? Say so on the same page.",
    "text.code": "{code} is your Holdfast code, until {until}. Never tell it to anybody.",
    "text.notice": "Holdfast: {title}. Not you? {address}",
    "text.prompt": "Holdfast: a request waits for you. Nothing has changed yet. {address}",
}
