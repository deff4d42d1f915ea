"""Availability in words, never a dot. Facts: `until` (when quiet ends), `since`."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "availability.available.title": "We can reach you now",
    "availability.available.body": "A new request that needs you asks you at once.",
    "availability.delayed.title": "We are not sure that we can reach you",
    "availability.delayed.body": "Not answering is fine. A request that needs you is kept, and you "
    "can finish it here at any hour.",
    "availability.unreachable.title": "Your phone is out of reach",
    "availability.unreachable.body": "Your requests are kept. You can look at everything, and "
    "finish a request here at any hour.",
    "availability.degraded.title": "Your usual way is not certain",
    "availability.degraded.body": "We can reach you, but a request that needs you asks for another "
    "way, such as a backup code.",
    "availability.escalated.title": "A person is looking at your account",
    "availability.escalated.body": "Sensitive requests wait until the security team has decided. "
    "You can look at everything.",
    "availability.do_not_disturb.title": "Do not disturb until {until}",
    "availability.do_not_disturb.body": "We ask you nothing before then. Not answering is fine: "
    "your requests wait.",
    "availability.quiet_hours.title": "Quiet hours until {until}",
    "availability.quiet_hours.body": "We ask you nothing before then. Not answering is fine: your "
    "requests wait.",
    "availability.away.title": "Away until {until}",
    "availability.away.body": "We ask you nothing before then. Not answering is fine: your "
    "requests wait.",
    # why, in one short line each
    "availability.reason.device_awake": "Your phone is awake.",
    "availability.reason.push_acknowledged": "Your phone answered not long ago.",
    "availability.reason.no_acknowledgement": "Your phone has not answered our last prompt.",
    "availability.reason.app_in_background": "The app is in the background on your phone.",
    "availability.reason.do_not_disturb": "You are on do-not-disturb.",
    "availability.reason.quiet_hours": "These are your quiet hours.",
    "availability.reason.away": "You told us that you are away.",
    "availability.reason.notifications_off": "Prompts are switched off on your phone. That is your "
    "choice.",
    "availability.reason.nothing_known": "We know nothing about your phone just now. That is fine.",
    "availability.reason.network_lost": "Your phone has no network.",
    "availability.reason.device_stale": "We have not heard from your phone for a long time.",
    "availability.reason.push_bounced": "Our last prompts did not reach your phone.",
    "availability.reason.factor_uncertain": "We are not sure that your usual way is only yours.",
    "availability.reason.anomaly": "Something unusual happened on your account.",
    "availability.reason.open_escalation": "The security team is looking at something of yours.",
}
