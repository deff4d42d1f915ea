"""Why we decided as we did: one plain sentence for each reason code of policy, availability,
risk and trust."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # availability
    "reason.device_awake": "Your phone was awake, so we could ask you.",
    "reason.push_acknowledged": "Your phone answered not long ago, so we could ask you.",
    "reason.no_acknowledgement": "Your phone did not answer. Silence is never counted against you.",
    "reason.app_in_background": "Your app was in the background. Silence is never counted against "
    "you.",
    "reason.do_not_disturb": "You were on do-not-disturb, so we stayed quiet.",
    "reason.quiet_hours": "It was in your quiet hours, so we stayed quiet.",
    "reason.away": "You told us that you were away, so we stayed quiet.",
    "reason.notifications_off": "Prompts were switched off on your phone. That is your choice, and "
    "it is never counted against you.",
    "reason.nothing_known": "We did not know how to reach you. That is never counted against you.",
    "reason.network_lost": "Your phone had no network, so it could not answer.",
    "reason.device_stale": "We had not heard from your phone for a long time, so it cannot prove "
    "that it is you.",
    "reason.push_bounced": "Our last prompts did not reach your phone.",
    "reason.factor_uncertain": "We are not sure that your usual way is still only yours.",
    "reason.anomaly": "Something unusual happened on your account.",
    "reason.open_escalation": "The security team is looking at something on your account.",
    "reason.not_me": "You told us that it wasn’t you.",
}
