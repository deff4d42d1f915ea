"""Waiting for somebody who cannot be reached, and what may go before a person's quiet (P4, P5).

Facts: `eta`, `until`, `name` as in the messages of states; `emergency`, `since`, `until` of an
emergency; `count`.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # the person's timeline and ladder
    "event.darkness.exceeded": "We could not reach you for as long as we may wait for this.",
    "event.fallback.selected.darkness_exceeded": "We had not reached you for long, so we offered "
    "another way.",
    "event.review.opened.darkness_exceeded": "We had not reached you for long, so a support agent "
    "got your request.",
    "rung.then_other_way.dark": "We wait until then for a sign of your phone.",
    "rung.then_other_way.dark.more": "Then we offer you another way: a backup code, or help from "
    "support.",
    "rung.then_support.dark": "We wait until then for a sign of your phone.",
    "rung.then_support.dark.more": "Then support looks at it: a person can check that it is you.",
    # the state that it leads to
    "action.fallback.darkness_exceeded.title": "We could not reach you for long. It is kept",
    "action.fallback.darkness_exceeded.body": "Something like this waits only so long for a phone "
    "out of reach. You can still finish it with another way. Nothing has changed.",
    "action.fallback.darkness_exceeded.next": "Use a way below before {until}. None left? Ask "
    "support to help. After that, the request closes.",
    "action.review.darkness_exceeded.title": "Support is looking at your request",
    "action.review.darkness_exceeded.body": "We could not reach you for long, so we gave it to a "
    "person. Two people must agree before anything changes.",
    # the console
    "case.because.darkness_exceeded": "The person was out of reach for as long as policy waits.",
    "console.label.dark_since": "In the dark since",
    "console.label.dark_until": "Next step because of that",
    "console.home.dark": "In the dark, longest first",
    "console.home.dark.none": "Nobody whom a request waits for is in the dark.",
    "console.home.dark.all": "All requests that wait",
    "console.home.dark.exceeded": "{count} open requests went on another way, because the person "
    "was in the dark for too long.",
    "console.home.dark.exceeded.one": "One open request went on another way, because the person "
    "was in the dark for too long.",
    "console.home.dark.exceeded.look": "Look at them",
    "console.label.darkness": "Darkness",
    "console.darkness.dark": "Person in the dark",
    "console.darkness.exceeded": "Went on because of it",
    # emergencies
    "event.quiet.overridden": "We asked you during your quiet, because of an emergency.",
    "event.quiet.overridden.account_takeover": "We asked you during your quiet, because somebody "
    "seemed to be taking over your account.",
    "event.quiet.overridden.credential_theft": "We asked you during your quiet, because somebody "
    "seemed to have your password or codes.",
    "event.quiet.overridden.provider_breach": "We asked you during your quiet, because a service "
    "that signs you in was broken into.",
    "emergency.heading": "We asked you during your quiet",
    "emergency.account_takeover": "Somebody seemed to be taking over your account. Until {until} "
    "we may ask you in spite of your quiet. After that, it holds again.",
    "emergency.credential_theft": "Somebody seemed to have your password or codes. Until {until} "
    "we may ask you in spite of your quiet. After that, it holds again.",
    "emergency.provider_breach": "A service that signs you in was broken into. Until {until} we "
    "may ask you in spite of your quiet. After that, it holds again.",
    "error.not_an_emergency.title": "Quiet is the person’s own choice",
    "error.not_an_emergency.detail": "The policy in force does not name this emergency, or what it "
    "asks for is not the case now. Nobody is disturbed.",
    "console.override.title": "Ask in spite of quiet",
    "console.override.text": "Only for an emergency that the policy names, and only while its "
    "sign is there. The person reads that you did it, and why.",
    "console.override.button": "Ask in spite of quiet",
    "console.override.done": "{name}: they may be asked now. They are told why.",
    "console.label.emergency": "Emergency",
    "console.emergency.account_takeover": "Account takeover",
    "console.emergency.credential_theft": "Theft of credentials",
    "console.emergency.provider_breach": "Breach at a provider",
}
