"""The ladder and what it stands on: what is down, in the person's words and in the staff's.

`outage.why.<name>` is why the usual way is not on offer, `way.down.<name>` the second line of a way
that is not, by the name of what is down. Facts: `way`, in the middle of a sentence.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # a way that is not on offer
    "way.down": "Not just now: something that it needs is down",
    "way.down.web_push": "Not just now: prompts do not get through to phones",
    "way.down.push_service": "Not just now: prompts do not get through to phones",
    "way.down.push": "Not just now: prompts do not get through to phones",
    "way.down.sms_gateway": "Not just now: text messages do not go out",
    "way.down.sms": "Not just now: text messages do not go out",
    "way.down.mobile_carrier": "Not just now: text messages do not arrive",
    "way.down.smtp": "Not just now: email does not go out",
    "way.down.email": "Not just now: email does not go out",
    "way.down.mail_provider": "Not just now: email does not arrive",
    "way.down.network": "Not just now: our line to the outside is down",
    "way.down.support_desk": "Not just now: support cannot be reached",
    # why, what comes next, what is left to do
    "outage.heading": "Your usual way is not working",
    "outage.why": "Something that {way} needs is down, so we cannot ask you that way.",
    "outage.why.web_push": "Prompts do not get through to phones just now, so we cannot ask you by "
    "{way}.",
    "outage.why.sms_gateway": "Text messages do not go out just now, so we cannot ask you by "
    "{way}.",
    "outage.why.smtp": "Email does not go out just now, so we cannot ask you by {way}.",
    "outage.why.network": "Our line to the outside is down just now, so we cannot ask you by "
    "{way}.",
    "outage.why.support_desk": "Support cannot be reached just now, so {way} has to wait.",
    "outage.next": "You can use {way} instead: it does not need what is down.",
    "outage.next.none": "None of your other ways works without it. Your request is kept: wait, or "
    "ask support to help.",
    "outage.later": "When you have confirmed, nothing is left for you to do later.",
    "outage.later.recovery": "That way is kept for bad days. See to it later, under “Ways to "
    "confirm”, that you still have one.",
    "outage.later.none": "When it works again, you confirm as usual. There is nothing to set up.",
    # steps
    "rung.notify": "We tell you by another channel, too.",
    "rung.notify.more": "Only where you allow it, and never in your quiet time.",
    "rung.notified": "We told you by another channel, too.",
    "event.ladder.notified": "We told you by another channel that this waits for you.",
    "action.fallback.ladder.title": "We ask for another way now, {name}",
    "action.fallback.ladder.body": "We could not reach you for a while. You can finish it with "
    "another way. Nothing has changed.",
    "action.review.ladder.title": "Support is looking at your request",
    "action.review.ladder.body": "We could not reach you for a while, so we gave it to a person. "
    "Two people must agree before anything changes.",
    "console.request.ladder": "Steps done and to come, as the person reads them",
    "console.request.ladder.done": "Done",
    "console.request.ladder.coming": "To come",
    "console.label.step": "Step",
    # for staff, about incidents
    "console.incident.dependencies": "What is down",
    "console.incident.dependencies.help": "No way to confirm that needs one of these is offered "
    "while the incident is open.",
    "dependency": "{name}",
    "dependency.database": "The database",
    "dependency.network": "The line to the outside",
    "dependency.web_push": "The push services of the browser makers",
    "dependency.push": "Prompts on phones, as a channel",
    "dependency.push_service": "The makers of browsers, as those whose word is taken",
    "dependency.sms_gateway": "The gateway for text messages",
    "dependency.sms": "Text messages, as a channel",
    "dependency.mobile_carrier": "The mobile carriers",
    "dependency.smtp": "The mail server",
    "dependency.email": "Email, as a channel",
    "dependency.mail_provider": "The mail providers of our people",
    "dependency.support_desk": "The support desk",
    "dependency.authenticator_maker": "The makers of security keys",
    "dependency.holdfast": "What we keep ourselves: keys of apps and saved codes",
    # for staff, before it breaks
    "console.standing.heading": "Before it breaks",
    "console.standing.lede": "Who would have no second way, if one thing failed today. Counted "
    "over what people have set up and over every answer of the rules in force.",
    "console.standing.points": "One thing that all of their ways hang on",
    "console.standing.helpless": "Nothing left when the usual way is out",
    "console.standing.helpless.none": "Nobody: everybody has another way that the rules take.",
    "console.standing.helpless.text": "Where their usual way is uncertain, the rules take none of "
    "the other ways that these people have. Only a person can help them.",
    "console.standing.circles": "What needs itself",
    "console.standing.circles.ring": "{names} need one another: whichever fails, none comes back "
    "by itself.",
    "console.standing.circles.none": "Nothing that we rely on needs itself.",
    "console.standing.none": "Nobody: everybody has two ways that do not fall together.",
    "console.standing.how": "How this is counted",
    "console.standing.how.text": "Two ways are independent when they share no dependency, nobody "
    "whose word is taken, no region and no channel. The database and the place where we run do not "
    "count: without them there is no request either.",
    "console.standing.people": "{count} people",
    "console.standing.people.one": "1 person",
    "console.standing.nothing": "nothing",
    "console.standing.label.people": "People",
    "console.standing.label.has": "They have",
    "console.standing.label.types": "For",
    "console.standing.label.ways": "Taken there",
    "console.standing.label.hangs_on": "All hangs on",
    "console.standing.kind.dependency": "dependency",
    "console.standing.kind.trust_domain": "trust",
    "console.standing.kind.region": "region",
    "console.standing.kind.channel": "channel",
}
