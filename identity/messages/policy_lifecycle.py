"""What is read by those who draft, review, sign and activate a policy version (D3).

Facts: `number`, `areas` (words), `line` and `column` (from 1), `sentence`, `name`.
"""

from __future__ import annotations

_AREAS = ("security", "compliance", "product", "support")

MESSAGES: dict[str, str] = {
    # what is refused
    "error.guardrails_not_kept.title": "The policy breaks a guardrail",
    "error.guardrails_not_kept.detail": "It stays as it is: {sentence}",
    "error.policy_unusable.title": "The policy cannot be read",
    "error.policy_unusable.detail": "Line {line}, column {column}: {sentence}",
    "error.unknown_policy_version.title": "No such policy version",
    "error.unknown_policy_version.detail": "There is no policy version {number}.",
    "error.only_the_author.title": "Somebody else wrote this draft",
    "error.only_the_author.detail": "Only its author changes a draft. Start one of your own.",
    "error.author_may_not_sign.title": "You wrote this version",
    "error.author_may_not_sign.detail": "Nobody signs what they wrote. Ask a colleague.",
    "error.signed_already.title": "That signature is given",
    "error.signed_already.detail": "This area has signed, or you signed for another one: four "
    "areas are four people.",
    "error.unknown_area.title": "No such area",
    "error.unknown_area.detail": "{area} does not sign: security, compliance, product and support "
    "do.",
    "error.sign_offs_missing.title": "Signatures are missing",
    "error.sign_offs_missing.detail": "Nothing was changed. Still to sign: {areas}.",
    "error.policy_superseded.title": "Another version came first",
    "error.policy_superseded.detail": "The version in force is not the one that version {number} "
    "was compared with. Return it and submit it again, so that it is signed for what it changes.",
    # the list and the page
    "console.policy.new": "Start a draft from the version in force",
    "console.policy.shipped": "Came with the product",
    "console.policy.edit": "Edit the draft",
    "console.policy.sign_offs": "Signatures",
    "console.policy.sign_offs.none": "Not signed yet",
    "console.policy.proof": "The proof",
    "console.policy.difference": "What it changes",
    "console.policy.difference.against": "Against version {number}, which is in force.",
    "console.policy.difference.groups": "What changes, by rule",
    "console.policy.difference.way": "Becomes",
    "console.policy.difference.rules": "Rule before → now",
    "console.policy.difference.moved": "What differs",
    "console.policy.difference.where": "Where",
    "console.policy.returned": "Why it was returned",
    "console.policy.lede.draft": "A draft: it decides nothing. Once it is submitted, its text "
    "stands still.",
    "console.policy.lede.review": "In review: four areas sign, none of them its author. Then it "
    "can come into force.",
    "console.label.author": "Author",
    "console.label.submitted": "Submitted",
    "console.label.retired": "Retired",
    "console.label.area": "Area",
    "console.label.signed_by": "Signed by",
    "console.label.document": "The policy as YAML",
    "console.label.version_name": "Name",
    "console.label.read_it": "I have read what it changes",
    "console.label.return_reason": "What should change",
    # the form
    "console.draft.title": "A new draft",
    "console.draft.title.edit": "Edit {name}",
    "console.draft.lede": "The rules are read from the top. What does not read is not stored, and "
    "the line is named.",
    "console.draft.button": "Save the draft",
    "console.draft.done": "{name}: saved as a draft.",
    # acts
    "console.submit_policy.title": "Submit it for review",
    "console.submit_policy.text": "It is proved over every situation first. Then four areas sign.",
    "console.submit_policy.button": "Submit for review",
    "console.submit_policy.done": "{name}: in review.",
    "console.return_policy.title": "Return it to its author",
    "console.return_policy.text": "It becomes a draft again, and signatures given so far are void.",
    "console.return_policy.button": "Return it",
    "console.return_policy.done": "{name}: returned to its author.",
    "console.activate_policy.title": "Bring it into force",
    "console.activate_policy.text": "From that moment every decision follows it, also those that "
    "are made again before a change. The version before it retires.",
    "console.activate_policy.button": "Bring it into force",
    "console.activate_policy.done": "{name}: in force.",
    # the command
    "policy.done.drafted": "Version {number} is a draft.",
    "policy.done.submitted": "Version {number} is in review.",
    "policy.done.signed": "Version {number} is signed for {area}.",
    "policy.done.activated": "Version {number} is in force.",
    "policy.unknown_person": "There is no active member of staff called {name}.",
    "policy.file.not_written": "{file}: the file cannot be written.",
    **{f"console.area.{area}": area.capitalize() for area in _AREAS},
    **{f"console.sign_{area}.title": f"Sign for {area}" for area in _AREAS},
    **{
        f"console.sign_{area}.text": "You answer for it with your name. It cannot be taken back, "
        "but the version can be returned."
        for area in _AREAS
    },
    **{f"console.sign_{area}.button": f"Sign for {area}" for area in _AREAS},
    **{f"console.sign_{area}.done": f"{{name}}: signed for {area}." for area in _AREAS},
}
