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
    # policy
    "reason.low_stakes": "Little can go wrong here, so it goes on without a new proof.",
    "reason.medium_stakes": "It matters, so we want to be sure that it is you.",
    "reason.high_stakes": "It is sensitive and hard to undo, so we always ask for a fresh proof.",
    "reason.fresh_proof": "You proved that it was you a short while ago, and that is enough.",
    "reason.live_proof_needed": "It needs a proof from you, made for this request.",
    "reason.held_until_reachable": "We could not be sure to reach you, so we keep it until we can.",
    "reason.reading_goes_on": "You can look at everything meanwhile.",
    "reason.other_factor_needed": "Your usual way does not count just now, so we need another one.",
    "reason.person_must_decide": "Only a person may let this go on.",
    "reason.standing_consent": "You agreed beforehand that this may be done first and that we ask "
    "you afterwards.",
    "reason.second_person": "Somebody else has to agree to it as well.",
    "reason.risk_red": "Too much about this request is unusual for you.",
    "reason.released_by_security": "A person on the security team let it go on.",
    "reason.time_sensitive": "Waiting does harm here, so we ask again sooner.",
    "reason.degraded_mode": "One of our services has a problem, so our rules are stricter now.",
    "reason.emergency_mode": "Several of our services have a problem, so our rules are at their "
    "strictest.",
    "reason.unforeseen": "Our rules did not foresee this, and then the strictest one holds.",
    # risk: device, network, place, hour, role, what was asked, history
    "reason.device_new": "It came from a device that is new to us.",
    "reason.device_unknown": "We do not know the device that it came from.",
    "reason.network_changed": "It came from a network that you do not usually use.",
    "reason.network_unknown": "We cannot tell whether it came from your usual network.",
    "reason.geography_changed": "It came from a country that you are not usually in.",
    "reason.geography_unknown": "We cannot tell whether it came from your usual country.",
    "reason.hour_unusual": "It came at an unusual hour on your clock.",
    "reason.hour_unknown": "We do not know what time it is where you are.",
    "reason.origin_unknown": "We know little about where it came from.",
    "reason.role_privileged": "Your role lets you do more than most, so we look closer.",
    "reason.role_unknown": "We do not know your role, so we look closer.",
    "reason.transaction_low": "What was asked for is everyday.",
    "reason.transaction_medium": "What was asked for matters.",
    "reason.transaction_high": "What was asked for is sensitive.",
    "reason.transaction_unknown": "We do not know how sensitive this is, so we look closer.",
    "reason.anomalies_recent": "Something unusual was reported on your account not long ago.",
    "reason.anomalies_unknown": "We do not know what happened on your account lately.",
    # trust: what an earlier proof is still worth
    "reason.no_proof": "There is no earlier proof to build on.",
    "reason.proof_fresh": "Your last proof is fresh.",
    "reason.proof_recent": "Your last proof is some time ago.",
    "reason.proof_stale": "Your last proof is too long ago to count for this.",
    "reason.proof_worthless": "Your last proof is so old that it counts for nothing here.",
    "reason.assurance_low": "Your last proof was not strong enough for this.",
    # trust: what ended it at once, and what we could not tell
    "reason.proof_expired": "Your last proof has expired.",
    "reason.proof_credentials_changed": "Your password or a way to prove who you are was changed "
    "after your last proof.",
    "reason.proof_session_over": "The sign-in in which you gave your last proof has ended.",
    "reason.proof_device_revoked": "The device on which you gave your last proof was removed.",
    "reason.proof_risk_raised": "Something unusual happened on your account after your last proof.",
    "reason.proof_outage_ended": "An outage has ended since your last proof, and after one we ask "
    "again.",
    "reason.proof_risk_red": "Too much about this request is unusual for an earlier proof to "
    "count.",
    "reason.proof_device_changed": "Your last proof was on another device.",
    "reason.proof_network_changed": "Your last proof was on another network.",
    "reason.proof_country_changed": "Your last proof was in another country.",
    "reason.proof_application_other": "Your last proof was for another application.",
    "reason.proof_credentials_unknown": "We cannot tell whether your last proof was before a "
    "change of your password or of a way to prove who you are.",
    "reason.proof_session_unknown": "We cannot tell in which sign-in you gave your last proof.",
    "reason.proof_device_unknown": "We cannot tell whether your last proof was on this device.",
    "reason.proof_network_unknown": "We cannot tell whether your last proof was on this network.",
    "reason.proof_country_unknown": "We cannot tell whether your last proof was in this country.",
    "reason.proof_application_unknown": "We cannot tell which application your last proof was for.",
    "reason.outage_shortens": "During an outage, proofs count for a shorter time.",
}
