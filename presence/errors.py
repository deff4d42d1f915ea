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
