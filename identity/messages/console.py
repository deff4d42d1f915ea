"""What members of staff read in the console: what a page is about and what may be done there."""

from __future__ import annotations

_WORDS = {
    # what stands around every page
    "title": "Holdfast console",
    "account": "Your account",
    "none": "Nothing here.",
    "rows": "Rows",
    "choose": "Choose one",
    "frame.toggle": "Show or hide the menu",
    "frame.foot": "What you open and decide here is yours to answer for: every decision is "
    "recorded with your name. Times are shown in UTC.",
    "frame.home": "Back to the home page",
    "stranger.title": "There is nothing here for this account",
    "stranger.text": "This page does not exist for you. If you work here, sign out and sign in "
    "with your staff account.",
    "stranger.back": "To your requests",
    "refusal.title": "Your role does not include this",
    "refusal.text": "Nothing was changed. If your work needs it, ask the people who look after "
    "the configuration.",
    "due.in": "Due in {span}",
    "due.late": "Late by {span}",
    "search.person": "The beginning of a sign-in name",
    "search.person_or_request": "The beginning of a sign-in name, or a request (R-1A2B3C4D)",
    "search.person_or_session": "The beginning of a sign-in name, or a session (S-1A2B3C4D)",
    "requests.search": "The beginning of a sign-in name, a reference (R-1A2B3C4D) or a whole id",
    "events.search": "The beginning of a sign-in name, a request (R-1A2B3C4D), or an event’s "
    "name (challenge.issued)",
    "hint.reason_code": "Choose a code of the verdict you give; another one is refused.",
    "hint.note": "For those who read this later. No passwords, codes or document numbers.",
    # home
    "home.title": "Good to see you, {name}",
    "home.lede": "What needs a person now comes first. Everything else goes its own way.",
    "home.escalations": "Escalations that wait for a verdict",
    "home.escalations.none": "No escalation waits. New ones appear here, nearest deadline first.",
    "home.escalations.all": "All escalations",
    "home.cases": "Verification cases that wait for support",
    "home.cases.none": "No case waits. New ones appear here, nearest deadline first.",
    "home.cases.all": "All verification cases",
    "home.counts": "Requests that wait, by state",
    "home.counts.none": "No request waits for anything.",
    "home.links": "Your part of the console",
    "home.sweep.never": "The background work has never run: nothing that waits moves on by "
    "itself. Check that worker and beat are running.",
    "home.sweep.late": "The background work last ran {span} ago: what waits is not moving on. "
    "Check that worker and beat are running.",
    "home.incident": "Open incident: {title}. The mode is {mode}.",
    "home.incident.look": "Open it",
    "home.endpoints": "{count} webhook addresses said that they are gone. Nothing is sent there.",
    "home.endpoints.one": "1 webhook address said that it is gone. Nothing is sent there.",
    "home.endpoints.look": "Look at them",
    "home.keys": "A sealing key is missing: {keys}. What is sealed under it is held, and goes on "
    "once the key is back in SEAL_KEYS.",
    "home.sealed": "{count} messages cannot be opened: a sealing key is missing or wrong. They are "
    "held, and go on once SEAL_KEYS has the right one.",
    "home.sealed.one": "1 message cannot be opened: a sealing key is missing or wrong. It is held, "
    "and goes on once SEAL_KEYS has the right one.",
    "home.sealed.look": "Look at them",
    "home.deliveries": "{count} messages to applications were given up.",
    "home.deliveries.one": "1 message to an application was given up.",
    "home.attempts": "{count} requests are put aside: we could not move them.",
    "home.attempts.one": "1 request is put aside: we could not move it.",
    "home.attempts.look": "Look at them",
    "home.deliveries.look": "Look at them",
    # requests
    "request.lede": "Asked for {name} by {application}.",
    "request.asked": "What was asked",
    "request.reading": "What {name} reads now",
    "request.decision": "The decision",
    "request.why": "Why, in the words {name} reads",
    "request.inputs": "What it was based on",
    "request.decisions": "Every decision about it, newest last",
    "request.timeline": "Timeline in the words {name} reads, newest last",
    "request.no_challenges": "Nobody was prompted for this.",
    "request.no_deliveries": "The application was told nothing yet.",
    "request.no_escalations": "None.",
    "request.no_cases": "None.",
    # escalations
    "escalation.lede": "Policy stopped this request of {name}. Your verdict moves it on; policy is "
    "asked again before anything changes.",
    "escalation.lede.elsewhere": "{name}’s request does not wait for this any more. Your verdict "
    "is recorded; the request stays as it is.",
    "escalation.lede.notice": "{name} says that this was not them. Every other sign-in of theirs "
    "is ended, their ways to confirm are frozen and sensitive requests stop, until you have given "
    "your verdict. Reach them on a channel that was known before.",
    "escalation.notice": "What {name} was told",
    "escalation.asked": "What {name} asks for",
    "escalation.why": "Why it was stopped, in the words {name} reads",
    "escalation.verdict": "The verdict",
    "verdict.release": "Let it go on: the person must still prove who they are",
    "verdict.deny": "Refuse it: the request ends, and the person is told",
    "verdict.hold": "Hold it: support checks by hand, two people decide",
    "verdict.release.short": "Let it go on",
    "verdict.deny.short": "Refused",
    "verdict.hold.short": "Held for support",
    "code.genuine_contacted": "Reached the person on a known channel: genuine",
    "code.genuine_explained": "The anomaly is explained by a known event",
    "code.suspected_takeover": "Signs of account takeover",
    "code.user_denied": "The person says it was not them",
    "code.not_reached": "The person could not be reached",
    "code.evidence_matched": "Call-back and evidence matched",
    "code.evidence_failed": "Evidence did not match",
    "resolve.title": "Your verdict",
    "resolve.text": "It takes effect at once and is recorded with your name and reason code.",
    "resolve.button": "Give the verdict",
    "resolve.done": "{name}: the verdict is recorded.",
    # verification cases
    "case.asked": "What {name} asks for",
    "case.progress": "How far it is",
    "case.why": "Why it is here",
    "case.because.window_passed": "The time to confirm passed without an answer.",
    "case.because.held_by_security": "Security held it for a check by hand.",
    "case.because.asked_for_help": "The person asked for help: no other way was left.",
    "case.because.still_blocked": "Security let it go on, but policy still stops it.",
    "case.lede.open": "Check who is asking, on contact details that were stored before. Then "
    "propose, and a second person decides.",
    "case.lede.second": "A colleague proposes to confirm that it is {name}. Look at the evidence "
    "yourself, then decide.",
    "case.lede.own": "You proposed to confirm this. A second person decides; it cannot be you.",
    "case.lede.over": "This case is closed.",
    "case.cannot": "This desk cannot",
    "case.cannot.lower": "lower the proof that policy asks for",
    "case.cannot.call": "call a number or write to an address given in the conversation",
    "case.cannot.alone": "decide alone: the second person is never the first",
    "case.cannot.codes": "ask for or take down a password, a code or a document number",
    "propose.title": "Propose: it is the person",
    "propose.text": "Nothing happens by this alone. A second person reads your note and decides.",
    "propose.button": "Propose to a second person",
    "propose.done": "{name}: proposed. A second person decides.",
    "confirm.title": "Confirm: it is the person",
    "confirm.text": "You agree with your colleague’s proposal. Policy is asked once more, and the "
    "request goes on.",
    "confirm.button": "Confirm as the second person",
    "confirm.done": "{name}: confirmed by two people.",
    "refuse.title": "Refuse: it is not, or it could not be shown",
    "refuse.text": "One person is enough to refuse. The request ends and the person is told.",
    "refuse.button": "Refuse",
    "refuse.done": "{name}: refused. The request ended.",
    # people
    "person.requests": "All requests of this person",
    "network": "network {mark}",
    "session.facts": "This sign-in",
    "session.after": "What revoking does",
    "session.after.text": "The person is signed out there at once, and requests that wait on this "
    "session are cancelled and say so. Other sessions go on.",
    "revoke.title": "Revoke this session",
    "revoke.text": "For a sign-in that is not the person’s own. It cannot be brought back.",
    "revoke.button": "Revoke the session",
    "revoke.done": "{name}: revoked.",
    # policy
    "policy.facts": "The version",
    "policy.lede": "Read from the top: the first rule that fits decides, the last one catches what "
    "no rule foresaw. A dot means: whatever the value.",
    "policy.matrix": "The rules",
    "policy.unreachable": "Rules that never decide",
    "policy.unreachable.text": "Those above them catch everything first: {what}.",
    "policy.unforeseen": "Not foreseen",
    "policy.unforeseen.text": "{what} situations are caught by the last rule, the strictest.",
    # messages to applications
    "delivery.facts": "The message",
    "delivery.about": "Sending again",
    "delivery.about.text": "The same message goes out under the same id, so a receiver that has "
    "it already does nothing twice. A message that tells of a change to be made is not sent "
    "again: what it held was deleted when it was given up.",
    "attempt.facts": "What failed",
    "attempt.about": "What that means",
    "attempt.about.text": "We could not move this request, through a fault of ours. Nothing of it "
    "is lost. After five attempts in a row we leave it alone until somebody has looked. Its "
    "deadlines stand: nothing is approved after them.",
    "requeue.title": "Try it again",
    "requeue.text": "Do this once the cause is dealt with. It gets five attempts again, the first "
    "within seconds.",
    "requeue.button": "Try again",
    "requeue.done": "{name}: tried again within seconds.",
    "send_again.title": "Send it again",
    "send_again.text": "The receiver had answered with an error or not at all. Where its address "
    "was closed, it is called again.",
    "send_again.button": "Send again",
    "send_again.done": "{name}: waiting to be sent.",
    "endpoint.facts": "The address",
    "endpoint.about": "When an address is closed",
    "endpoint.about.text": "A receiver that answers 410 says that it is gone for good, so nothing "
    "is sent there. What waits is kept for three and a half days. Ask the people of the "
    "application, then open it again.",
    "open_endpoint.title": "Call this address again",
    "open_endpoint.text": "What was held goes out at once.",
    "open_endpoint.button": "Open it",
    "open_endpoint.done": "{name}: called again.",
    # operation
    "incidents.add": "Open an incident",
    "incident.update": "update",
    "incident.updates": "Updates people read on the status page",
    "incident.close.title": "Close the incident",
    "incident.close.text": "The status page says that it is over, and normal rules return.",
    "incident.close.button": "Close it",
    "incident.close.done": "{name}: closed. Normal rules are back.",
    "incident.close.late": "{name} was closed already. Nothing was changed.",
    "application.bad_webhook": "A webhook goes to a whole HTTPS address without name, password "
    "or fragment.",
    "types.add": "Add an action type",
    "type.caught": "Which rule catches it, in normal times and without an earlier proof",
    "type.caught_after": "Save it first: then the rules that catch it stand here.",
    "type.bad_name": "Small words with dots between them, as in payout.change.",
    "type.bad_payload": "An object of field names, each with one of these kinds: {kinds}.",
    "type.bad_value_rule": "Empty, or the name of an amount field with two rising whole numbers: "
    "field, medium, high.",
    "application.bad_return_url": "Each line is a whole address (http or https) without name, "
    "password or fragment.",
}

MESSAGES: dict[str, str] = {f"console.{name}": text for name, text in _WORDS.items()}
