"""What each action type is called, and what did or did not change by it."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "type.done": "Your request is done",
    "type.unchanged": "Nothing has changed",
    "type.payslip.view.title": "View payslips",
    "type.payslip.view.done": "Your payslips are open",
    "type.payslip.view.unchanged": "Your payslips stay closed",
    "type.draft.save.title": "Save a draft",
    "type.draft.save.done": "Your draft is saved",
    "type.draft.save.unchanged": "The draft is not saved",
    "type.email.change.title": "Change email address",
    "type.email.change.done": "Your email address has changed",
    "type.email.change.unchanged": "Your email address is the same",
    "type.payout.change.title": "Change payout account",
    "type.payout.change.done": "Your payout account has changed",
    "type.payout.change.unchanged": "Your payout account is the same",
    "type.role.grant.title": "Grant a role",
    "type.role.grant.done": "The role has been granted",
    "type.role.grant.unchanged": "Nobody’s role has changed",
    "type.records.export.title": "Export records",
    "type.records.export.done": "The export has started",
    "type.records.export.unchanged": "Nothing was exported",
    # what the payload's fields are called
    "payload.account": "Pay into",
    "payload.email": "New address",
    "payload.role": "Role",
    "payload.title": "Title",
    "payload.text": "Text",
    "payload.period": "Period",
    "payload.deleted": "What you typed",
    "payload.deleted.value": "Deleted when the request closed",
}
