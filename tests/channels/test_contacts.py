"""Adding an address that proofs are sent to: after a stronger proof, by a code that came there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings

from fallbacks.channels.sending import send_due
from fallbacks.contacts import Kind
from fallbacks.errors import UnusableNumber
from fallbacks.models import ContactPoint, OutboundMessage, SentSecret
from fallbacks.numbers import canonical_number
from identity.messages import say
from identity.models import User
from tests.channels.outside import Gateway, Sink
from tests.channels.sent import NUMBER, code_in, guesses, person, reached
from tests.factors.changing import ask, begun, prove, ways
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], object]


def proved(visitor: Visitor, factor: str) -> str:
    """The address of a change that was proved with an authenticator app."""
    address = begun(visitor, factor, "enrol")
    answer = prove(visitor, address)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    return address


def test_f1_a_number_is_added_by_a_code_that_came_there(
    sink: Sink, gateway: Gateway, visit: Visit
) -> None:
    visitor = visit("avery")
    address = proved(visitor, "sms")
    assert 'name="number"' in visitor.client.get(address).content.decode()
    answer = visitor.client.post(f"{address}contact/", {"number": "+351 912 345 678"})
    assert answer.status_code == 303
    assert ways("avery") == [("totp", "Authenticator app")]
    send_due()
    code = code_in(gateway.texts[0]["Body"])
    assert gateway.texts[0]["To"] == NUMBER
    page = visitor.client.get(address).content.decode()
    assert "+351 •••• 78" in page
    assert NUMBER not in page
    assert code not in page
    assert visitor.client.post(f"{address}contact/code/", {"code": code}).status_code == 303
    assert [factor for factor, _ in ways("avery")] == ["totp", "sms"]
    assert ContactPoint.objects.get().confirmed_at is not None
    # It is told of, by mail and not by the text that it is about.
    send_due()
    assert [letter.message["subject"] for letter in sink.letters] == [
        say("notice.factor_enrol.title")
    ]
    assert len(gateway.texts) == 1


def test_f14_mail_is_added_at_the_address_of_the_account_and_no_other(
    sink: Sink, visit: Visit
) -> None:
    visitor = visit("avery")
    address = proved(visitor, "email_link")
    sent = {"number": "evil@elsewhere.example", "email": "evil@elsewhere.example"}
    assert visitor.client.post(f"{address}contact/", sent).status_code == 303
    send_due()
    assert [letter.recipients for letter in sink.letters] == [["avery@harbour.example"]]
    code = code_in(sink.last().text)
    assert visitor.client.post(f"{address}contact/code/", {"code": code}).status_code == 303
    assert ("email_link", "a•••@harbour.example") in ways("avery")
    page = visitor.client.get("/factors/").content.decode()
    assert say("factors.email_link.add") not in page


def test_f12_without_a_proof_nothing_is_sent(sink: Sink, gateway: Gateway, visit: Visit) -> None:
    visitor = visit("avery")
    for factor in ("sms", "email_link"):
        address = begun(visitor, factor, "enrol")
        answer = visitor.client.post(f"{address}contact/", {"number": NUMBER})
        assert answer.status_code == 403
        answer = visitor.client.post(f"{address}contact/code/", {"code": "123456"})
        assert answer.status_code == 410
    send_due()
    assert not OutboundMessage.objects.exists()
    assert not ContactPoint.objects.exists()


def test_f12_texts_and_mail_are_never_somebodys_only_way(
    sink: Sink, gateway: Gateway, visit: Visit
) -> None:
    User.objects.create_user("lone", email="lone@harbour.example", password="x" * 20)
    visitor = object.__new__(Visitor)
    visitor.name, visitor.client = "lone", visit("avery").client
    visitor.client.post("/sign-out/")
    visitor.client.post("/sign-in/", {"username": "lone", "password": "x" * 20})
    for factor in ("sms", "email_link"):
        answer = ask(visitor, factor, "enrol")
        assert answer.status_code == 403
        assert say("error.stronger_way_first.title") in answer.content.decode()
    page = visitor.client.get("/factors/").content.decode()
    assert say("factors.sms.add") not in page


def test_f12_a_text_does_not_prove_a_change_of_factors(
    sink: Sink, gateway: Gateway, visit: Visit
) -> None:
    visitor = visit("avery")
    reached("avery", Kind.SMS)
    reached("avery", Kind.EMAIL)
    address = begun(visitor, "backup_code", "enrol")
    for factor in ("sms", "email_link"):
        answer = visitor.client.post(f"{address}proof/{factor}/", {"code": "123456"})
        assert answer.status_code == 403
    page = visitor.client.get(address).content.decode()
    assert "/proof/sms/" not in page


def test_f1_a_contact_is_removed_after_a_proof(sink: Sink, visit: Visit) -> None:
    visitor = visit("avery")
    reached("avery", Kind.SMS)
    address = begun(visitor, "sms", "remove")
    assert prove(visitor, address).status_code == 303
    assert not ContactPoint.objects.exists()


def test_f06_guessing_the_code_runs_into_the_one_budget(gateway: Gateway, visit: Visit) -> None:
    visitor = visit("avery")
    address = proved(visitor, "sms")
    visitor.client.post(f"{address}contact/", {"number": NUMBER})
    send_due()
    code = code_in(gateway.texts[0]["Body"])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    codes = [
        visitor.client.post(f"{address}contact/code/", {"code": wrong}).status_code
        for _ in range(6)
    ]
    assert codes == [400] * 5 + [429]
    assert visitor.client.post(f"{address}contact/code/", {"code": code}).status_code == 429
    assert ways("avery") == [("totp", "Authenticator app")]
    assert guesses("avery") == 5


def test_f09_a_code_confirms_the_number_it_was_sent_to(gateway: Gateway, visit: Visit) -> None:
    """A code that came to one's own number does not confirm the next one that is typed."""
    visitor = visit("avery")
    address = proved(visitor, "sms")
    visitor.client.post(f"{address}contact/", {"number": NUMBER})
    send_due()
    mine = code_in(gateway.texts[0]["Body"])
    visitor.client.post(f"{address}contact/", {"number": "+447400123456"})
    answer = visitor.client.post(f"{address}contact/code/", {"code": mine})
    assert answer.status_code == 400
    assert not ContactPoint.objects.filter(confirmed_at__isnull=False).exists()


