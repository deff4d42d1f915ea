"""Prompts with a number: what they say, adding a browser that takes them, answering, refusals.

Facts: `application`, which shows the number; `name` of the browser.
"""

from __future__ import annotations

_NOTHING = "Nothing has changed."

MESSAGES: dict[str, str] = {
    # on the locked screen
    "push.prompt.title": "{application} asks you to confirm",
    "push.prompt.body": "Open this and type the number that {application} shows. Not you? Say so "
    "there.",
    "push.prompt.plain.title": "A request waits for you",
    "push.prompt.plain.body": "Open Holdfast to see it.",
    "push.installed.name": "Holdfast",
    "push.installed.text": "Confirm what you asked for, when it suits you.",
    # the way
    "way.push.why": "Type the number that the application shows",
    "way.push.not_here": "Not for this request: it asks for another proof",
    "way.push.label": "The number you see, 6 digits",
    "way.push.hint": "{application} shows it where you asked for this.",
    "way.push.help": "You see no number, or did not ask for this? Then type nothing, and tell us "
    "below that it wasn’t you.",
    "prompt.elsewhere.sent": "We asked your phone. Open the prompt there and type the number that "
    "{application} shows.",
    "prompt.elsewhere.open": "{application} shows a number. Open this request on your phone and "
    "type it there.",
    "prompt.elsewhere.ask": "We send a prompt to your phone, and {application} shows a number. "
    "You type it on the phone.",
    "prompt.elsewhere.why": "The number is typed on the phone only: that shows that you have the "
    "phone, and see the screen where this began.",
    "prompt.here.ask": "{application} has no number for you yet. Ask for one, then look there.",
    "prompt.send": "Send a prompt",
    "prompt.send_again": "Send it again",
    "prompt.number": "Ask for a number",
    "prompt.sent": "Sent. The number in {application} is a new one.",
    "prompt.number.ready": "{application} shows a number now.",
    # adding
    "factors.only_one_proves": "Only one of your ways can show that it is you when you change "
    "them. Add backup codes, so that losing it does not lock you out.",
    "factors.push.what": "Prompts on a phone",
    "factors.push.add": "Add this phone or computer",
    "factors.push.text": "A prompt on the device that you use now. You answer with a number that "
    "the application shows, so a tap by mistake confirms nothing.",
    "factors.push.name": "What do you call this device?",
    "factors.push.name.hint": "Open this page on the device that is to get the prompts.",
    "factors.push.default": "My phone",
    "change.push.enrol.heading": "Add prompts on this device",
    "change.push.enrol.lede": "First show that it is you. Then your browser asks whether prompts "
    "are fine.",
    "change.push.enrol.button": "Go on",
    "change.push.remove.heading": "Remove “{name}”",
    "change.push.remove.lede": "Show that it is you, and it gets no more prompts at once.",
    "change.push.remove.button": "Remove it",
    "push.step": "Allow prompts on this device",
    "push.step.lede": "Your browser asks you once. You have until {until}.",
    "push.step.what": "A prompt says which application asks, and nothing of what. It never holds "
    "the number.",
    "push.step.home": "On an iPhone or iPad, add Holdfast to your home screen first and open it "
    "from there.",
    "push.step.button": "Allow prompts here",
    "push.step.script": "Prompts need JavaScript: a browser cannot take them without it. Your "
    "other ways work without.",
    "push.step.denied": "Your browser does not let us send prompts. Allow notifications for this "
    "site in its settings, then try again. " + _NOTHING,
    "push.step.unsupported": "This browser cannot take prompts. " + _NOTHING,
    "push.step.failed": "Your browser’s push service did not answer. Try again in a minute. "
    + _NOTHING,
    "push.added": "“{name}” is added. It gets a prompt when a request needs you.",
    # told
    "notice.push_gone.title": "Prompts no longer reach “{name}”",
    "notice.push_gone.text": "Its browser stopped taking them, so it is not a way to confirm any "
    "more. Add it again if you still use it.",
    # refusals
    "error.not_this_device.title": "Type the number on your phone",
    "error.not_this_device.detail": "A number counts only on a device that gets your prompts. This "
    "try was not counted.",
    "error.prompts_spent.title": "No more prompts for now",
    "error.prompts_spent.detail": "We send at most three prompts an hour, and none when you "
    "switched them off or want quiet. Open this request on your phone, or use another way.",
    "error.bad_subscription.title": "This browser cannot be reached",
    "error.bad_subscription.detail": "What it told us about itself cannot be used. " + _NOTHING,
    "error.subscription_taken.title": "This browser takes prompts for somebody else",
    "error.subscription_taken.detail": "Try once more: it then makes a new address for you. "
    + _NOTHING,
    "error.stronger_way_first.push.detail": "Prompts alone cannot show that it is you when you "
    "change your ways. Add an authenticator app or backup codes, then add prompts.",
    "error.challenge_expired.push.detail": "That number is over. Ask for a new one. Your request "
    "is kept.",
    "error.wrong_code.push.detail": "That is not the number that the application shows. Look "
    "again: it may be a new one. You have {tries_left} tries left.",
    "error.wrong_code.push.detail.one": "That is not the number that the application shows. Look "
    "again: it may be a new one. You have 1 try left.",
    "error.wrong_code.push.detail.none": "That is not the number that the application shows. We "
    "pause codes for 5 minutes now, so that nobody can guess.",
    "error.malformed_code.push.detail": "The number has 6 digits. Nothing was counted.",
    # the timeline
    "event.challenge.issued.by_phone": "You asked to confirm with your phone.",
    "event.prompt.accepted": "A prompt is on its way to your phone.",
    "event.prompt.acknowledged": "Your phone has the prompt.",
    "event.prompt.abandoned": "A prompt did not reach your phone.",
    "event.prompt.abandoned.over": "A prompt was not sent, because it was not needed any more.",
    "event.push.gone": "A device stopped taking prompts.",
    # what is stored
    "inventory.what.browsers": "The devices that get your prompts: their address at a push "
    "service, and a mark to know them again",
    "inventory.what.prompt_times": "When we prompted you within the last hour",
    "inventory.kept.removed": "Until you remove it, or it stops taking prompts",
}

MESSAGES |= {"console.limit.push_number": "Number of a prompt"}
