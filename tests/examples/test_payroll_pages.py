"""The pages: what a visitor sees, above all while Holdfast is away."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from examples.payroll.offers import OFFERS, PEOPLE
from examples.payroll.settings import Settings
from examples.payroll.store import Store
from tests.examples.conftest import Deliver, MakeApp, committed, form, sign_in
from tests.examples.scripted import ScriptedHoldfast

PAYOUT = {"kind": "payout.change", "value": "DE89 3704 0044 0532 0130 00"}
ACTION = {
    "id": "a1",
    "status": "queued",
    "read_only": True,
    "message": {"title": "Kept <safe>", "body": "Why", "next_step": "Then", "eta": "soon"},
    "challenge": {"factor": "push", "number": "47"},
    "resume_url": "http://127.0.0.1:8000/requests/a1/",
}


@pytest.fixture
def beside_scripted(
    make_app: MakeApp, settings: Settings, scripted: ScriptedHoldfast
) -> FlaskClient:
    """A browser at an application whose Holdfast answers as scripted."""
    return make_app(Settings(holdfast_url=scripted.url, state=settings.state)).test_client()


def ask(visitor: FlaskClient, **fields: str) -> tuple[int, str]:
    """Send one of the pay page's forms; gives the status and the page after redirects."""
    sent = form(visitor, "/pay/", OFFERS[fields["kind"]].button) | fields
    answer = visitor.post("/requests/", data=sent)
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize("person", PEOPLE)
def test_u2_the_pay_page_is_readable_while_holdfast_is_away(
    visitor: FlaskClient, person: str
) -> None:
    sign_in(visitor, person)
    answer = visitor.get("/pay/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "holdfast_unreachable" in page
    assert "GB •••• 6819" in page
    assert "October 2026" not in page  # payslips wait for payslip.view


def test_q2_a_request_that_could_not_be_sent_is_kept_and_sent_again_as_it_was(
    visitor: FlaskClient, make_app: MakeApp, settings: Settings, scripted: ScriptedHoldfast
) -> None:
    sign_in(visitor)
    status, page = ask(visitor, **PAYOUT)
    assert status == 503
    assert "holdfast_unreachable" in page
    assert "Send again" in page
    # The same browser and file, once Holdfast is back.
    later = make_app(Settings(holdfast_url=scripted.url, state=settings.state)).test_client()
    cookie = visitor.get_cookie("payroll_session")
    assert cookie is not None
    later.set_cookie("payroll_session", cookie.value)
    scripted.will_hang_up()
    path = re.findall(r'action="(/requests/[^"]+/send/)"', page)[0]
    fields = {"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]}
    assert later.post(path, data=fields).status_code == 503
    scripted.will_answer(201, ACTION)
    assert later.post(path, data=fields).status_code == 303
    first, second = scripted.calls()
    assert (first.body, first.headers["idempotency-key"]) == (
        second.body,
        second.headers["idempotency-key"],
    )
    body = json.loads(second.body)
    ref = second.headers["idempotency-key"]
    assert body["return_url"] == f"http://127.0.0.1:8001/requests/{ref}/"
    assert body["payload"] == {"account": "DE89370400440532013000"}
    assert body["context"]["ip"] == "127.0.0.1"
    assert "DE89370400440532013000" not in body["binding_message"]
    assert later.post(path, data=fields).status_code == 303  # answered: nothing is sent now
    assert len(scripted.calls()) == 2


def test_u1_the_answer_is_shown_in_holdfasts_words_and_escaped(
    beside_scripted: FlaskClient, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, {"results": []})
    sign_in(beside_scripted)
    scripted.will_answer(201, ACTION)
    assert ask(beside_scripted, **PAYOUT)[0] == 303
    ref = scripted.calls()[-1].headers["idempotency-key"]
    scripted.will_answer(200, ACTION)
    page = beside_scripted.get(f"/requests/{ref}/").get_data(as_text=True)
    for part in ("Queued", "Kept &lt;safe&gt;", "Why", "Then", "soon", "47", "Read-only for now"):
        assert part in page
    assert 'href="http://127.0.0.1:8000/requests/a1/"' in page
    assert "DE •••• 3000" in page
    assert "DE89" not in page


def test_f1_the_number_is_shown_for_what_was_done_first_as_well(
    beside_scripted: FlaskClient, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, {"results": []})
    sign_in(beside_scripted)
    done = {**ACTION, "status": "committed", "read_only": False}
    scripted.will_answer(201, done)
    assert ask(beside_scripted, **PAYOUT)[0] == 303
    ref = scripted.calls()[-1].headers["idempotency-key"]
    scripted.will_answer(200, done)
    assert "<strong>47</strong>" in beside_scripted.get(f"/requests/{ref}/").get_data(as_text=True)
    scripted.will_answer(200, {**done, "challenge": None})
    assert "<strong>47</strong>" not in beside_scripted.get(f"/requests/{ref}/").get_data(
        as_text=True
    )


def test_q2_a_refused_request_is_forgotten_and_its_code_shown(
    beside_scripted: FlaskClient, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, {"results": []})
    sign_in(beside_scripted)
    scripted.will_answer(422, {"code": "invalid_payload", "title": "Not an account"})
    status, page = ask(beside_scripted, kind="payout.change", value="nonsense")
    assert (status, "invalid_payload" in page) == (422, True)
    scripted.will_answer(200, {"results": []})
    assert "Nothing yet." in beside_scripted.get("/pay/").get_data(as_text=True)


def test_u2_payslips_open_only_once_reading_them_is_granted(
    beside_scripted: FlaskClient, scripted: ScriptedHoldfast
) -> None:
    scripted.will_answer(200, {"results": []})
    sign_in(beside_scripted)
    waiting = {"id": "a2", "status": "pending"}
    scripted.will_answer(201, waiting)
    assert ask(beside_scripted, kind="payslip.view")[0] == 303
    scripted.will_answer(200, {"results": [waiting]})
    assert "October 2026" not in beside_scripted.get("/pay/").get_data(as_text=True)
    scripted.will_answer(200, {"results": [{**waiting, "status": "committed"}]})
    assert "October 2026" in beside_scripted.get("/pay/").get_data(as_text=True)


def test_q2_a_used_form_with_other_words_in_it_is_refused(
    visitor: FlaskClient, store: Store
) -> None:
    sign_in(visitor)
    fields = form(visitor, "/pay/", "Change account") | PAYOUT
    assert visitor.post("/requests/", data=fields).status_code == 503
    assert visitor.post("/requests/", data=fields).status_code == 503
    other = fields | {"value": "GB29NWBK60161331926819"}
    assert visitor.post("/requests/", data=other).status_code == 409
    assert len(store.requests_of("avery")) == 1


def test_f24_somebody_elses_request_is_not_found(app: Flask, visitor: FlaskClient) -> None:
    sign_in(visitor, "avery")
    page = ask(visitor, **PAYOUT)[1]
    path = re.findall(r'action="(/requests/[^"]+/)send/"', page)[0]
    other = app.test_client()
    sign_in(other, "riley")
    csrf = {"csrf": form(other, "/pay/", "Sign out")["csrf"]}
    assert other.get(path).status_code == 404
    for step in ("send/", "cancel/"):
        assert other.post(path + step, data=csrf).status_code == 404
    stolen = form(other, "/pay/", "Change account") | PAYOUT | {"key": path.split("/")[2]}
    assert other.post("/requests/", data=stolen).status_code == 409


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/requests/", "/phone/"])
@pytest.mark.parametrize("csrf", ["", "guessed", "ü"])
def test_f10_a_form_of_another_site_is_refused(visitor: FlaskClient, path: str, csrf: str) -> None:
    sign_in(visitor)
    answer = visitor.post(path, data={"csrf": csrf, "person": "riley", "signal": "lost"})
    assert answer.status_code == 400
    assert "Avery Lind" in visitor.get("/pay/").get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "payout.steal"},
        {"key": "not-a-key"},
        {"value": "   "},
        {"value": "X" * 300},
        {"kind": "draft.save", "note": " "},
        {"kind": "draft.save", "note": "x" * 2001},
    ],
)
def test_f10_a_form_that_makes_no_sense_is_refused(
    visitor: FlaskClient, store: Store, change: dict[str, str]
) -> None:
    sign_in(visitor)
    fields = form(visitor, "/pay/", "Change account") | PAYOUT | change
    assert visitor.post("/requests/", data=fields).status_code == 400
    assert store.requests_of("avery") == []


