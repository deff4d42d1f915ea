"""What identity refuses. Each has its words under `error.<code>` in the message catalogue."""

from __future__ import annotations

from config.lifecycle import HoldfastError


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
