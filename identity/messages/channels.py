"""What goes out to people: how it stands, what bounds it, and the words around contact points."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "event.message.sent": "We sent you a message.",
    "event.message.refused": "A message to you could not be delivered.",
    "event.message.expired": "A message to you was not needed any more.",
    "event.message.withheld": "We did not send you a message, because you do not want them there.",
    "event.message.quarantined": "A message to you did not go out. Our staff look at it.",
    "event.message.resent": "A message to you was tried once more.",
    "event.channel.opened": "A channel did not work, so we stopped using it for a while.",
    "event.channel.probed": "We tried whether a channel works again.",
    "event.channel.closed": "A channel works again.",
    "error.too_many_messages.title": "We sent you enough for now",
    "error.too_many_messages.detail": "So that nobody can flood you, the next one can be sent "
    "after {until}. Use another way, or come back then.",
    "error.unusable_number.title": "That is no number we can text",
    "error.unusable_number.detail": "Type a mobile number with its country, like +351 912 345 678.",
    "error.stronger_way_first.title": "Add a stronger way first",
    "error.stronger_way_first.detail": "Email and text messages can be taken over too easily to be "
    "your only way. Add an authenticator app or backup codes first.",
    "error.link_over.title": "This link does not work any more",
    "error.link_over.detail": "It was used, is too old, or a newer one was sent. Nothing was "
    "changed by opening it. Ask for a new one on the page of your request.",
    "console.limit.texts_number": "Text messages to one number",
    "console.limit.texts_prefix": "Text messages to numbers alike but for three digits",
    "console.limit.sent_code": "Code that is sent",
    "console.limit.sent_link": "Random part of a link",
    "inventory.what.contacts": "The addresses and numbers that you confirmed",
    "inventory.what.sent": "What we sent you and when, without its words",
    "inventory.what.sent_codes": "Codes and links we sent, as marks that cannot be read back",
    "inventory.what.sendings": "How often we wrote to you lately",
    "inventory.why.told": "To tell you what you asked for or have to know",
    "inventory.kept.month": "30 days after it was sent",
    "inventory.kept.days": "2 days",
    "inventory.kept.until_removed": "Until you remove it",
}
