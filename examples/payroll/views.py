"""The pages and the webhook address. Each view reads, asks Holdfast, and shows the answer."""

from __future__ import annotations

import uuid
from typing import NamedTuple, cast

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from examples.payroll import webhook
from examples.payroll.client import Action, Holdfast, HoldfastProblem
from examples.payroll.offers import (
    ABOUT,
    OFFERS,
    PAYSLIPS,
    PEOPLE,
    WrongField,
    binding_message,
    masked,
    payload_of,
    start_value,
)
from examples.payroll.settings import Settings
from examples.payroll.store import Asked, Store

pages = Blueprint("pages", __name__)

MAX_NOTE = 2000
"""Longest draft, in characters."""
PHONE: dict[str, list[tuple[str, str]]] = {
    "back": [("network", "returned"), ("heartbeat", ""), ("push_acknowledged", "")],
    "heartbeat": [("heartbeat", "")],
    "push_acknowledged": [("push_acknowledged", "")],
    "lost": [("network", "lost")],
    "returned": [("network", "returned")],
}
"""Button of the simulated phone → the signals (kind, value) it sends."""


class Line(NamedTuple):
    """A request with what Holdfast says about it now, or None where it could not be asked."""

    asked: Asked
    action: Action | None


def store() -> Store:
    """The application's own storage."""
    return cast(Store, current_app.extensions["store"])


def holdfast() -> Holdfast:
    """The client of Holdfast's API."""
    return cast(Holdfast, current_app.extensions["holdfast"])


def settings() -> Settings:
    """What the environment said."""
    return cast(Settings, current_app.extensions["settings"])


def signed_in() -> str:
    """Who is signed in; others are sent to the list of demo people."""
    person = session.get("person")
    if person not in PEOPLE:
        abort(redirect(url_for("pages.people")))
    return str(person)


def own_request(ref: uuid.UUID) -> Asked:
    """The person's own request; somebody else's is 404, like none at all."""
    asked = store().request(str(ref), signed_in())
    return asked or abort(404, "There is no such request of yours.")


@pages.get("/")
def people() -> str:
    """Pick a demo person."""
    return render_template("people.html", people=PEOPLE, about=ABOUT)


@pages.post("/sign-in/")
def sign_in() -> Response:
    """The demo's sign-in: no password. A real application has its own here."""
    person = request.form.get("person", "")
    if person not in PEOPLE:
        abort(400, "Pick one of the demo people.")
    session.clear()
    session["person"] = person
    return redirect(url_for("pages.pay"), 303)


@pages.post("/sign-out/")
def sign_out() -> Response:
    """Forget who was signed in."""
    session.clear()
    return redirect(url_for("pages.people"), 303)


@pages.get("/pay/")
def pay() -> str:
    """The person's pay page: what is in force, what was asked, what can be asked."""
    person = signed_in()
    lines, problem = live_lines(person)
    opened = session.get("payslips")
    granted = any(line.asked.ref == opened and line.asked.is_granted for line in lines)
    return render_template(
        "pay.html",
        person=person,
        name=PEOPLE[person],
        offers=OFFERS,
        now={kind: shown_value(person, kind) for kind, offer in OFFERS.items() if offer.start},
        drafts=store().drafts_of(person),
        payslips=PAYSLIPS if granted else (),
        lines=lines,
        problem=problem,
        read_only=any(line.action and line.action.read_only for line in lines),
        # Made once for each form that is shown: sending that form twice is one request.
        keys={kind: str(uuid.uuid4()) for kind in OFFERS},
    )


def live_lines(person: str) -> tuple[list[Line], HoldfastProblem | None]:
    """The person's requests with their live status; the last known one while Holdfast is away."""
    actions: dict[str, Action] = {}
    problem = None
    try:
        for action in holdfast().actions_of(person):
            actions[action.id] = action
    except HoldfastProblem as error:
        problem = error
    for asked in store().requests_of(person):
        told = actions.get(asked.action_id or "")
        if told and told.status != asked.status:
            store().saw(told.id, told.status)
    rows = store().requests_of(person)
    return [Line(asked, actions.get(asked.action_id or "")) for asked in rows], problem


def shown_value(person: str, kind: str) -> str:
    """What is in force, masked."""
    return masked(kind, store().current(person, kind) or start_value(kind, person))


@pages.post("/requests/")
def ask() -> Response | tuple[str, int]:
    """Ask Holdfast for what one of the forms says."""
    person = signed_in()
    offer = OFFERS.get(request.form.get("kind", "")) or abort(400, "We do not offer that.")
    note = request.form.get("note", "").strip()
    try:
        ref = str(uuid.UUID(request.form.get("key", "")))
        payload = payload_of(offer, request.form.get("value", ""))
    except WrongField as error:
        abort(400, f"Please fill in: {error}.")
    except ValueError:
        abort(400, "This form is not complete. Go back, reload the page and try again.")
    if offer.kind == "draft.save" and not 0 < len(note) <= MAX_NOTE:
        abort(400, f"A draft has between 1 and {MAX_NOTE} characters.")
    body = {
        "type": offer.kind,
        "subject": person,
        "payload": payload,
        "binding_message": binding_message(offer, payload),
        "return_url": settings().own_url + url_for("pages.show", ref=uuid.UUID(ref)),
        "context": browser(),
    }
    asked = store().remember(ref, person, body, note)
    if (asked.person, asked.kind, asked.payload, asked.note) != (person, offer.kind, payload, note):
        abort(
            409, "This form was sent before with other words in it. Reload the page for a new one."
        )
    return send(asked)


