"""What identity refuses. Each has its words under `error.<code>` in the message catalogue."""

from __future__ import annotations

from config.lifecycle import HoldfastError


class NotAnEmergency(HoldfastError):
    """Nothing that the policy in force lets go before a person's own quiet."""

    code = "not_an_emergency"
    status = 403


class NotFound(HoldfastError):
    """No such thing, or somebody else's: the two are not told apart."""

    code = "not_found"
    status = 404


class UnknownActionType(HoldfastError):
    """The catalogue has no such action type."""

    code = "unknown_action_type"
    status = 422


class UnknownSubject(HoldfastError):
    """No active person goes by that name."""

    code = "unknown_subject"
    status = 422


class ForeignSession(HoldfastError):
    """The session belongs to somebody else."""

    code = "foreign_session"
    status = 422


class ForeignDevice(HoldfastError):
    """The device belongs to somebody else."""

    code = "foreign_device"
    status = 422


class RevokedSession(HoldfastError):
    """The session was ended or revoked: nothing starts from it."""

    code = "revoked_session"
    status = 422


class RevokedDevice(HoldfastError):
    """The device was revoked: nothing starts from it."""

    code = "revoked_device"
    status = 422


class InvalidPayload(HoldfastError):
    """The payload does not fit the action type; `field` says where."""

    code = "invalid_payload"
    status = 422


class InvalidReturnUrl(HoldfastError):
    """The return address is not one registered for the application."""

    code = "invalid_return_url"
    status = 422


class MissingIdempotencyKey(HoldfastError):
    """A request that could happen twice needs an Idempotency-Key."""

    code = "missing_idempotency_key"
    status = 400


class InvalidIdempotencyKey(HoldfastError):
    """The key is empty, longer than 255 characters, or not printable ASCII."""

    code = "invalid_idempotency_key"
    status = 400


class IdempotencyKeyReused(HoldfastError):
    """The key was used with another body; it is never run again (F45)."""

    code = "idempotency_key_reused"
    status = 422


class RequestInFlight(HoldfastError):
    """The first request with this key is still being worked on."""

    code = "request_in_flight"
    status = 409


class NoWayToDeliver(HoldfastError):
    """The application has no webhook to tell of the outcome."""

    code = "no_way_to_deliver"
    status = 422


class NoActivePolicy(HoldfastError):
    """Nothing is decided without a policy."""

    code = "no_active_policy"
    status = 503


class NotCancellable(HoldfastError):
    """The change is under way or over."""

    code = "not_cancellable"
    status = 409


class ActionClosed(HoldfastError):
    """The action can no longer be finished: it ended, or its time passed."""

    code = "action_closed"
    status = 409


class WindowClosed(HoldfastError):
    """Policy lets it happen in certain hours only; `until` is when they begin."""

    code = "window_closed"
    status = 409


class TooLateToConfirm(HoldfastError):
    """The time to confirm what was done first is over; it is being undone or looked at."""

    code = "too_late_to_confirm"
    status = 409


class ProofOutdated(HoldfastError):
    """The password or a factor changed while the code was checked: the proof counts for nothing."""

    code = "proof_outdated"
    status = 409


class NothingToConsentTo(HoldfastError):
    """No rule in force would let such an action be done first by consent."""

    code = "nothing_to_consent_to"
    status = 422


class SignInFailed(HoldfastError):
    """Name or password did not match; which of them is not said."""

    code = "sign_in_failed"
    status = 401


class UnknownSession(HoldfastError):
    """No such session of this person."""

    code = "unknown_session"
    status = 404


class CannotOpen(HoldfastError):
    """A sealed payload cannot be opened: its key is missing, or it was altered."""

    code = "cannot_open"
    status = 503


class GuardrailsNotKept(HoldfastError):
    """The policy breaks a guardrail; `sentence` says which, by which rule and where (D4)."""

    code = "guardrails_not_kept"
    status = 422


class PolicyUnusable(HoldfastError):
    """The policy document does not read: `line`, `column` (from 1) and `sentence` say why."""

    code = "policy_unusable"
    status = 422


class UnknownPolicyVersion(HoldfastError):
    """There is no policy version of that `number`."""

    code = "unknown_policy_version"
    status = 404


class OnlyTheAuthor(HoldfastError):
    """A draft is changed by the one who answers for it; others draft their own."""

    code = "only_the_author"
    status = 409


class DraftChanged(HoldfastError):
    """The draft says something else than the text that this change was made from."""

    code = "draft_changed"
    status = 409


class OnlyAsText(HoldfastError):
    """What should change is written in a way that only the text itself can change."""

    code = "only_as_text"
    status = 422


class AuthorMayNotSign(HoldfastError):
    """Nobody signs what they wrote (D3)."""

    code = "author_may_not_sign"
    status = 409


class SignedAlready(HoldfastError):
    """The area has its signature, or the person gave theirs for another area (D3)."""

    code = "signed_already"
    status = 409


class UnknownArea(HoldfastError):
    """No signature is needed from such an `area`."""

    code = "unknown_area"
    status = 422


class SignOffsMissing(HoldfastError):
    """Not all four areas signed; `areas` names those that did not (D3)."""

    code = "sign_offs_missing"
    status = 409


class PolicySuperseded(HoldfastError):
    """Another version came into force since this one was submitted: it was signed against a
    difference that is no longer the difference."""

    code = "policy_superseded"
    status = 409


class ErasureMustWait(HoldfastError):
    """Something is being carried out for the person, or may still be undone."""

    code = "erasure_must_wait"
    status = 409


class NotErasable(HoldfastError):
    """A member of staff, whose decisions others rely on."""

    code = "not_erasable"
    status = 409


class NoLedger(HoldfastError):
    """The ledger of erasures cannot be written or read."""

    code = "no_ledger"
    status = 503
