"""What presence refuses."""

from __future__ import annotations

from config.lifecycle import HoldfastError


class UnknownZone(HoldfastError):
    """No such time zone."""

    code = "unknown_zone"
    status = 422


class WrongTime(HoldfastError):
    """A time that lies in the past or too far ahead, or quiet hours with a part missing."""

    code = "wrong_time"
    status = 422


class NoConsent(HoldfastError):
    """The person does not consent to this being stored."""

    code = "no_consent"
    status = 403


class UnknownPurpose(HoldfastError):
    """Nothing is stored for such a purpose."""

    code = "unknown_purpose"
    status = 422


class UnknownChannel(HoldfastError):
    """There is no such channel."""

    code = "unknown_channel"
    status = 422
