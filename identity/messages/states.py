"""What the person reads about an action: title, what happened and why, what comes next.

`action.<status>.<reason>.<part>` where a reason has words of its own, else
`action.<status>.<part>`. Facts: `name`, `application`, `eta` ("today at 20:00") and `before` (the
same moment: "20:00 today"), `until` (the end of the window), `answer_by`, `place` (whose clock),
`unchanged` and `done` (what did or did not change).
"""

from __future__ import annotations

_OPEN_UNTIL = "The request stays open until {until}."
_OR_NOW = "You can also finish it here, now, at any hour."
_AGAIN = "We ask again {eta}, or as soon as you are back. " + _OPEN_UNTIL
_QUIET = "We ask you {eta}, {place} time. " + _OR_NOW
_BEFORE = "Confirm before {until}. After that, support can help you."
_NO_MORE = "Nothing more happens. You can ask again in {application} at any time."
_SECURITY = "A person on the security team looks at it by {answer_by}. You need do nothing."

MESSAGES: dict[str, str] = {
    # the word and what it means for the list
    "status.pending": "Waiting for you",
    "status.queued": "Queued",
    "status.delayed": "Delayed",
    "status.fallback": "Another way needed",
    "status.review": "With a person",
    "status.blocked": "Blocked for safety",
    "status.approved": "Confirmed",
    "status.committed": "Done",
    "status.expired": "Ran out of time",
    "status.denied": "Refused",
    "status.cancelled": "Cancelled",
    "status.failed": "Did not go through",
    "status.reversed": "Undone",
    # the product as a whole
    "status.all_works": "All services work.",
    "status.nothing_to_do": "There is nothing that you need to do.",
    # pending
    "action.pending.title": "One proof from you finishes this, {name}",
    "action.pending.body": "This needs a fresh proof that it is you. Nothing has changed yet.",
    "action.pending.next": "Confirm before {before}. Not answering is fine: we keep your request "
    "and ask again later. " + _OPEN_UNTIL,
    "action.pending.asked.title": "We are asking you now, {name}",
    "action.pending.came_back.title": "Welcome back, {name}. This waits for you",
    "action.pending.came_back.body": "You were out of reach when we asked, so we kept your "
    "request. Nothing has changed yet.",
    "action.pending.asked_again.title": "We are asking you once more, {name}",
    "action.pending.asked_again.body": "We have not heard from you yet. That is fine. Nothing has "
    "changed.",
    "action.pending.released_by_security.title": "Security checked this. Now confirm it",
    "action.pending.released_by_security.body": "A person on the security team let it go on. We "
    "still need your own proof. Nothing has changed yet.",
    # queued
    "action.queued.title": "Nothing has changed yet, {name}",
    "action.queued.body": "We could not reach you when we asked, so we kept your request. You can "
    "finish it here, now.",
    "action.queued.next": _AGAIN,
    "action.queued.do_not_disturb.title": "Kept quiet for you: nothing has changed",
    "action.queued.do_not_disturb.body": "You are on do-not-disturb, so we stayed quiet and kept "
    "your request.",
    "action.queued.do_not_disturb.next": _QUIET,
    "action.queued.quiet_hours.title": "Kept quiet for you: nothing has changed",
    "action.queued.quiet_hours.body": "These are your quiet hours, so we kept your request and "
    "did not contact you.",
    "action.queued.quiet_hours.next": _QUIET,
    "action.queued.away.title": "Kept until you are back: nothing has changed",
    "action.queued.away.body": "You told us that you are away, so we kept your request.",
    "action.queued.away.next": _QUIET,
    "action.queued.no_acknowledgement.body": "Your phone did not answer when we asked, so we kept "
    "your request. You can finish it here, now.",
    "action.queued.app_in_background.body": "Your app was in the background and did not answer, so "
    "we kept your request. You can finish it here, now.",
    "action.queued.notifications_off.body": "Prompts are switched off on your phone. That is your "
    "choice, so we kept your request. You can finish it here, now.",
    "action.queued.nothing_known.body": "We did not know how to reach you, so we kept your "
    "request. You can finish it here, now.",
    "action.queued.network_lost.body": "Your phone had no network when we asked, so we kept your "
    "request. You can finish it here, now.",
    # delayed
    "action.delayed.title": "Nothing has changed yet, {name}",
    "action.delayed.body": "We asked, and no answer came in time. Not answering is fine, and it is "
    "never counted against you.",
    "action.delayed.next": _AGAIN,
    # fallback
    "action.fallback.title": "Another way is needed, {name}",
    "action.fallback.body": "Your usual way cannot prove that it is you just now. Your request is "
    "kept, and nothing has changed.",
    "action.fallback.next": "Use another way before {until}. None left? Ask support to help.",
    "action.fallback.device_stale.title": "Your usual phone is out of date, {name}",
    "action.fallback.device_stale.body": "We have not heard from it for a long time, so it cannot "
    "prove that it is you. Your request is kept, and nothing has changed.",
    "action.fallback.factor_uncertain.title": "Your usual way is not certain, {name}",
    "action.fallback.factor_uncertain.body": "We are not sure that your usual way is still only "
    "yours. Your request is kept, and nothing has changed.",
    "action.fallback.push_bounced.title": "Prompts do not reach your phone, {name}",
    "action.fallback.push_bounced.body": "Our last prompts came back to us. Your request is kept, "
    "and nothing has changed.",
    "action.fallback.window_passed.title": "The first time is up. Your request is kept",
    "action.fallback.window_passed.body": "We could not reach you in time. You can still finish it "
    "with another way. Nothing has changed.",
    "action.fallback.window_passed.next": "Use a way below before {until}. None left? Ask support "
    "to help. After that, the request closes.",
    "action.fallback.no_usable_factor.title": "None of your ways fits this, {name}",
    "action.fallback.no_usable_factor.body": "This needs a proof that you have not set up. Your "
    "request is kept, and nothing has changed.",
    "action.fallback.no_usable_factor.next": "Ask support to help before {until}. A person can "
    "check that it is you.",
    "action.fallback.stronger_proof_needed.title": "Your proof was good, but we need a stronger "
    "one",
    "action.fallback.stronger_proof_needed.body": "Something changed since you asked, so this "
    "needs another way. Your request is kept.",
    "action.fallback.released_by_security.title": "Security checked this. Now confirm it",
    "action.fallback.released_by_security.body": "A person on the security team let it go on. We "
    "still need your own proof, by another way than usual.",
    # review
    "action.review.title": "A support agent is checking your request",
    "action.review.body": "Two people must agree that it is you. Nothing has changed yet.",
    "action.review.next": "You get an answer by {until}. You can close this page.",
    "action.review.window_passed.title": "Support is looking at your request",
    "action.review.window_passed.body": "We could not reach you in time, so we gave it to a "
    "person. Two people must agree before anything changes.",
    "action.review.held_by_security.title": "Security passed this to support",
    "action.review.held_by_security.body": "The security team could not reach you, so support "
    "checks that it is you. Nothing has changed.",
    "action.review.asked_for_help.body": "You asked for help. Two people must agree that it is "
    "you. Nothing has changed yet.",
    "action.review.still_blocked.title": "Support is checking this before it goes on",
    "action.review.still_blocked.body": "Security let it go on, but it still looks risky. So two "
    "people check that it is you. Nothing has changed.",
    # blocked
    "action.blocked.title": "We stopped this to be safe, {name}",
    "action.blocked.body": "Our rules do not let this go on without a person. It is not a "
    "judgement about you. Nothing has changed.",
    "action.blocked.next": _SECURITY,
    "action.blocked.next.late": "The security team meant to look at it by {answer_by} and is late. "
    "It is still on their list, until {until}.",
    "action.blocked.high_risk.body": "It came in a way that is unusual for you, so a person looks "
    "at it first. Nothing has changed.",
    "action.blocked.anomaly.body": "Something unusual happened on your account, and we could not "
    "reach you to ask. So a person looks at it first. Nothing has changed.",
    "action.blocked.escalated.body": "It is sensitive, and something about your account is still "
    "being looked at. So a person decides. Nothing has changed.",
    "action.blocked.policy.next": "Nothing more happens by itself. You can cancel it, or ask again "
    "later in {application}.",
    # approved
    "action.approved.title": "We are making the change now",
    "action.approved.body": "Nothing more is needed from you. {application} is being told.",
    "action.approved.next": "This usually takes less than a minute. You can close this page.",
    "action.approved.proved.body": "Your proof was good. {application} is being told.",
    "action.approved.confirmed_by_support.body": "Two people at support agreed that it is you. "
    "{application} is being told.",
    # committed
    "action.committed.title": "{done}",
    "action.committed.body": "{application} has made the change.",
    "action.committed.acknowledged.body": "{application} told us that it made the change.",
    "action.committed.done.body": "We made the change as soon as it was confirmed.",
    "action.committed.next": "Nothing more to do.",
    # expired
    "action.expired.title": "{unchanged}",
    "action.expired.body": "We kept this request as long as our rules allow, and then closed it. "
    "What you typed is deleted.",
    "action.expired.next": "You can ask again in {application} at any time.",
    # denied
    "action.denied.title": "We stopped this. {unchanged}",
    "action.denied.body": "The request was stopped. What you typed is deleted.",
    "action.denied.next": _NO_MORE,
    "action.denied.not_me.title": "You told us it wasn’t you. {unchanged}",
    "action.denied.not_me.body": "We stopped the request, and ended the sign-in that it came "
    "from, where we knew it.",
    "action.denied.not_me.next": "Security checks where it came from. Look at your devices, too.",
    "action.denied.refused_by_security.body": "The security team looked at it and stopped it. It "
    "looked like somebody else was asking.",
    "action.denied.refused_by_security.next": "Was it you? Call support on the number you already "
    "have, then ask again in {application}.",
    "action.denied.refused_by_support.body": "Support could not make sure that it was you, so "
    "nothing was changed.",
    "action.denied.refused_by_support.next": "You can ask again in {application} with a way that "
    "works for you.",
    # cancelled
    "action.cancelled.title": "This was taken back. {unchanged}",
    "action.cancelled.body": "What you typed is deleted.",
    "action.cancelled.next": _NO_MORE,
    "action.cancelled.by_user.title": "You cancelled this. {unchanged}",
    "action.cancelled.by_application.body": "{application} took the request back. What you typed "
    "is deleted.",
    "action.cancelled.session_revoked.body": "The sign-in that it came from was ended, so we "
    "stopped it. What you typed is deleted.",
    "action.cancelled.device_revoked.body": "The device that it came from was removed, so we "
    "stopped it. What you typed is deleted.",
    "action.cancelled.account_closed.body": "The account is closed, so we stopped it. What was "
    "typed is deleted.",
    # failed
    "action.failed.title": "{application} could not make the change",
    "action.failed.body": "Your part was fine. {unchanged}.",
    "action.failed.next": "Look at what you typed, then ask again in {application}.",
    "action.failed.receiver_refused.body": "Your part was fine, but {application} refused the "
    "change. {unchanged}.",
    "action.failed.receiver_unreachable.title": "We could not reach {application}",
    "action.failed.receiver_unreachable.body": "Your part was fine. We tried to tell {application} "
    "several times, without an answer.",
    "action.failed.receiver_unreachable.next": "Look in {application} before you ask again: the "
    "change may have been made.",
    # reversed
    "action.reversed.title": "This was undone",
    "action.reversed.body": "The change was made, and then taken back.",
    "action.reversed.next": _NO_MORE,
}
