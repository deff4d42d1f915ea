"""What fallbacks refuse."""

from __future__ import annotations

from config.lifecycle import HoldfastError


class MalformedCode(HoldfastError):
    """Not a code at all (wrong length or characters); not counted as a guess."""

    code = "malformed_code"
    status = 400


class WrongCode(HoldfastError):
    """The code did not match; `tries_left` before a pause."""

    code = "wrong_code"
    status = 400


class LockedOut(HoldfastError):
    """Too many guesses at this account; `until` says when the pause ends."""

    code = "locked_out"
    status = 429


class RebindNeeded(HoldfastError):
    """A hundred misses in a row: the factors must be bound anew (NIST SP 800-63B-4 §3.2.2)."""

    code = "rebind_needed"
    status = 403


class FactorNotEnrolled(HoldfastError):
    """The person has no such factor."""

    code = "factor_not_enrolled"
    status = 404


class FactorNotPermitted(HoldfastError):
    """Policy does not accept this factor for this action."""

    code = "factor_not_permitted"
    status = 403


class ChallengeExpired(HoldfastError):
    """The answer belongs to no question that is still open for this person."""

    code = "challenge_expired"
    status = 410


class DistinctPeopleNeeded(HoldfastError):
    """The one who proposed cannot also decide (F22)."""

    code = "distinct_people_needed"
    status = 409


class WrongReasonCode(HoldfastError):
    """The reason code does not belong to this verdict."""

    code = "wrong_reason_code"
    status = 422


class PermissionNeeded(HoldfastError):
    """The person may not do this."""

    code = "permission_denied"
    status = 403
