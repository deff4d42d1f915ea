"""Changing one thing in a policy document and leaving the rest as its author wrote it. Pure.

Every function takes the text and gives the text back: comments, order and layout stay, byte for
byte, wherever nothing was asked to change. `writing` puts values into YAML, `places` finds where
they stand, `values` writes and drops one of them, `rules` adds, moves and removes whole rules.
Whether the outcome is a policy is for `parse_policy` to say.
"""

from identity.policy.editing.places import CannotEdit, plain_at
from identity.policy.editing.rules import add_rule, edit_rule, move_rule, remove_rule
from identity.policy.editing.values import drop, write
from identity.policy.editing.writing import Words

__all__ = [
    "CannotEdit",
    "Words",
    "add_rule",
    "drop",
    "edit_rule",
    "move_rule",
    "plain_at",
    "remove_rule",
    "write",
]
