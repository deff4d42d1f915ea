"""A transaction that does not outlive the process that stopped in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction

from config.lifecycle.clock import fetch

_NAMES = ("idle_in_transaction_session_timeout", "lock_timeout")
_BOUND = f"SELECT {', '.join(['set_config(%s, %s, true)'] * len(_NAMES))}"


@contextmanager
def bounded(lease: timedelta) -> Iterator[None]:
    """A transaction that the database ends once this process did nothing in it, or waited for a
    lock, for as long as `lease` (F38): its locks are free then, and what it did cannot be committed
    any more. Within another transaction it is a part of that one, bounded or not.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:
            milliseconds = str(int(lease.total_seconds() * 1000))
            fetch(_BOUND, [each for name in _NAMES for each in (name, milliseconds)])
        yield
