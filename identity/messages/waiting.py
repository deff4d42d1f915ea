"""Why a request waited, and when it is tried again. Facts: `since`, `at`, `when`, `until` (times
in words), `rule`, `number`, `count`, `span`."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "wait.heading": "Why it was delayed",
    "wait.panel": "Why did my request wait?",
    "wait.panel.none": "None of your requests waits for you to be reached.",
    "wait.held": "{at}: {what}",
    "wait.no_answer": "We asked you, and no answer came in time. That is fine.",
    "wait.since": "That was so since {since}.",
    "wait.rule": "The rule “{rule}” in version {number} of our rules held it.",
    "wait.again": "We looked {count} more times, the last time {at}.",
    "wait.again.one": "We looked once more, {at}.",
    "wait.next.quiet": "We try again {when}, because your quiet time ends then.",
    "wait.next.window": "We try again {when}, because our rules let this happen only in certain "
    "hours.",
    "wait.next.schedule": "We try again {when}: our rules say {span} after the last look.",
    "wait.next.reachable": "You can be reached now, so we try again in a moment.",
    "wait.spread": "We add {span} to that, so that not everybody is asked at the same moment.",
    "wait.until": "It can wait until {until}. After that comes the next safe step.",
    "wait.any_hour": "You do not need to wait for that: you can finish it at any hour.",
}
