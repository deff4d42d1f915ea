"""What would change a decision, in words that a person can act on (D9).

`change.if.*` is a condition, `change.then.*` what it leads to. Facts: `ways` (how the person can
confirm, in words), `conditions` and `outcome` (the two parts of the sentence).
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "change.sentence": "{conditions}, {outcome}.",
    "change.and": " and ",
    "change.or": " or ",
    "change.if.trust": "after you confirm with {ways}",
    "change.if.consent": "if you agree beforehand that it is done first",
    "change.if.mode": "when the outage is over",
    "change.if.availability": "when you are reachable again",
    "change.if.availability.degraded": "when your usual device answers again",
    "change.if.risk.device": "on your usual device",
    "change.if.risk.network": "from your usual network",
    "change.if.risk.geography": "from your usual country",
    "change.if.risk.hour": "at one of your usual hours",
    "change.if.risk.anomalies": "when your account has been quiet for a while",
    "change.then.proceed": "it would go on without a new proof",
    "change.then.proceed_then_confirm": "it would be done at once, and we would ask you afterwards",
    "change.then.challenge": "we would ask you at once",
    "change.then.fallback": "you could finish it with another proof",
    "change.then.queue": "we would keep it until we can ask you",
    "change.then.read_only": "we would keep it, and reading would go on",
    "change.then.block": "a person would look at it",
    "console.changes.title": "What would change it",
    "console.changes.none": "Nothing that the person or time could change would lead to a better "
    "answer.",
    "console.changes.unread": "This release cannot read policy version {number}, by which it was "
    "decided.",
}