def browser() -> dict[str, str]:
    """What Holdfast may know of the person's browser; it keeps only a coarse form of it."""
    agent = "".join(char for char in request.user_agent.string if char.isprintable())[:512]
    context = {"ip": request.remote_addr or "", "user_agent": agent}
    return {name: value for name, value in context.items() if value}


@pages.post("/requests/<uuid:ref>/send/")
def send_again(ref: uuid.UUID) -> Response | tuple[str, int]:
    """Send a request that was never answered once more: same key, same body, at most one action."""
    return send(own_request(ref))


def send(asked: Asked) -> Response | tuple[str, int]:
    """Send a request that has no action yet, and show it.

    Raises HoldfastProblem for a request that Holdfast refuses as it is. One that may have arrived
    or not stays, to be sent again.
    """
    ref = asked.ref
    if asked.body is not None:
        try:
            action = holdfast().request_action(asked.ref, asked.body)
        except HoldfastProblem as problem:
            if problem.is_final:
                store().forget(asked.ref)
                raise
            return request_page(asked, None, problem), 503
        ref = store().answered(asked.ref, action.id, action.status)
        if action.joined:
            flash("You had asked for the same before, and it is still open: here it is.")
    if asked.kind == "payslip.view":
        session["payslips"] = ref
    return redirect(url_for("pages.show", ref=uuid.UUID(ref)), 303)


@pages.get("/requests/<uuid:ref>/")
def show(ref: uuid.UUID) -> str:
    """One request as it stands now. Holdfast sends people back to this address."""
    asked = own_request(ref)
    action = problem = None
    if asked.action_id:
        try:
            action = holdfast().action(asked.action_id)
            store().saw(action.id, action.status)
            asked = own_request(ref)
        except HoldfastProblem as error:
            problem = error
    return request_page(asked, action, problem)


def request_page(asked: Asked, action: Action | None, problem: HoldfastProblem | None) -> str:
    """The page of one request."""
    return render_template(
        "request.html",
        line=Line(asked, action),
        offer=OFFERS[asked.kind],
        value=masked(asked.kind, next(iter(asked.payload.values()), "")),
        problem=problem,
        payslips=PAYSLIPS if asked.kind == "payslip.view" and asked.is_granted else (),
    )


@pages.post("/requests/<uuid:ref>/cancel/")
def cancel(ref: uuid.UUID) -> Response:
    """Withdraw a request."""
    asked = own_request(ref)
    if asked.action_id:
        action = holdfast().cancel(asked.action_id)
        store().saw(action.id, action.status)
    return redirect(url_for("pages.show", ref=ref), 303)


@pages.post("/phone/")
def phone() -> Response:
    """The simulated phone: tell Holdfast what a real app on the phone would."""
    person = signed_in()
    signals = PHONE.get(request.form.get("signal", "")) or abort(400, "The phone cannot do that.")
    refused = holdfast().send_signals(person, signals)
    if refused:
        flash(f"Holdfast did not take every signal of the phone ({', '.join(refused)}).")
    else:
        flash("The simulated phone has told Holdfast. It may take a few seconds to act on it.")
    return redirect(url_for("pages.pay"), 303)


@pages.post("/webhooks/holdfast/")
def holdfast_webhook() -> tuple[dict[str, str], int]:
    """Where Holdfast tells what became of an action. Answers 2xx to a repetition, too."""
    # One byte more than allowed: of a body without a stated length, reading only stops there.
    request.max_content_length = webhook.MAX_BODY + 1
    raw = request.get_data()
    if len(raw) > webhook.MAX_BODY:
        abort(413)
    try:
        done = webhook.receive(store(), settings().webhook_secret, raw, dict(request.headers))
    except webhook.NotAuthentic:
        return {"error": "not_authentic"}, 401
    except webhook.NotUnderstood:
        return {"error": "not_understood"}, 422
    return {"result": done.value}, 200


@pages.get("/effects/")
def effects() -> str:
    """For testers: every effect that took place, and how often its webhook came."""
    return render_template("effects.html", effects=store().effects())


@pages.get("/effects.json")
def effects_json() -> dict[str, list[dict[str, object]]]:
    """The same, for machines. It names no values."""
    return {
        "results": [
            {
                "action": row["action_id"],
                "type": row["kind"],
                "subject": row["subject"],
                "webhook_id": row["webhook_id"],
                "deliveries": row["deliveries"],
                "at": row["at"],
                "undone_at": row["undone_at"],
            }
            for row in store().effects()
        ]
    }
