"""The one refusal of a policy document: what is wrong, where, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "too_large": "The document is larger than {limit} KiB.",
    "not_text": "The document holds a character that no policy needs.",
    "not_yaml": "This is not valid YAML: {problem}.",
    "several_documents": "A policy is exactly one YAML document.",
    "alias": "Anchors and aliases are not allowed; write the value out or use a profile.",
    "tag": "Explicit types are not allowed; write the plain value.",
    "too_deep": "The document is nested deeper than a policy can be.",
    "not_a_mapping": "{what} must be a mapping of names to values.",
    "not_a_list": "{what} must be a list.",
    "not_a_word": "{what} must be a line of up to 80 characters (quote numbers and dates).",
    "not_a_number": "{what} must be a whole number.",
    "not_a_time": "{what} must be a time such as 45s, 15m, 8h or 3d.",
    "not_a_flag": "{what} must be true or false.",
    "out_of_range": "{what} must lie between {least} and {most}.",
    "duplicate_key": "The key “{word}” stands here a second time.",
    "unknown_key": "“{word}” is not known here; known are: {known}.",
    "missing_key": "{what} lacks “{word}”.",
    "unknown_word": "“{word}” is no {what}; known are: {known}.",
    "duplicate_word": "“{word}” stands twice in this list.",
    "empty_list": "{what} must name at least one value.",
    "bad_id": "“{word}” is no usable name: lower-case letters, digits, “_”, “-” and “.”, up to 60.",
    "duplicate_id": "The rule “{word}” stands here a second time.",
    "too_many_rules": "A policy has at most {limit} rules.",
    "missing_default": "The policy lacks “default”: what happens to anything unforeseen.",
    "default_not_block": "The default must be “block”: what nobody foresaw is never let through.",
    "unknown_profile": "There is no profile “{word}”.",
    "profile_cycle": "The profile “{word}” is like itself by way of {way}.",
    "factor_too_weak": "“{word}” can never prove the assurance level {aal} that is required here.",
    "not_resistant": "A phishing-resistant proof is required, and no factor that could give it.",
    "no_factor": "“{outcome}” waits for a proof, but no factor is permitted.",
    "block_with_factors": "“block” accepts no proof, so it must permit no factor.",
    "outlives_window": "The challenge lives longer than the window it belongs to.",
    "ladder_and_retries": "“retries” is the short form of “ladder”: write one of them.",
    "ladder_at_once": "“{word}” comes at once: let time pass before it, so that a single missed "
    "answer never leads there.",
    "ladder_backwards": "“{word}” must not come after a later step: retry, notify, step_up, "
    "support is the order.",
    "ladder_twice": "“{word}” stands twice in this ladder.",
    "ladder_no_try": "This ladder never asks anybody: it needs a retry or a notice.",
    "ladder_outlives_window": "The ladder takes longer than the window it belongs to.",
    "step_alone": "“{word}” takes nothing after it.",
    "step_names_nobody": "“{word}” must say by what: backup, push, email or sms.",
    "step_up_not_permitted": "The step up names “{word}”, which is not permitted here.",
    "needs_consent": "“proceed_then_confirm” needs “consent: given” among its facts: nothing goes "
    "on first that the person did not agree to.",
    "no_deadline": "“proceed_then_confirm” needs “confirm_within”: the time to confirm in.",
    "not_a_clock_time": "{what} must be a time of day such as 08:30.",
    "unknown_zone": "“{word}” is no time zone; write a name such as Europe/Berlin, or person.",
    "empty_window": "The window closes when it opens; for any hour write “execution: always”.",
    "believe_too_high": "No signal is ever believed: “believe” is above every confidence.",
    "darkness_order": "“{word}” must not wait longer than a less sensitive class.",
    "bands_order": "“amber” must be below “red”, and “red” at most 100.",
    "cap_too_high": "The cap is above {most}: one signal alone could move two bands.",
    "weight_above_cap": "This weight is above the cap of {most}.",
    "unknown_is_red": "With nothing known the score is {score}: red without a sign of harm.",
    "unknown_is_free": "What is unknown must weigh at least 1: it counts as risk.",
    "good_is_free": "“{word}” is as it should be and must weigh 0.",
    "ages_order": "“fresh” must not be longer than “recent”.",
    "factor_in_two_anchors": "“{word}” belongs to “{other}” already: a factor has one anchor.",
    "factor_without_anchor": "No anchor names “{word}”: how long a proof by it counts is not said.",
    "lifetime_grows_with_stake": "{what} must not be longer than where less is at stake.",
    "lifetime_grows_with_anchor": "{what} must not be longer than that of the stronger anchor "
    "above.",
    "share_order": "Trust must not live longer in {mode} mode than in a better one.",
}
"""What is said of each code; `{…}` is filled with what stands at the place."""


class PolicyError(Exception):
    """A policy document that cannot be used; nothing of it is kept.

    `code` is stable, `line` and `column` count from 1, `sentence` is for the person who wrote it.
    """

    def __init__(self, code: str, line: int, column: int, **filling: object) -> None:
        self.code = code
        self.line = line
        self.column = column
        self.sentence = SENTENCES[code].format(**filling)
        super().__init__(f"Line {line}, column {column}: {self.sentence}")
