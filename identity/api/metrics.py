"""`/metrics`: how the work stands, for Prometheus.

Everything is read from the database when it is asked for, so that it is the same whichever
process of the web server answers, and right after a restart.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from identity.database import RETRY_AFTER_SECONDS, leave_when_away
from identity.health import LATE, Health, health
from identity.models import DeliveryStatus
from identity.states import Status

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy leaves behind: a request that carries it was not made on this machine."""


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever has `METRICS_TOKEN`; where there is none, for this machine alone."""
    if not _may_read(request):
        answer = HttpResponse(status=401 if settings.METRICS_TOKEN else 403)
        if settings.METRICS_TOKEN:
            answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    try:
        found = health()
    except DatabaseError as error:
        leave_when_away(error)
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Read(found))
    return HttpResponse(
        generate_latest(registry),
        content_type=CONTENT_TYPE_PLAIN_0_0_4,
        headers={"Cache-Control": "no-store"},
    )


def _may_read(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    if token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(given.strip(), token)
    if any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class _Read:
    """One reading, as a collector."""

    def __init__(self, found: Health) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        """Every state of the tables, those with nothing too: an absent series is no zero."""
        found = self.found
        yield _by(
            "holdfast_actions",
            "Actions by state.",
            "status",
            {state.value: found.actions.get(state, 0) for state in Status},
        )
        yield _by(
            "holdfast_deliveries",
            "Messages to applications by state; abandoned ones failed.",
            "status",
            {state: found.deliveries.get(state, 0) for state in DeliveryStatus.values},
        )
        yield _by(
            "holdfast_sweep_age_seconds",
            "Seconds since a sweep last ran; +Inf for never.",
            "sweep",
            {name: _age(age) for name, age in found.sweeps.items()},
        )
        yield _by(
            "holdfast_sweep_late",
            f"1 for a sweep that has not run for {LATE.total_seconds():.0f} seconds.",
            "sweep",
            {
                name: float(age is None or age > LATE.total_seconds())
                for name, age in found.sweeps.items()
            },
        )
        yield GaugeMetricFamily(
            "holdfast_oldest_due_seconds",
            "How late the most overdue action is.",
            value=found.oldest_due,
        )
        yield GaugeMetricFamily(
            "holdfast_outbox_lag_seconds",
            "How late the most overdue message to an application is.",
            value=found.outbox_lag,
        )
        yield GaugeMetricFamily(
            "holdfast_closed_endpoints",
            "Webhook addresses that said that they are gone.",
            value=found.closed_endpoints,
        )
        yield GaugeMetricFamily(
            "holdfast_actions_put_aside",
            "Actions that could not be moved, and wait for the staff.",
            value=found.put_aside,
        )
        yield GaugeMetricFamily(
            "holdfast_events_unlinked",
            "Events that are not in the chain of hashes yet.",
            value=found.audit.unlinked,
        )
        yield GaugeMetricFamily(
            "holdfast_checkpoint_age_seconds",
            "Seconds since the head of the chain was last signed; +Inf for never.",
            value=_age(found.audit.checkpoint_age),
        )
        yield GaugeMetricFamily(
            "holdfast_chain_alarm",
            "1 where the chain or its checkpoints are late, or do not hold.",
            value=found.audit.alarming,
        )
        yield GaugeMetricFamily(
            "holdfast_missing_seal_keys",
            "Keys that something is sealed under and that are not there; it is held until then.",
            value=found.missing_keys,
        )


def _age(seconds: float | None) -> float:
    return float("inf") if seconds is None else seconds


def _by(name: str, text: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
