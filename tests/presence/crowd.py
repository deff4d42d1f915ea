"""What each process of a race runs; it knows nothing of Django, so that it starts at once."""

from __future__ import annotations

from typing import Any

import psycopg

from presence.columns import cursor_for


def crowd(task: dict[str, Any], number: int, barrier: Any, answers: Any) -> None:
    """Run this process's statements, all let go at once; tell what went wrong, or nothing."""
    try:
        with psycopg.connect(task["address"], autocommit=True) as own:
            barrier.wait(60)
            for sql, parameters in task["statements"][number]:
                cursor_for(own).execute(sql, parameters)
        answers.put("")
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
