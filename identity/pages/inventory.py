"""What we store about you: every kind of it, why, and for how long (P6, P7)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from identity.inventory import kinds, presence_days
from identity.pages.access import page
from identity.pages.person import PersonRequest


@page("GET")
def inventory_page(request: PersonRequest) -> HttpResponse:
    """The table, made from the models; no query of its own."""
    rows = [
        {
            "what_id": f"inventory.what.{kept.what}",
            "why_id": f"inventory.why.{kept.why}",
            "kept_id": f"inventory.kept.{kept.kept}",
        }
        for kept in kinds(staff=request.holdfast_session.user.is_staff)
    ]
    return render(request, "pages/inventory.html", {"rows": rows, "days": presence_days()})
