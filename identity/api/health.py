"""`/health/live` and `/health/ready`: for supervisors and load balancers."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from identity.database import leave_when_away
from identity.health import LATE, sweep_ages


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and every sweep runs; 503 with what is wrong otherwise."""
    try:
        ages = sweep_ages()
    except DatabaseError as error:
        leave_when_away(error)
        return JsonResponse({"ready": False, "database": False}, status=503)
    late = sorted(name for name, age in ages.items() if age is None or age > LATE.total_seconds())
    known = [age for age in ages.values() if age is not None]
    body = {
        "ready": not late,
        "database": True,
        "sweep_age_seconds": max(known) if len(known) == len(ages) else None,
        "late": late,
    }
    return JsonResponse(body, status=503 if late else 200)
