"""A link by e-mail: asked for, read by anything, confirmed once by the right person and browser."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from config.lifecycle import read_clock
from fallbacks.channels.sending import send_due
from fallbacks.contacts import Kind
from fallbacks.models import OutboundMessage, SentSecret
from fallbacks.sent_secrets import token_of
from identity.messages import say
from tests.channels.outside import Sink
from tests.channels.sent import ask, guesses, mailed, number_at, person, reached, waiting
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], object]


@pytest.fixture
def kai(sink: Sink, visit: Visit, careful: None) -> Visitor:
    """Somebody whose usual way is uncertain, with an address of theirs confirmed."""
    visitor = visit("kai")
    reached("kai", Kind.EMAIL)
    return visitor


def test_f1_a_link_confirms_the_request_it_was_asked_for(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    page = kai.client.get(f"/requests/{action}/verify/").content.decode()
    assert f"/requests/{action}/verify/email_link/" in page
    path = mailed(kai.client, action, sink)
    assert sink.last().recipients == ["kai@harbour.example"]
    shown = kai.client.get(path).content.decode()
    assert say("link.same") in shown
    assert "Save a draft" in shown
    answer = kai.client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{action}/")
    assert payroll.get(action)["status"] in ("approved", "committed")
    assert "challenge.answered" in payroll.names(action)
    # What was used is told of, but not in the mail that it came by.
    send_due()
    assert len(sink.letters) == 1


def test_f15_scanners_read_a_hundred_times_and_the_person_confirms_once(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    scanner = Client()
    for _ in range(50):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert payroll.get(action)["status"] not in ("approved", "committed")
    assert guesses("kai") == 0
    assert kai.client.post(path).status_code == 303
    assert payroll.get(action)["status"] in ("approved", "committed")
    for client in (kai.client, scanner):
        assert client.post(path).status_code == 410
        assert client.get(path).status_code == 410


def test_f1_another_browser_types_the_number_that_the_first_one_shows(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    number = number_at(kai.client, action)
    assert number not in sink.last().raw.decode()
    phone = Client()
    shown = phone.get(path).content.decode()
    assert say("link.other") in shown
    assert number not in shown
    assert phone.post(path, {"number": f"{number[:3]} {number[3:]}"}).status_code == 200
    assert payroll.get(action)["status"] in ("approved", "committed")
    # Nobody is signed in by it.
    assert phone.get("/").status_code == 303


BAD_NUMBERS = [
    # what is typed, the status, whether it is counted
    ("", 400, False),
    ("12345", 400, False),
    ("١٢٣٤٥٦", 400, False),  # digits, but not these
    ("x" * 1000, 400, False),
    ("wrong", 400, False),
    ("other", 400, True),  # six digits that are not the ones
]


@pytest.mark.parametrize(("typed", "status", "counted"), BAD_NUMBERS)
def test_f9_another_browser_without_the_number_confirms_nothing(
    kai: Visitor, payroll: Application, sink: Sink, typed: str, status: int, counted: bool
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    number = number_at(kai.client, action)
    if typed == "other":
        typed = f"{(int(number) + 1) % 1_000_000:06d}"
    assert Client().post(path, {"number": typed}).status_code == status
    assert guesses("kai") == int(counted)
    assert payroll.get(action)["status"] not in ("approved", "committed")
    # The link is not used up by it.
    assert kai.client.post(path).status_code == 303


def test_f06_guessing_the_number_runs_into_the_one_budget(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    wrong = f"{(int(number_at(kai.client, action)) + 1) % 1_000_000:06d}"
    stranger = Client()
    codes = [stranger.post(path, {"number": wrong}).status_code for _ in range(7)]
    assert codes == [400] * 5 + [429] * 2
    assert kai.client.post(path).status_code == 429
    assert ask(kai.client, action).status_code == 429


def swapped(action: str, other: str, sink: Sink, what: str) -> None:
    """Move a stored secret to something else, as nobody can from outside."""
    secret = SentSecret.objects.get(action_id=action)
    changes: dict[str, object] = {
        "person": {"subject": person("tess")},
        "action": {"action_id": other},
        "session": {"session_id": person("tess").sessions.first().pk},
        "contact": {"contact": reached("tess", Kind.EMAIL)},
        "factor": {"factor": "sms"},
        "time": {"issued_at": secret.issued_at - timedelta(seconds=1)},
    }[what]
    SentSecret.objects.filter(pk=secret.pk).update(**changes)


@pytest.mark.parametrize("what", ["person", "action", "session", "contact", "factor", "time"])
def test_f09_a_link_fits_nothing_but_what_it_was_made_for(
    kai: Visitor, payroll: Application, sink: Sink, visit: Visit, what: str
) -> None:
    visit("tess")
    action = waiting(payroll, "kai")
    other = waiting(payroll, "kai", "payslip.view")
    path = mailed(kai.client, action, sink)
    swapped(action, other, sink, what)
    assert kai.client.post(path).status_code == 410
    for each in (action, other):
        assert payroll.get(each)["status"] not in ("approved", "committed")


def test_f09_two_links_cannot_be_crossed(kai: Visitor, payroll: Application, sink: Sink) -> None:
    """The id of one with the secret of the other."""
    first, second = waiting(payroll, "kai"), waiting(payroll, "kai", "payslip.view")
    one, two = mailed(kai.client, first, sink), mailed(kai.client, second, sink)
    crossed = f"/links/{one.split('/')[2]}/{two.split('/')[3]}/"
    assert kai.client.post(crossed).status_code == 410
    assert kai.client.get(crossed).status_code == 410


def test_f09_somebody_elses_sign_in_does_not_stand_for_the_browser_that_asked(
    kai: Visitor, payroll: Application, sink: Sink, visit: Visit
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    for name in ("tess", "kai"):  # another person, and the same one elsewhere
        assert visit(name).client.post(path).status_code == 400
    assert payroll.get(action)["status"] not in ("approved", "committed")
    assert kai.client.post(path).status_code == 303


def test_f11_a_link_dies_after_ten_minutes_with_no_clean_up(
    kai: Visitor, payroll: Application, sink: Sink, later: Later
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    later(timedelta(minutes=9, seconds=50))
    assert kai.client.get(path).status_code == 200
    later(timedelta(seconds=11))
    assert kai.client.get(path).status_code == 410
    answer = kai.client.post(path)
    assert answer.status_code == 410
    assert say("error.link_over.title") in answer.content.decode()
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f1_a_newer_link_ends_the_older_one(kai: Visitor, payroll: Application, sink: Sink) -> None:
    action = waiting(payroll, "kai")
    old, new = mailed(kai.client, action, sink), mailed(kai.client, action, sink)
    assert kai.client.post(old).status_code == 410
    assert kai.client.post(new).status_code == 303


def test_s3_a_link_dies_with_the_sign_in_that_asked(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    number = number_at(kai.client, action)
    kai.client.post("/sign-out/")
    assert Client().post(path, {"number": number}).status_code == 410
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f17_three_prompts_an_hour_whatever_asks_for_them(
    kai: Visitor, payroll: Application, sink: Sink, later: Later
) -> None:
    actions = [waiting(payroll, "kai"), waiting(payroll, "kai", "payslip.view")]
    codes = [ask(kai.client, actions[turn % 2]).status_code for turn in range(100)]
    assert codes == [303] * 3 + [429] * 97
    send_due()
    assert len(sink.letters) <= 3
    later(timedelta(minutes=45))  # a hundred posts take their time on a busy machine
    refused = ask(kai.client, actions[0])
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= 15 * 60 + 1
    later(timedelta(minutes=16))
    assert ask(kai.client, actions[0]).status_code == 303


def test_f2_a_link_never_approves_what_asks_for_more(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai", "payout.change", payload={"account": "DE89370400440532013000"})
    page = kai.client.get(f"/requests/{action}/verify/").content.decode()
    assert say("way.email_link.not_here") in page
    assert ask(kai.client, action).status_code == 403
    assert not OutboundMessage.objects.filter(kind="link").exists()
    # A link for another request does not carry over.
    low = waiting(payroll, "kai")
    path = mailed(kai.client, low, sink)
    SentSecret.objects.update(action_id=action)
    secret = SentSecret.objects.get()
    kai.client.post(f"/links/{secret.pk}/{token_of(secret)}/")
    assert path
    assert payroll.get(action)["status"] not in ("approved", "committed")


ADDRESSES = [
    # what an attacker may send along with the request for a link
    {"email": "evil@elsewhere.example"},
    {"email": ["kai@harbour.example", "evil@elsewhere.example"]},
    {"email[]": "evil@elsewhere.example", "to": "evil@elsewhere.example"},
    {"address": "kai@harbour.example,evil@elsewhere.example"},
    {"email": "kai@harbour.example\r\nBcc: evil@elsewhere.example"},
    {"email": "kaı@harbour.example"},  # without its dot
    {"email": "kai@ℎarbour.example"},
    {"contact": "1", "subject": "tess"},
]


@pytest.mark.parametrize("sent", ADDRESSES)
def test_f14_a_link_goes_to_the_stored_address_whatever_is_sent_along(
    kai: Visitor, payroll: Application, sink: Sink, sent: dict[str, object]
) -> None:
    action = waiting(payroll, "kai")
    answer = kai.client.post(f"/requests/{action}/verify/email_link/", {"send": "1", **sent})
    assert answer.status_code == 303
    send_due()
    [letter] = sink.letters
    assert letter.recipients == letter.to == ["kai@harbour.example"]
    assert b"evil" not in letter.raw


@pytest.mark.parametrize(
    "twin", ["kaı@harbour.example", "KAI@harbour.example", "kai@harbour.exampIe"]
)
def test_f14_a_person_with_a_twin_of_the_address_gets_nothing(
    kai: Visitor, payroll: Application, sink: Sink, twin: str
) -> None:
    reached("tess", Kind.EMAIL, twin)
    mailed(kai.client, waiting(payroll, "kai"), sink)
    assert [letter.recipients for letter in sink.letters] == [["kai@harbour.example"]]


def test_f1_this_was_not_me_in_the_mail_stops_the_request_and_the_browser_that_asked(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    answer = Client().post(path, {"not_me": "1"})
    assert answer.status_code == 200
    assert say("link.stopped.text") in answer.content.decode()
    assert payroll.get(action)["status"] == "denied"
    assert kai.client.get("/").status_code == 303  # to the sign-in page
    assert person("kai").anomaly_points > 0
    assert Client().post(path).status_code == 410


FOREIGN = ["", "0" * 43, "../" * 10, "A" * 4000]


@pytest.mark.parametrize("token", FOREIGN)
def test_f1_a_link_that_was_never_sent(demo: None, token: str) -> None:
    client = Client()
    for method in (client.get, client.post):
        assert method(f"/links/{uuid.uuid4()}/{token}/").status_code in (404, 410)


def test_f10_large_and_odd_bodies_change_nothing(
    kai: Visitor, payroll: Application, sink: Sink
) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    where = (path, f"/requests/{action}/verify/email_link/")
    for address in where:
        answer = Client().post(
            address, b"number=" + b"1" * 1_000_000, "application/x-www-form-urlencoded"
        )
        assert answer.status_code in (303, 400, 413)
        assert Client().put(address).status_code == 405
    assert guesses("kai") == 0
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f23_no_secret_is_stored_in_clear(kai: Visitor, payroll: Application, sink: Sink) -> None:
    action = waiting(payroll, "kai")
    path = mailed(kai.client, action, sink)
    token, number = path.split("/")[3], number_at(kai.client, action)
    for rows in (SentSecret.objects.values_list(), OutboundMessage.objects.values_list()):
        assert token not in repr(list(rows))
        assert number not in repr(list(rows))
    events = payroll.call("GET", f"actions/{action}/events/").content.decode()
    assert token not in events
    assert read_clock()
