"""Security keys and passkeys: adding one, using one, and what is refused there.

Facts: `name` of a key, `until` a time, `tries_left`.
"""

from __future__ import annotations

_NO_MATCH = (
    "We could not confirm with that. Use a key that you added here, let it ask for your PIN, "
    "finger or face, and stay on this page. "
)

MESSAGES: dict[str, str] = {
    "way.security_key.label": "Your security key or passkey",
    "way.security_key.hint": "Your browser asks for it.",
    "way.security_key.help": "Plug the key in or hold it to your phone when the browser asks. It "
    "wants your PIN, finger or face. No key at hand? Use another way.",
    "way.security_key.why": "Nobody can copy it from you on a false page",
    "way.security_key.not_here": "Not for this request",
    # the list of ways
    "factors.security_key.what": "Security key or passkey",
    "factors.security_key.text": "A small key that you plug in or hold to your phone, or a passkey "
    "on a device that you own. The safest way: it cannot be used on a false page.",
    "factors.security_key.name": "What do you call the key?",
    "factors.security_key.name.hint": "So that you can tell two apart: key ring, work laptop.",
    "factors.security_key.default": "Security key",
    "factors.security_key.add": "Add a security key",
    # the steps of one change
    "change.security_key.enrol.heading": "Add a security key",
    "change.security_key.enrol.lede": "First show that it is you. Then your browser asks for the "
    "new key.",
    "change.security_key.enrol.button": "Go on",
    "change.security_key.remove.heading": "Remove “{name}”",
    "change.security_key.remove.lede": "Show that it is you, and the key stops working at once.",
    "change.security_key.remove.button": "Remove it",
    "keys.step": "Now the new key",
    "keys.step.lede": "Have it at hand and press the button. You have until {until}.",
    "keys.new": "Add your key",
    "keys.new.help": "The key must ask for a PIN, a finger or your face. If yours has no PIN yet, "
    "the browser lets you choose one.",
    "keys.add.button": "Ask for the key",
    "keys.use": "Use my key",
    "keys.waiting": "Look for the question of your browser, then touch the key.",
    "keys.done": "“{name}” is added. You can confirm with it from now on.",
    "keys.needs_script": "A security key needs JavaScript, because only the browser can speak to "
    "it. Turn it on for this site, or use another way.",
    "keys.not_given": "The key was not used, or the time was up. Nothing was sent. Press the "
    "button to try again.",
    "keys.there_already": "This key is one of your ways already. Take another one.",
    "keys.not_here": "This browser could not ask for a key. Try another browser, or use another "
    "way.",
    "keys.elsewhere": "Keys are bound to a name, and they know us by another one. Open this page "
    "there and sign in:",
    "keys.no_name": "Security keys do not work here: they need a name for this site, and it is "
    "reached by a bare number.",
    # refusals
    "error.malformed_code.security_key.detail": "Nothing came from the key. Press the button and "
    "answer your browser. This did not count as a try.",
    "error.wrong_code.security_key.detail": _NO_MATCH + "You have {tries_left} tries left.",
    "error.wrong_code.security_key.detail.one": _NO_MATCH + "You have 1 try left.",
    "error.wrong_code.security_key.detail.none": _NO_MATCH
    + "We pause all tries for 5 minutes now, so that nobody can guess their way in.",
    "error.challenge_expired.security_key.detail": "The question to your key was too old or "
    "answered already. Press the button and we ask it anew.",
    "error.key_refused.title": "That key was not added",
    "error.key_refused.detail": "It has to ask for a PIN, a finger or your face, and to answer on "
    "this very page. Set a PIN for it or take another key, then try again.",
    "error.key_known.title": "That key is in use already",
    "error.key_known.detail": "Nothing was added. Take another key.",
    "error.keys_elsewhere.title": "Security keys do not work here",
    "error.keys_elsewhere.detail": "They need a name for this site, and it is reached by a bare "
    "number. Use another way.",
    # told
    "notice.key_copied.title": "Somebody may have a copy of your key",
    "notice.key_copied.text": "“{name}” answered, but its counter had not gone on. We refused it. "
    "If you do not know why, remove the key and say that it was not you.",
    "event.factor.copy_suspected": "A key’s counter had not gone on. We refused it.",
    "inventory.what.keys": "Your security keys: what we check them by, and how often they were "
    "used",
    "inventory.what.key_questions": "What we asked your security key just now",
    "inventory.kept.question": "10 minutes; cleared when we next ask your key",
}
