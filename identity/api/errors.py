"""What the API itself refuses, before any use case is asked."""

from __future__ import annotations

from config.lifecycle import HoldfastError


class NotAuthenticated(HoldfastError):
    """No valid bearer token."""

    code = "not_authenticated"
    status = 401


class MissingScope(HoldfastError):
    """The token does not carry the scope that this call needs."""

    code = "missing_scope"
    status = 403


class InvalidRequest(HoldfastError):
    """The body or query does not have the shape of the contract; `errors` say where."""

    code = "invalid_request"
    status = 400


class InvalidJson(HoldfastError):
    """The body is not JSON text in UTF-8."""

    code = "invalid_json"
    status = 400


class BodyTooLarge(HoldfastError):
    """The body is larger than this call takes."""

    code = "body_too_large"
    status = 413


class InvalidCursor(HoldfastError):
    """The cursor was not made by us or no longer fits."""

    code = "invalid_cursor"
    status = 400


class TooManyItems(HoldfastError):
    """More than 1,000 signals at once."""

    code = "too_many_items"
    status = 422


class OnlyThePerson(HoldfastError):
    """An application can take a person's consent back, but never give it for them."""

    code = "only_the_person"
    status = 403


class WrongValue(HoldfastError):
    """A value is missing or not one of those allowed."""

    code = "wrong_value"
    status = 400


class Throttled(HoldfastError):
    """Too much in too short a time."""

    code = "throttled"
    status = 429