def test_f11_the_proof_for_the_change_ends_before_a_late_code(
    gateway: Gateway, visit: Visit, later: Later
) -> None:
    visitor = visit("avery")
    address = proved(visitor, "sms")
    visitor.client.post(f"{address}contact/", {"number": NUMBER})
    send_due()
    code = code_in(gateway.texts[0]["Body"])
    later(timedelta(minutes=5))
    assert visitor.client.post(f"{address}contact/code/", {"code": code}).status_code == 409
    assert not ContactPoint.objects.filter(confirmed_at__isnull=False).exists()


def test_f1_one_that_is_known_is_not_added_twice(
    sink: Sink, gateway: Gateway, visit: Visit
) -> None:
    visitor = visit("avery")
    reached("avery", Kind.SMS)
    address = proved(visitor, "sms")
    answer = visitor.client.post(f"{address}contact/", {"number": NUMBER})
    assert answer.status_code == 409
    assert not SentSecret.objects.exists()


def test_f1_where_no_texts_go_out_none_is_offered(
    settings: LazySettings, visit: Visit, sink: Sink
) -> None:
    settings.TEXTS = None
    visitor = visit("avery")
    assert say("factors.sms.add") not in visitor.client.get("/factors/").content.decode()
    address = proved(visitor, "sms")
    answer = visitor.client.post(f"{address}contact/", {"number": NUMBER})
    assert answer.status_code == 403
    assert not ContactPoint.objects.exists()


NUMBERS = [
    # what is typed, how it is kept
    ("+351912345678", NUMBER),
    (" +351 912 345 678 ", NUMBER),
    ("+351-912.345(678)", NUMBER),
    ("＋３５１９１２３４５６７８", NUMBER),  # full-width
    ("+44 7400 123456", "+447400123456"),
]
REFUSED = [
    "",
    "912345678",  # whose country is not known
    "00351912345678",
    "+351 212",
    "+3519123456789012345",
    "+35191234567a",
    "+٣٥١٩١٢٣٤٥٦٧٨",
    "+44 900 123 4567",  # premium
    "+351 212 345 678",  # a landline
    "+999912345678",
    "+1 800 555 0100",
    "+351912345678,+447400123456",
    "+351912345678\r\nX",
    "+" + "1" * 1_000_000,
    ["+351912345678"],
    None,
]


@pytest.mark.parametrize(("typed", "kept"), NUMBERS)
def test_f03_a_number_has_one_spelling(typed: str, kept: str) -> None:
    assert canonical_number(typed) == kept


@pytest.mark.parametrize("typed", REFUSED)
def test_f20_what_is_no_mobile_number_is_refused(typed: object) -> None:
    with pytest.raises(UnusableNumber):
        canonical_number(typed)


@pytest.mark.parametrize("typed", ["", "912345678", "x" * 200])
def test_f1_a_number_that_is_none_is_said_at_the_form(
    gateway: Gateway, visit: Visit, typed: str
) -> None:
    visitor = visit("avery")
    address = proved(visitor, "sms")
    answer = visitor.client.post(f"{address}contact/", {"number": typed})
    assert answer.status_code == 400
    assert say("error.unusable_number.detail") in answer.content.decode()
    assert person("avery").pk
    assert not OutboundMessage.objects.exists()