def test_f23_values_are_masked_on_pages_and_absent_from_the_public_ones(
    visitor: FlaskClient, deliver: Deliver
) -> None:
    deliver(committed())
    sign_in(visitor)
    for path in ("/pay/", "/effects/", "/effects.json"):
        assert "DE89370400440532013000" not in visitor.get(path).get_data(as_text=True)
    assert "DE •••• 3000" in visitor.get("/pay/").get_data(as_text=True)


def test_u4_pages_carry_no_inline_script_or_style_and_a_strict_policy(
    visitor: FlaskClient,
) -> None:
    sign_in(visitor)
    for path in ("/", "/pay/", "/effects/", "/nowhere/"):
        answer = visitor.get(path)
        page = answer.get_data(as_text=True)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<style" not in page
        assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=", page)


def test_the_phone_tells_a_problem_when_holdfast_is_away(visitor: FlaskClient) -> None:
    sign_in(visitor, "tess")
    fields = form(visitor, "/pay/", "Phone is back")
    answer = visitor.post("/phone/", data=fields)
    assert answer.status_code == 503
    assert "holdfast_unreachable" in answer.get_data(as_text=True)


def test_who_is_not_signed_in_picks_a_person_first(visitor: FlaskClient) -> None:
    for path in ("/pay/", "/requests/00000000-0000-4000-8000-000000000000/"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.location) == (302, "/")


def test_the_session_cookie_is_the_applications_own_and_kept_from_scripts(
    visitor: FlaskClient,
) -> None:
    cookie = visitor.get("/").headers["Set-Cookie"]
    assert cookie.startswith("payroll_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
