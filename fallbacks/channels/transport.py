"""What every channel's adapter may say: taken, not now, or never."""

from __future__ import annotations


class TransportError(Exception):
    """A channel did not take a message; `code` says why.

    `permanent`: trying again cannot help. `gone`: nothing will ever reach that address again.
    `retry_after` are the seconds after which it asks to be tried again, where it said so.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent or gone
        self.gone = gone
        self.retry_after = retry_after
