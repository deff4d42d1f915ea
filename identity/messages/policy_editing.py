"""What is read where a draft of the policy is edited as a matrix (D2, D3).

Facts: `rule`, `profile`, `section` (names), `value` and `what` (in words), `name` (the version).
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # what is refused
    "error.draft_changed.title": "The draft has changed meanwhile",
    "error.draft_changed.detail": "Nothing was stored: the draft has changed since you opened this "
    "page. What you filled in is kept below. Look at the draft as it is now before you save.",
    "error.only_as_text.title": "Only the text can change this",
    "error.only_as_text.detail": "This place is written in a way that the form cannot change. Edit "
    "the draft as text.",
    # the page
    "console.matrix.title": "Edit {name}",
    "console.matrix.lede": "The rules are read from the top, and the first one that fits decides. "
    "Whatever you do not touch stays in the text as it is written.",
    "console.matrix.tab.matrix": "As a matrix",
    "console.matrix.tab.edit": "As text",
    "console.matrix.tabs": "Ways to edit the draft",
    "console.matrix.rules": "Rules",
    "console.matrix.profiles": "Profiles",
    "console.matrix.profiles.text": "Rules share what they oblige to. Choose a profile to change "
    "it for all of its rules.",
    "console.matrix.numbers": "Numbers",
    "console.matrix.numbers.text": "Weights of risk, ages of trust, times of presence, and what "
    "the version is called.",
    "console.matrix.back": "Back to the version: submit it for review there",
    "console.matrix.acts": "Change",
    "console.matrix.edit": "Edit",
    "console.matrix.up": "Move up",
    "console.matrix.down": "Move down",
    "console.matrix.add": "Add below",
    "console.matrix.add.top": "Add a rule on top",
    "console.matrix.remove": "Remove",
    "console.matrix.remove.sure": "Yes, remove it",
    "console.matrix.unreached": "Never reached",
    "console.matrix.breaks": "Breaks a guardrail",
    "console.matrix.holds": "All guardrails hold.",
    "console.matrix.broken": "{broken} guardrails are broken: the proof says which.",
    "console.matrix.broken.one": "One guardrail is broken: the proof says which.",
    "console.matrix.own.short": "Its own",
    "console.matrix.open": "Edit the draft",
    "console.matrix.open.matrix": "Rules, profiles and numbers",
    "console.matrix.open.edit": "The whole document",
    "console.matrix.start": "Start with the matrix",
    "console.matrix.start.text": "The draft begins as a copy of the version in force. Below, you "
    "can write or paste a whole text instead.",
    # what was done
    "console.matrix.done": "{name}: saved.",
    "console.matrix.done.nothing": "{name}: nothing was changed.",
    "console.matrix.done.up": "“{rule}” moved up.",
    "console.matrix.done.down": "“{rule}” moved down.",
    "console.matrix.done.remove": "“{rule}” removed.",
    # the forms
    "console.matrix.rule.title": "Rule “{rule}”",
    "console.matrix.add.title": "A new rule",
    "console.matrix.profile.title": "Profile “{profile}”",
    "console.matrix.numbers.title": "{section}",
    "console.matrix.section": "{section}",
    "console.matrix.left_out": "This was filled in, but what stands before it says that nothing is "
    "set here. Set it, or empty this.",
    "console.matrix.whole": "As a whole",
    "console.matrix.invalid": "Nothing was stored. What needs another look is marked below.",
    "console.matrix.id.hint": "What decisions quote: small letters, digits, dots.",
    "console.matrix.when": "When",
    "console.matrix.when.text": "The rule fits where every fact has one of its ticked values. "
    "None ticked means any.",
    "console.matrix.then": "Then",
    "console.matrix.profile": "Profile",
    "console.matrix.with": "Its own obligations",
    "console.matrix.with.text": "What this rule asks for otherwise than its profile. Left empty, "
    "the profile holds.",
    "console.matrix.obligations": "Obligations",
    "console.matrix.obligations.text": "Left empty, the profile that it is like holds.",
    "console.matrix.like": "Like",
    "console.matrix.like.none": "No other profile",
    "console.matrix.above": "Otherwise: {value}.",
    "console.matrix.as_above": "Not set here",
    "console.matrix.own": "{what}: set here",
    "console.matrix.nothing": "none",
    "console.matrix.example.max_proof_age": "Such as 45s, 15m, 8h or 1d.",
    "console.matrix.example.challenge_ttl": "Such as 45s or 10m; ten minutes at most.",
    "console.matrix.example.window": "Such as 12h or 3d.",
    "console.matrix.example.grace": "Such as 12h or 1d.",
    "console.matrix.example.confirm_within": "Such as 1d.",
    "console.matrix.example.ladder": "Steps with commas between, such as retry 15m, wait 4h, "
    "notify backup, wait 12h, step_up security_key, wait 1d, support. Leave retries empty then.",
    "console.matrix.example.retries": "Times with commas between, such as 15m, 1h, 4h.",
    "console.matrix.example.from": "Such as 08:00.",
    "console.matrix.example.until": "Such as 18:00; before the start it means the next day.",
    "console.matrix.example.zone": "Such as Europe/Lisbon, or {person} for the person’s own clock.",
    "console.matrix.hours.always": "At any hour",
    "console.matrix.hours.these": "In these hours",
    "console.matrix.hours.days": "In these hours: days",
    "console.matrix.hours.from": "In these hours: from",
    "console.matrix.hours.until": "In these hours: until",
    "console.matrix.hours.zone": "In these hours: time zone",
}
