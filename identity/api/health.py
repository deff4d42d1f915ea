"""`/health/live` and `/health/ready`: for supervisors and load balancers."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from identity.health import LATE, sweep_age


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and the sweeps run; 503 with what is wrong otherwise."""
    try:
        age = sweep_age()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    late = age is None or age > LATE.total_seconds()
    body = {"ready": not late, "database": True, "sweep_age_seconds": age}
    return JsonResponse(body, status=503 if late else 200)
