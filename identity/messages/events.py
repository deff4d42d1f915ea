"""The timeline: one sentence in the past tense for each event of the vocabulary.

`event.<name>.<reason>` where a reason has words of its own. Facts: `application`, `way`.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "event.presence.updated": "What we know about how to reach you changed.",
    "event.auth.requested": "You asked for this in {application}.",
    "event.auth.queued": "Your request was queued.",
    "event.auth.queued.do_not_disturb": "You were on do-not-disturb, so your request was queued.",
    "event.auth.queued.quiet_hours": "It was in your quiet hours, so your request was queued.",
    "event.auth.queued.away": "You were away, so your request was queued.",
    "event.auth.queued.network_lost": "Your phone had no network, so your request was queued.",
    "event.auth.queued.no_acknowledgement": "Your phone did not answer, so your request was "
    "queued.",
    "event.auth.queued.app_in_background": "Your app was in the background, so your request was "
    "queued.",
    "event.auth.queued.notifications_off": "Prompts were switched off, so your request was queued.",
    "event.auth.queued.nothing_known": "We did not know how to reach you, so your request was "
    "queued.",
    "event.action.rescheduled": "We looked again. It was not the moment, so your request waited "
    "on.",
    "event.action.rescheduled.do_not_disturb": "You were still on do-not-disturb, so your request "
    "waited on.",
    "event.action.rescheduled.quiet_hours": "It was still in your quiet hours, so your request "
    "waited on.",
    "event.action.rescheduled.away": "You were still away, so your request waited on.",
    "event.action.rescheduled.network_lost": "Your phone still had no network, so your request "
    "waited on.",
    "event.challenge.issued": "We asked you for a proof.",
    "event.challenge.issued.came_back": "You came back, and we asked you for a proof.",
    "event.challenge.issued.asked_again": "We asked you once more for a proof.",
    "event.challenge.issued.released_by_security": "Security let it go on, and we asked you for a "
    "proof.",
    "event.challenge.expired": "No answer came in time. That is fine.",
    "event.challenge.answered": "You gave a proof with {way}.",
    "event.challenge.missed": "A try with {way} did not match. Nothing was changed.",
    "event.challenge.withdrawn": "We took our question back, because another way was used.",
    "event.fallback.selected": "We asked for another way.",
    "event.fallback.selected.device_stale": "Your usual phone was out of date, so we asked for "
    "another way.",
    "event.fallback.selected.factor_uncertain": "Your usual way was not certain, so we asked for "
    "another way.",
    "event.fallback.selected.push_bounced": "Prompts did not reach your phone, so we asked for "
    "another way.",
    "event.fallback.selected.window_passed": "The first time was up, so we offered another way.",
    "event.fallback.selected.no_usable_factor": "None of your ways fitted, so we asked for another "
    "one.",
    "event.fallback.selected.stronger_proof_needed": "Something had changed, so we asked for a "
    "stronger proof.",
    "event.resume.completed": "Your request went on from where it was.",
    "event.resume.completed.confirmed_by_support": "Support confirmed that it was you, and your "
    "request went on.",
    "event.escalation.triggered": "We stopped it for safety and asked the security team.",
    "event.escalation.resolved": "A person on the security team decided about it.",
    "event.escalation.resolved.genuine_contacted": "The security team reached you and let it go "
    "on.",
    "event.escalation.resolved.genuine_explained": "The security team found the reason and let it "
    "go on.",
    "event.escalation.closed": "The security team did not need to decide any more.",
    "event.review.opened": "A support agent got your request.",
    "event.review.opened.asked_for_help": "You asked support to help.",
    "event.review.opened.window_passed": "The time was up, so a support agent got your request.",
    "event.review.opened.held_by_security": "Security passed your request to support.",
    "event.case.proposed": "One support agent said that it was you. A second one looked next.",
    "event.case.confirmed": "A second support agent agreed that it was you.",
    "event.case.refused": "Support could not make sure that it was you.",
    "event.case.closed": "Support did not need to decide any more.",
    "event.action.approved": "The proof was good.",
    "event.action.approved.no_proof_needed": "No new proof was needed.",
    "event.action.approved.confirmed_by_support": "Support confirmed it for you.",
    "event.action.committed": "The change was made.",
    "event.action.denied": "The request was refused.",
    "event.action.denied.not_me": "You told us that it wasn’t you. We stopped it.",
    "event.action.denied.refused_by_security": "The security team stopped it.",
    "event.action.denied.refused_by_support": "Support refused it.",
    "event.action.cancelled": "The request was cancelled.",
    "event.action.cancelled.by_user": "You cancelled the request.",
    "event.action.cancelled.by_application": "{application} took the request back.",
    "event.action.cancelled.session_revoked": "The sign-in that it came from was ended, so it was "
    "cancelled.",
    "event.action.cancelled.device_revoked": "The device that it came from was removed, so it was "
    "cancelled.",
    "event.action.expired": "The time was up, and the request closed. Nothing was changed.",
    "event.action.failed": "{application} could not make the change.",
    "event.action.failed.receiver_refused": "{application} refused the change.",
    "event.action.failed.receiver_unreachable": "We could not reach {application}.",
    "event.action.reversed": "The change was taken back.",
    "event.delivery.acknowledged": "{application} said that it got our message.",
    "event.delivery.abandoned": "{application} did not answer our message.",
    "event.delivery.held": "It was outside the hours for this, so our message to {application} "
    "waited.",
    "event.delivery.held.endpoint_gone": "{application} takes no messages at the moment, so ours "
    "waits.",
    "event.delivery.locked": "A key of ours was missing, so our message to {application} waited.",
    "event.delivery.resent": "We sent our message to {application} again.",
    "event.endpoint.closed": "An application said that it takes no more messages.",
    "event.endpoint.opened": "Messages to an application go out again.",
    "event.endpoint.secret_changed": "An application got a new secret for its messages.",
    "event.session.started": "You signed in.",
    "event.session.ended": "You signed out.",
    "event.session.revoked": "A sign-in was ended.",
    "event.device.revoked": "A device was removed.",
    "event.policy.drafted": "New rules were written down.",
    "event.policy.submitted": "New rules were put up for review.",
    "event.policy.signed": "Somebody agreed to the new rules.",
    "event.policy.returned": "The new rules went back to their author.",
    "event.policy.activated": "New rules came into force.",
    "event.policy.retired": "The old rules stopped deciding.",
}
