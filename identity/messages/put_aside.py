"""Messages to people that did not go out, as staff read of them.

`console.put_aside.why.<answer>` is why, by the word that the last try left; `.why.smtp` and
`.why.http` are for an answer with a `number`, and `.why` for a word that nobody foresaw.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "console.put_aside.heading": "Messages put aside",
    "console.put_aside.search": "Name, or reference like M-1A2B3C4D",
    "console.put_aside.lede": "Messages to people that did not go out after five tries. See to "
    "the reason first, then send them again. Nobody’s words or codes are shown here.",
    "console.put_aside.empty": "Nothing is put aside: every message went out, or is still tried.",
    "console.put_aside.about.text": "The same message goes out under the same id, to the same "
    "place, and is tried five times more. It is put into words anew: a code or link that is over "
    "is not sent.",
    "console.put_aside.too_late": "Its time is up. What it was about is over, so it is not sent "
    "again.",
    "console.put_aside.to.account": "The address of the account",
    "console.put_aside.kind.notice": "Security notice",
    "console.put_aside.kind.link": "Link to confirm",
    "console.put_aside.kind.code": "Code to type",
    "console.put_aside.kind.prompt": "A request waits",
    "console.put_aside.why": "The last try ended in a way that we have no words for",
    "console.put_aside.why.smtp": "The mail server answered {number}: not now",
    "console.put_aside.why.http": "The provider answered {number}: not now",
    "console.put_aside.why.smtp_login": "The mail server did not take our password",
    "console.put_aside.why.timed_out": "The other side did not answer in time",
    "console.put_aside.why.unreachable": "The other side could not be reached",
    "console.put_aside.why.no_room": "Too many tries were under way at once",
    "console.put_aside.why.wordless": "It could not be put into words: this is our own fault",
    "console.put_aside.why.broken": "The channel broke on it: this is our own fault",
    "console.put_aside.why.no_answer": "Every worker that tried it died of it",
    "console.send_message_again.title": "Send it again",
    "console.send_message_again.text": "Do this once the reason is seen to.",
    "console.send_message_again.button": "Send again",
    "console.send_message_again.done": "{name}: waiting to be sent.",
    "console.channel.email": "Email",
    "console.channel.sms": "Text message",
    "console.message.pending": "Waiting to be sent",
    "console.message.sent": "Sent",
    "console.message.refused": "Turned down for good",
    "console.message.expired": "Not needed any more",
    "console.message.withheld": "Not wanted there",
    "console.message.quarantined": "Put aside",
    "console.label.channel": "Channel",
    "console.label.put_aside": "Put aside",
    "console.label.to": "To",
    "console.label.useful_until": "Of use until",
    "console.home.put_aside": "{count} messages to people were put aside.",
    "console.home.put_aside.one": "1 message to a person was put aside.",
    "console.home.put_aside.look": "Look at them",
    "console.list.empty": "Nothing here",
    "console.list.empty.text": "There is nothing to show yet.",
    "console.list.no_match": "Nothing fits what you looked for.",
    "console.list.reset": "Show everything",
}
