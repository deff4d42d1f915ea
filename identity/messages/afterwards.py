"""Done first and confirmed afterwards; held until the hours in which it may happen; agreed to by
others (D2): states, events, refusals, pages.

Facts as in `states`: `eta` and `before` are the deadline to confirm, or when the hours begin.
"""

from __future__ import annotations

_UNDER_WAY = "You get an answer here. You need do nothing."
_SECURITY = "The security team was asked to look at it."

MESSAGES: dict[str, str] = {
    # done, and the person's to confirm
    "status.to_confirm": "Done, to confirm",
    "status.undoing": "Being undone",
    "status.with_security": "Done, with security",
    "action.committed.confirm_or_reverse.title": "Done, {name}. Was it you?",
    "action.committed.confirm_or_reverse.body": "You agreed beforehand that this may be done "
    "first. It is done, and we ask you now.",
    "action.committed.confirm_or_reverse.next": "Confirm before {before}. If you do not, we undo "
    "it. Not answering is fine.",
    "action.committed.confirm_or_escalate.title": "Done, {name}. Was it you?",
    "action.committed.confirm_or_escalate.body": "You agreed beforehand that this may be done "
    "first. It is done, and we ask you now.",
    "action.committed.confirm_or_escalate.next": "Confirm before {before}. If you do not, the "
    "security team looks at it. Not answering is fine.",
    "action.committed.confirmed.title": "Confirmed. {done}",
    "action.committed.confirmed.body": "It was done first, and you confirmed it afterwards. What "
    "you typed is deleted.",
    "action.committed.reversal_under_way.title": "We are undoing this",
    "action.committed.reversal_under_way.body": "It was done, and it was not confirmed. "
    "{application} is being told to take it back.",
    "action.committed.reversal_under_way.next": "This usually takes less than a minute. "
    + _UNDER_WAY,
    "action.committed.with_security.title": "This was done, and not undone yet",
    "action.committed.with_security.body": "It was not confirmed, and it cannot simply be taken "
    "back here. " + _SECURITY,
    "action.committed.with_security.next": "A person on the security team decides. " + _UNDER_WAY,
    "action.committed.accepted_by_security.title": "Security looked at it. It stands",
    "action.committed.accepted_by_security.body": "A person on the security team found nothing "
    "wrong with it. What you typed is deleted.",
    "action.committed.refused_by_security.title": "Security does not accept this",
    "action.committed.refused_by_security.body": "It was done and cannot be taken back here. The "
    "security team sees to it with {application}.",
    "action.committed.refused_by_security.next": "Look in {application}. Does anything look "
    "wrong? Call support on the number you already have.",
    # undone
    "action.reversed.no_answer.body": "It was not confirmed in time, so it was taken back, as "
    "you agreed beforehand. Not answering is fine.",
    "action.reversed.refused.title": "Undone, as you asked",
    "action.reversed.refused.body": "You told us that it was not what you wanted, so it was taken "
    "back. What you typed is deleted.",
    "action.reversed.not_me.title": "You told us it wasn’t you. It was undone",
    "action.reversed.not_me.body": "It was taken back, and the sign-in that it came from was "
    "ended, where we knew it.",
    "action.reversed.not_me.next": "Security checks where it came from. Look at your devices, too.",
    "action.reversed.refused_by_security.body": "The security team looked at it, and it was taken "
    "back.",
    # held until the hours begin
    "action.queued.window_closed.title": "Kept until it may be done: nothing has changed",
    "action.queued.window_closed.body": "Our rules let this be done in certain hours only. We kept "
    "your request, and you need do nothing now.",
    "action.queued.window_closed.next": "It goes on {eta}, {place} time. We look at it anew then.",
    "event.auth.queued.window_closed": "It may be done in certain hours only, so your request "
    "was queued.",
    "event.action.rescheduled.window_closed": "The hours in which it may be done had not begun, "
    "so your request waited on.",
    # others have to agree
    "action.review.second_person_needed.title": "Your part is done. Others have to agree",
    "action.review.second_person_needed.body": "Our rules want somebody else to agree to this as "
    "well. Nothing has changed yet.",
    "action.approved.second_person_agreed.body": "Everybody who had to agree did. {application} is "
    "being told.",
    "action.denied.refused_by_colleague.body": "Somebody who had to agree to it did not. Nothing "
    "was changed.",
    "action.denied.refused_by_colleague.next": "You can ask again in {application} at any time.",
    "event.review.opened.second_person_needed": "Your part was done, and others were asked to "
    "agree.",
    "event.case.agreed": "Somebody who had to agree did.",
    "event.action.approved.second_person_agreed": "Everybody who had to agree did.",
    "event.action.denied.refused_by_colleague": "Somebody who had to agree did not.",
    "event.resume.completed.second_person_agreed": "Your request went on from where it was.",
    # what happened afterwards
    "event.action.confirmed": "You confirmed it.",
    "event.action.unconfirmed": "It was not confirmed.",
    "event.action.unconfirmed.no_answer": "It was not confirmed in time. That is fine.",
    "event.action.unconfirmed.refused": "You told us that it was not what you wanted.",
    "event.action.unconfirmed.not_me": "You told us that it wasn’t you.",
    "event.action.unconfirmed.refused_by_security": "The security team did not accept it.",
    "event.action.quarantined": "We could not go on with it, through a fault of ours. Our staff "
    "look at it.",
    "event.action.requeued": "Our staff let us try it again.",
    "event.action.settled": "The security team decided about it.",
    "event.action.settled.accepted_by_security": "The security team found nothing wrong with it.",
    "event.action.settled.refused_by_security": "The security team did not accept it, and sees to "
    "it.",
    "event.escalation.triggered.not_confirmed": _SECURITY,
    "event.escalation.triggered.cannot_be_undone": "It cannot be taken back here. " + _SECURITY,
    "event.escalation.triggered.not_undone": "It could not be taken back. " + _SECURITY,
    "event.consent.given": "You agreed that this may be done first.",
    "event.consent.withdrawn": "You took back that this may be done first.",
    # refusals
    "error.window_closed.title": "Not at this hour",
    "error.window_closed.detail": "Our rules let this be done in certain hours only. They begin at "
    "{until}. Your request is kept, and no try was counted.",
    "error.too_late_to_confirm.title": "The time to confirm is over",
    "error.too_late_to_confirm.detail": "It was not confirmed in time. See below what happens now.",
    "error.proof_outdated.title": "Your ways changed meanwhile",
    "error.proof_outdated.detail": "Your password or one of your ways was changed just now, so "
    "that code does not count. Use a new one.",
    "error.nothing_to_consent_to.title": "There is nothing to agree to",
    "error.nothing_to_consent_to.detail": "Our rules do not let this be done first. Reload the "
    "page to see what you can agree to.",
    # one request
    "afterwards.confirm": "Was it right? Confirm it",
    "afterwards.confirm.text": "Pick one way to show that it is you. One is enough.",
    "afterwards.refuse": "Was it not what you wanted?",
    "afterwards.refuse.reverse": "Tell us, and we undo it at once. You need no code for that.",
    "afterwards.refuse.escalate": "Tell us, and the security team looks at it at once. You need no "
    "code for that.",
    "afterwards.refuse.button": "Not what I wanted",
    "afterwards.refused": "Thank you. We do what we said at once.",
    "afterwards.not_me.text": "Tell us. We undo it where we can, end the sign-in that it came "
    "from, and warn our security team.",
    "rung.opens": "The hours begin in which it may be done.",
    "rung.opens.more": "We look at your request anew then.",
    "scope.heading": "What goes on meanwhile",
    "scope.view": "You can look at everything.",
    "scope.draft": "You can write and save drafts.",
    "scope.history": "You can look at what happened before.",
    # what one agrees to
    "beforehand.heading": "What may be done first",
    "beforehand.lede": "Some things can be done at once and confirmed by you afterwards. Only if "
    "you agree, and only for as long as you say.",
    "beforehand.means": "What it means",
    "beforehand.means.first": "It happens first: we do not wait until we can reach you.",
    "beforehand.means.then": "You confirm it afterwards, in any way that our rules take for it, "
    "before the time is up.",
    "beforehand.means.silence": "If you say no, or nothing at all, it is undone. Where it cannot "
    "be, the security team looks at it.",
    "beforehand.means.stop": "You can take it back at any time. What is done by then stays "
    "done, and you still confirm it.",
    "beforehand.standing": "You agreed to this",
    "beforehand.open": "You can agree to this",
    "beforehand.in": "{type} in {application}",
    "beforehand.until": "Until {until}.",
    "beforehand.used": "You have used this before.",
    "beforehand.within": "You have {span} to confirm it.",
    "beforehand.then.reverse": "Else it is undone.",
    "beforehand.then.escalate": "Else the security team looks at it.",
    "beforehand.resting": "Our rules do not use it at present.",
    "beforehand.withdraw": "Take it back",
    "beforehand.withdrawn": "Taken back. From now on we ask you first.",
    "beforehand.agree": "Agree",
    "beforehand.agree.what": "What may be done first",
    "beforehand.days": "For how long",
    "beforehand.days.30": "30 days",
    "beforehand.days.90": "90 days",
    "beforehand.days.365": "A year",
    "beforehand.code": "A code, to be sure that it is you",
    "beforehand.way": "Which code",
    "beforehand.by_key": "Agree with your security key",
    "beforehand.key.lede": "You agree to this: {what}. For how long: {span}.",
    "beforehand.key.back": "Something else, or another way",
    "beforehand.given": "Agreed. You can take it back at any time.",
    "beforehand.nothing": "There is nothing that our rules would let be done first.",
    "beforehand.no_way": "You need a code or a security key for this, and have neither set up. "
    "Support can help you.",
    # staff
    "console.label.confirm_by": "To be confirmed by",
    "console.label.if_silent": "If it is not confirmed",
    "console.silent.reverse": "It is undone",
    "console.silent.escalate": "It is put to the security team",
    "console.case.because.second_person_needed": "Our rules want others to agree. The person’s own "
    "part is done.",
    "console.case.lede.action": "{name} has proved who they are. Say whether it may happen: "
    "{agreed} of {needed} agreed.",
    "console.case.lede.agreed": "You agreed to this: {agreed} of {needed}. Others decide now.",
    "console.case.agreed": "{agreed} of {needed} agreed",
    "console.label.agreed": "Agreed",
    "console.label.agreed_by": "Agreed by",
    "console.code.not_agreed": "It should not happen",
    "console.agree.title": "Agree: it may happen",
    "console.agree.text": "Each person counts once, nobody for their own request. With the last "
    "agreement policy is asked once more, and the request goes on.",
    "console.agree.button": "Agree to it",
    "console.agree.done": "{name}: you agreed.",
    "console.disagree.title": "Refuse: it should not happen",
    "console.disagree.text": "One person is enough to refuse. The request ends and the person is "
    "told.",
    "console.disagree.button": "Refuse it",
    "console.disagree.done": "{name}: refused. The request ended.",
    "console.escalation.lede.afterwards": "This was done by consent of {name} and not confirmed. "
    "Let it go and it stands; refuse it and it is undone where that is possible.",
}
