"""Ways to confirm: the list of them, adding, making anew and removing, and what is refused there.

Facts: `way` in the middle of a sentence, `name` of a device, `span` and `until` of a time.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "factors.nav": "Ways to confirm",
    "factors.heading": "Ways to confirm",
    "factors.lede": "How you can show that it is you. Two ways are better than one.",
    "factors.yours": "Your ways",
    "factors.none": "You have no way set up. Add the first one below.",
    "factors.only_one": "You have one way only. Add another, so that losing it does not lock you "
    "out.",
    "factors.few_codes": "You have {left} backup codes left. Make new ones while you still have "
    "one.",
    "factors.few_codes.one": "You have 1 backup code left. Make new ones while you still have it.",
    "factors.few_codes.none": "You have no backup codes left. Make new ones.",
    "factors.frozen": "Our security team is looking at your account, so nothing about your ways "
    "can be changed until they answer.",
    "factors.totp.what": "Authenticator app",
    "factors.backup_code.what": "Backup codes",
    "factors.backup_code.left": "{left} codes left",
    "factors.backup_code.left.one": "1 code left",
    "factors.backup_code.left.none": "No codes left",
    "factors.added": "Added",
    "factors.used": "Last used",
    "factors.unused": "Not used yet.",
    "factors.remove": "Remove",
    "factors.add": "Add a way",
    "factors.add.text": "We ask you for a fresh proof first, so that nobody else can do this.",
    "factors.add.text.first": "This is your first way, so your password is enough, right after "
    "signing in.",
    "factors.totp.add": "Add an authenticator app",
    "factors.totp.text": "An app on your phone that shows a new code every 30 seconds. It works "
    "without a network.",
    "factors.totp.name": "What do you call it?",
    "factors.totp.name.hint": "So that you can tell two apart: my phone, the tablet at home.",
    "factors.totp.default": "Authenticator app",
    "factors.backup_code.add": "Make backup codes",
    "factors.backup_code.replace": "Make new backup codes",
    "factors.backup_code.text": "A list of codes on paper for the day your phone is gone. Each "
    "works once.",
    "factors.backup_code.text.again": "The list you have now stops working when the new one is "
    "made.",
    "factors.lost": "Lost your phone or your codes?",
    "factors.lost.text": "Open a request that waits and ask support to help. Two people check that "
    "it is you. Nothing is lost meanwhile.",
    # the steps of one change
    "change.totp.enrol.heading": "Add an authenticator app",
    "change.totp.remove.heading": "Remove “{name}”",
    "change.backup_code.enrol.heading": "Make backup codes",
    "change.backup_code.replace.heading": "Make new backup codes",
    "change.backup_code.remove.heading": "Remove your backup codes",
    "change.totp.enrol.lede": "First show that it is you. Then you scan a picture with the app.",
    "change.totp.remove.lede": "Show that it is you, and its codes stop working at once.",
    "change.backup_code.enrol.lede": "Show that it is you, and you get your list.",
    "change.backup_code.replace.lede": "Show that it is you, and you get a new list. The old one "
    "stops working then.",
    "change.backup_code.remove.lede": "Show that it is you, and the codes stop working at once.",
    "change.totp.enrol.button": "Go on",
    "change.totp.remove.button": "Remove it",
    "change.backup_code.enrol.button": "Show my codes",
    "change.backup_code.replace.button": "Show my new codes",
    "change.backup_code.remove.button": "Remove them",
    "change.why": "Why we ask",
    "change.why.text": "Whoever can change your ways can act as you. So a proof from earlier does "
    "not count here: it is asked for this one change, and holds for {span}.",
    "change.ways": "Other ways to show it",
    "change.cancel": "Leave it as it is",
    "change.cancelled": "Nothing was changed.",
    "change.not_me.heading": "Did you not start this?",
    "change.not_me.text": "Tell us. We stop it, sign you out everywhere else and ask our security "
    "team.",
    "totp.step": "Scan, then type one code",
    "totp.step.lede": "Open your authenticator app and add a new account. You have until {until}.",
    "totp.picture": "A picture that your app can scan. The same key stands below in letters.",
    "totp.key": "No camera? Type this key",
    "totp.key.hint": "Capitals and spaces do not matter. The kind is “time-based”, 6 digits.",
    "totp.code": "The code that the app shows now",
    "totp.code.hint": "The app counts for you only after this.",
    "totp.button": "Add it",
    "totp.once": "Do not send the picture or the key to anybody. We never ask for them.",
    "totp.done": "“{name}” is added. From now on its codes work.",
    "factor.removed.done": "Removed. It does not work any more.",
    "codes.heading": "Your backup codes",
    "codes.lede": "You see them this once. Print them or write them down, and keep them apart from "
    "your phone.",
    "codes.list": "{count} codes, each works once",
    "codes.copy": "Copy",
    "codes.copied": "Copied",
    "codes.print": "Print",
    "codes.saved": "I have saved them",
    "codes.after": "If you close this page before you have saved them, make new ones.",
    "codes.for": "Backup codes for {name} at Holdfast",
    # refusals
    "error.change_over.title": "This was started elsewhere or is over",
    "error.change_over.detail": "Nothing was changed by this. Look at your ways and begin again.",
    "error.proof_needed.title": "Show that it is you first",
    "error.proof_needed.detail": "A way is only changed after a fresh proof for that very change.",
    "error.last_way.title": "That is your only way",
    "error.last_way.detail": "Add another way first, then remove this one.",
    "error.unknown_credential.title": "You have no such way",
    "error.unknown_credential.detail": "It may be removed already. Nothing was changed.",
    "error.factors_frozen.title": "Nothing can be changed just now",
    "error.factors_frozen.detail": "Our security team is looking at your account. Your ways stay "
    "as they are until they answer.",
    "error.sign_in_again.title": "Sign in once more first",
    "error.sign_in_again.detail": "The first way is added right after signing in. Sign out, sign "
    "in again and come back here.",
    "error.dormant_account.title": "Support sets up your first way with you",
    "error.dormant_account.detail": "Nobody used this account for a long time, so a password alone "
    "is not enough to add a way. Ask support to help.",
    # the timeline
    "event.factor.change_begun": "You began to change your ways to confirm.",
    "event.factor.change_proved": "You showed that it was you, to change your ways.",
    "event.factor.change_withdrawn": "You left your ways as they were.",
    "event.factor.change_expired": "The time to change your ways was up. Nothing was changed.",
    "event.factor.enrolled": "A way to confirm was added.",
    "event.factor.replaced": "A way to confirm was made anew.",
    "event.factor.removed": "A way to confirm was removed.",
}

_CONSOLE = {
    "factors.heading": "Factors",
    "factors.lede": "What each factor is worth, what it relies on and which numbers bound it. The "
    "product counts by the same constants that this page is made of.",
    "factors.factors": "What each is worth",
    "factors.throttles": "How long a challenge lives, and how often one may try",
    "factors.numbers": "Every number and where it comes from",
    "factors.budget": "One budget an account",
    "factors.budget.text": "Guesses are counted for the account, over all its factors and "
    "sessions, before they are looked at. Only a success of the same account clears them.",
    "factors.step_up": "Changes of factors",
    "factors.step_up.text": "Every change asks for a fresh proof of AAL2, given for that very "
    "change in the same session. The person is told of every change, and of every use of a "
    "recovery factor.",
    "factors.absent": "{name} (not set up here)",
    "factors.yes": "Yes",
    "factors.no": "No",
    "factors.use.live": "At any moment",
    "factors.use.recovery": "Recovery",
    "factors.use.other": "Restricted",
    "factors.no_channel": "None",
    "factors.seconds": "{count} seconds",
    "factors.budget.short": "The account’s budget of guesses",
    "factors.in_a_row": "{count} in a row, then support binds the factors anew",
    "factors.within": "{count} in {span}",
    "factors.label.factor": "Factor",
    "factors.label.assurance": "At most",
    "factors.label.resistant": "Phishing-resistant",
    "factors.label.use": "Used",
    "factors.label.channel": "Channel",
    "factors.label.relies_on": "Relies on",
    "factors.label.domain": "Trust domain",
    "factors.label.challenge": "A challenge lives",
    "factors.label.throttles": "Throttles",
    "factors.label.number": "What",
    "factors.label.bound": "How much",
    "factors.label.source": "Source",
    "limit.guesses": "Guesses",
    "limit.misses": "Misses",
    "limit.prompts": "Prompts",
    "limit.challenge": "Life of a challenge",
    "limit.totp_step": "Step of a one-time code",
    "limit.totp_leeway": "Leeway for a wrong clock, either way",
    "limit.totp_key": "Key of an authenticator app",
    "limit.totp_code": "One-time code",
    "limit.backup_code": "Random part of a backup code",
    "limit.backup_codes": "Backup codes in a set",
    "limit.step_up": "Proof for a change of factors",
    "limit.change": "A change that was begun and not proved",
    "limit.first_factor": "First factor, after signing in with the password",
    "limit.dormant": "An account is dormant after",
}

MESSAGES |= {f"console.{name}": text for name, text in _CONSOLE.items()}
