"""A person's requests, one request, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from config.lifecycle import HoldfastError
from identity import notices as security
from identity.actions.confirming import refuse_action
from identity.actions.ending import cancel_action, deny_action
from identity.actions.moves import obligations_of
from identity.actions.reviewing import ask_support
from identity.actions.rungs import rungs
from identity.actions.views import (
    action_of,
    actions_of,
    history,
    open_actions_of,
    put_aside,
    takes_proof,
)
from identity.errors import NotFound
from identity.messages import say
from identity.messages.compose import sentence_of
from identity.models import Action, Event
from identity.pages.access import SeeOther, page
from identity.pages.clock import now_of
from identity.pages.details import changes_of, details_of, why_of
from identity.pages.digest import digest_of
from identity.pages.failures import Problem, problem_of
from identity.pages.items import asked_in, item_of, payload_of
from identity.pages.outages import told_of
from identity.pages.pauses import pause_of
from identity.pages.person import PersonRequest
from identity.pages.steps import coming_of, steps_of
from identity.pages.waiting import waited
from identity.pages.ways import offered_ways, support_span
from identity.states import OPEN, TERMINAL, USER_CAN_FINISH, WAITING, Status

PAGE = 20
"""Requests on one page."""


@page("GET")
def requests_page(request: PersonRequest) -> HttpResponse:
    """Needs you, waiting, finished; older ones page by page."""
    before = parse_moment(request.GET.get("before", ""))
    if request.GET.get("before") and before is None:
        return redirect("requests")
    rows = actions_of(request.user, limit=PAGE + 1, before=before)
    listed = rows[:PAGE]
    finished = [
        item_of(request, row) for row in listed if row.status in TERMINAL and not row.unsettled
    ]
    opened = open_actions_of(request.user) if before is None else []
    items = [item_of(request, row) for row in opened]
    needs = [item for item in items if item.needs]
    waiting = [item for item in items if not item.needs]
    context = {
        "needs": needs,
        "waiting": waiting,
        "finished": finished,
        "older": listed[-1].created_at.isoformat() if len(rows) > PAGE else "",
        "newer": before is not None,
        "unseen": security.unseen(request.user.pk, request.holdfast_session.pk),
        "empty": not rows and not opened and before is None,
        "digest": digest_of(request, needs, waiting, finished) if before is None else None,
    }
    return render(request, "pages/requests.html", context)


def parse_moment(text: str) -> datetime | None:
    """An aware moment from an address, None for anything else."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


@page("GET")
def request_page(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """One request: its state first, then everything there is to know about it."""
    action = action_of(request.user, action_id)
    if request.headers.get("Holdfast-Seen") == live_mark(action):
        return render(request, "components/fresh.html", {"fresh_at": now_of(request)})
    return show_request(request, action)


def live_mark(action: Action) -> str:
    """What changes when the state does; empty when nothing changes by itself any more."""
    moves = action.status in OPEN or action.unsettled
    return f"{action.status}-{action.version}" if moves else ""


def scope_of(action: Action) -> list[str]:
    """What goes on while it is held, a sentence each."""
    if not action.read_only:
        return []
    words = obligations_of(action).read_scope
    return [say(f"scope.{word}") for word in ("view", "draft", "history") if word in words]


def _why_id(action: Action) -> str:
    if action.status == Status.BLOCKED:
        return "request.why.blocked"
    return "request.why" if action.status in WAITING else "request.why.over"


def show_request(
    request: PersonRequest, action: Action, problem: Problem | None = None
) -> HttpResponse:
    """Draw the page of `action`, with what was just refused on top if anything was."""
    now = now_of(request)
    events = history(action)
    preference = getattr(request.holdfast_session.user, "preference", None)
    done, to_come = rungs(action, now, preference, events)
    application = asked_in(action)
    item = item_of(request, action)
    planned = item.message.next_step
    can_finish = action.status in USER_CAN_FINISH and takes_proof(action, now)
    ways = offered_ways(action) if can_finish or action.to_confirm else []
    context = {
        "action": action,
        "application": application,
        "item": item,
        "next_step": say("request.put_aside") if put_aside(action, events) else planned,
        "problem": problem,
        "live": live_mark(action),
        "fresh_at": now,
        "can_finish": can_finish,
        "can_stop": action.status in WAITING,
        "to_confirm": action.to_confirm,
        "refusal_id": f"afterwards.refuse.{obligations_of(action).on_silence}",
        "scope": scope_of(action),
        "ways": ways,
        "outage": told_of(ways),
        "pause": pause_of(request) if ways else None,
        "support_span": support_span(action),
        "payload": payload_of(action),
        "back_url": action.return_url if action.return_url.startswith("http") else "",
        "why_id": _why_id(action),
        "reasons": why_of(action),
        "changes": changes_of(action, ways),
        "details": details_of(action),
        "done": steps_of(done),
        "to_come": steps_of(coming_of(action, to_come)),
        "history": told_once(events, application),
        "waited": waited(request, action, events),
    }
    return render(request, "pages/request.html", context, status=problem.status if problem else 200)


def told_once(events: Sequence[Event], application: str) -> list[tuple[datetime, str]]:
    """The events as `(at, sentence)`. One move of an action and of its challenge at once is one
    line, because it is one thing that happened."""
    lines = [(event.at, sentence_of(event, application=application)) for event in events]
    return [line for index, line in enumerate(lines) if index == 0 or line != lines[index - 1]]


def _changed(request: PersonRequest, action_id: UUID, notice_id: str) -> HttpResponse:
    notices.success(request, say(notice_id))
    return SeeOther(reverse("request", args=[action_id]))


def _refused(request: PersonRequest, action_id: UUID, error: HoldfastError) -> HttpResponse:
    """The page as it stands now, with the words of what came too late."""
    if isinstance(error, NotFound):
        raise error
    action = action_of(request.user, action_id)
    return show_request(request, action, problem_of(request, error))


@page("POST")
def cancel(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Withdraw the request."""
    try:
        cancel_action(action_id, user=request.user)
    except HoldfastError as error:
        return _refused(request, action_id, error)
    return _changed(request, action_id, "cancel.done")


@page("POST")
def not_me(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """ "This wasn't me"."""
    session = request.holdfast_session
    try:
        if action_of(request.user, action_id).to_confirm:
            refuse_action(action_id, user=request.user, session=session, not_me=True)
        else:
            deny_action(action_id, user=request.user, session=session)
    except HoldfastError as error:
        return _refused(request, action_id, error)
    return _changed(request, action_id, "not_me.done")


@page("POST")
def refuse(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """ "That was not what I wanted": undo what was done first."""
    try:
        refuse_action(action_id, user=request.user, session=request.holdfast_session)
    except HoldfastError as error:
        return _refused(request, action_id, error)
    return _changed(request, action_id, "afterwards.refused")


@page("POST")
def support(request: PersonRequest, action_id: UUID) -> HttpResponse:
    """Ask a person to help."""
    try:
        ask_support(action_id, user=request.user, session=request.holdfast_session)
    except HoldfastError as error:
        return _refused(request, action_id, error)
    return _changed(request, action_id, "support.done")
