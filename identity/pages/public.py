"""What everybody may read: how the services are, and help."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fallbacks.incidents import current_status
from identity.messages import say
from identity.pages.access import page
from identity.pages.clock import now_of

PARTS = ("status.part.sign_in", "status.part.codes", "status.part.requests", "status.part.support")
TOPICS = ("silence", "codes", "waiting", "not_me", "lost", "people")


@page("GET", guest=True)
def status_page(request: HttpRequest) -> HttpResponse:
    """The same words as the banner and the API, for everybody, in UTC."""
    found = current_status()
    incidents = found["incidents"]
    if not incidents:
        heading = say("status.heading.normal")
    elif len(incidents) == 1:
        heading = incidents[0]["title"]
    else:
        heading = say("status.heading.several", count=len(incidents))
    mode = found["mode"] if incidents else "calm"
    context = {
        "heading": heading,
        "tone": "care" if incidents else "done",
        "icon": "triangle" if incidents else "done",
        "word_id": f"status.word.{mode}",
        "lede_id": f"status.lede.{mode}",
        "as_of": now_of(request),
        "parts": PARTS,
        **found,
    }
    return render(request, "pages/status.html", context)


@page("GET", guest=True)
def help_page(request: HttpRequest) -> HttpResponse:
    """Short answers to what people ask."""
    topics = [
        {
            "slug": topic.replace("_", "-"),
            "heading_id": f"help.{topic}.heading",
            "text_id": f"help.{topic}.text",
        }
        for topic in TOPICS
    ]
    return render(request, "pages/help.html", {"topics": topics})
