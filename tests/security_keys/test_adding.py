"""Adding, listing and removing security keys: verified by the key, for one proved change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.demo.people import backup_codes_of
from fallbacks.models import FactorChange, GuessBudget, KeyCeremony, SecurityKey, SecurityNotice
from identity.messages import say
from identity.models import Event
from tests.factors.changing import ask, begun, own, person, prove, ways
from tests.factors.test_step_up import newcomer
from tests.pages.reading import Page, check_shape
from tests.security_keys.using import options_at, page_of, proved, send, stored_key, with_key
from tests.world.authenticator import BE, BS, UP, UV, SoftKey, bytes_of, text_of
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def test_f1_a_key_is_added_after_a_proof_and_listed_by_its_name(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "security_key", "enrol", name="  Key  ring ")
    check_shape(Page(avery.client.get(address)))
    assert prove(avery, address).status_code == 303
    shown = avery.client.get(address)
    check_shape(Page(shown))
    assert "no-store" in shown.headers["cache-control"]
    key = SoftKey()
    answer = send(avery, f"{address}key/", key.create(options_at(avery, address)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/factors/")
    assert ("security_key", "Key ring") in ways("avery")
    kept = stored_key("avery")
    assert (kept.aal, kept.attestation, kept.transports) == (3, "none", ["nfc", "usb"])
    assert bytes(kept.credential_id) == key.credential_id
    names = Event.objects.filter(subject__username="avery", kind="factor_change").order_by("id")
    assert names.last().name == "factor.enrolled"  # type: ignore[union-attr]
    assert SecurityNotice.objects.get().message_id == "factor_enrol"
    assert not KeyCeremony.objects.exists()
    page = Page(avery.client.get("/factors/"))
    check_shape(page)
    assert page.says("Key ring")


def test_f19_the_browser_is_told_to_verify_the_person(visit: Visit) -> None:
    avery = visit("avery")
    options = options_at(avery, proved(avery))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["rp"] == {"id": "testserver", "name": "Holdfast"}
    assert options["attestation"] == "none"
    assert len(bytes_of(options["challenge"])) == 32
    assert options["timeout"] == 600_000
    handle = bytes_of(options["user"]["id"])
    assert len(handle) == 32
    assert b"avery" not in handle


@pytest.mark.parametrize("flags", [UP, UV, 0, UP | BE])
def test_f19_a_key_that_did_not_verify_its_person_is_not_stored(visit: Visit, flags: int) -> None:
    avery = visit("avery")
    address = proved(avery)
    key = SoftKey(flags=flags)
    answer = send(avery, f"{address}key/", key.create(options_at(avery, address)))
    page = Page(answer)
    check_shape(page)
    assert page.status == 400
    assert page.says(say("error.key_refused.detail"))
    assert ways("avery") == [("totp", "Authenticator app")]
    assert not SecurityKey.objects.exists()
    assert GuessBudget.objects.get(subject=person("avery")).short_count == 1
    key.flags = UP | UV
    again = send(avery, f"{address}key/", key.create(options_at(avery, address)))
    assert again.status_code == 303


def test_f18_an_answer_of_a_new_key_counts_once(visit: Visit) -> None:
    avery = visit("avery")
    address = proved(avery)
    sent = SoftKey().create(options_at(avery, address))
    assert send(avery, f"{address}key/", sent).status_code == 303
    assert send(avery, f"{address}key/", sent).status_code == 409  # the change is done
    address = proved_by_hand(avery)
    replayed = send(avery, f"{address}key/", sent)
    assert replayed.status_code == 410
    assert Page(replayed).says(say("error.challenge_expired.security_key.detail"))
    assert SecurityKey.objects.count() == 1


def proved_by_hand(visitor: Visitor) -> str:
    """Another change that adds a key; its proof is given by hand, as the code is used up."""
    address = begun(visitor, "security_key", "enrol", name="Another")
    FactorChange.objects.filter(status="begun").update(
        status="proved",
        proved_with="totp",
        proved_at=FactorChange.objects.latest("begun_at").begun_at,
    )
    return address


def test_f18_a_refused_answer_uses_its_question_up(visit: Visit) -> None:
    avery = visit("avery")
    address = proved(avery)
    key = SoftKey(flags=UP)
    options = options_at(avery, address)
    assert send(avery, f"{address}key/", key.create(options)).status_code == 400
    key.flags = UP | UV
    # The page that refused put a new question; the old one is answered no more.
    assert send(avery, f"{address}key/", key.create(options)).status_code == 400
    assert not SecurityKey.objects.exists()


def test_f11_a_question_that_is_too_old_is_answered_in_vain(visit: Visit, later: Later) -> None:
    avery = visit("avery")
    address = proved(avery)
    sent = SoftKey().create(options_at(avery, address))
    KeyCeremony.objects.update(expires_at=KeyCeremony.objects.get().issued_at)
    assert send(avery, f"{address}key/", sent).status_code == 410
    sent = SoftKey().create(options_at(avery, address))
    later(timedelta(minutes=5))  # the proof for the change is over before the question is
    assert send(avery, f"{address}key/", sent).status_code == 409
    assert not SecurityKey.objects.exists()


def test_f12_without_a_proof_no_key_is_asked_for_or_taken(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "security_key", "enrol")
    assert "data-key=" not in avery.client.get(address).content.decode()
    sent = SoftKey().create({"user": {"id": text_of(b"x")}, "challenge": text_of(bytes(32))})
    assert send(avery, f"{address}key/", sent).status_code == 403
    assert avery.client.post(f"{address}done/").status_code in (403, 409)
    assert not SecurityKey.objects.exists()


def test_f09_another_session_cannot_finish_the_change(visit: Visit) -> None:
    avery, elsewhere = visit("avery"), visit("avery")
    address = proved(avery)
    sent = SoftKey().create(options_at(avery, address))
    assert send(elsewhere, f"{address}key/", sent).status_code == 409
    assert send(visit("tess"), f"{address}key/", sent).status_code == 409
    assert send(avery, f"{address}key/", sent).status_code == 303


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://testserver:8080"},
        {"origin": "https://testserver"},
        {"rp": "evil.example"},
    ],
)
def test_f1_a_key_that_answered_elsewhere_is_refused(visit: Visit, lie: dict[str, Any]) -> None:
    avery = visit("avery")
    address = proved(avery)
    answer = send(avery, f"{address}key/", SoftKey(**lie).create(options_at(avery, address)))
    assert answer.status_code == 400
    assert not SecurityKey.objects.exists()


def test_f1_one_key_belongs_to_one_person(visit: Visit) -> None:
    key = with_key(visit("avery"))
    tess = visit("tess")
    address = proved(tess)
    answer = send(tess, f"{address}key/", key.create(options_at(tess, address)))
    assert answer.status_code == 409
    assert Page(answer).says(say("error.key_known.detail"))
    assert stored_key("avery").user.get_username() == "avery"


def test_f1_a_second_key_knows_the_person_by_the_same_handle(visit: Visit, later: Later) -> None:
    avery = visit("avery")
    first = with_key(avery)
    later(timedelta(minutes=1))
    address = proved(avery, "Second")
    options = options_at(avery, address)
    assert bytes_of(options["user"]["id"]) == first.handle
    assert [each["id"] for each in options["excludeCredentials"]] == [text_of(first.credential_id)]
    second = SoftKey()
    assert send(avery, f"{address}key/", second.create(options)).status_code == 303
    assert [name for factor, name in ways("avery") if factor == "security_key"] == [
        "Key ring",
        "Second",
    ]


@pytest.mark.parametrize(
    ("flags", "aal"), [(UP | UV, 3), (UP | UV | BE, 2), (UP | UV | BE | BS, 2)]
)
def test_f1_a_passkey_that_may_be_copied_is_worth_less(visit: Visit, flags: int, aal: int) -> None:
    with_key(visit("avery"), SoftKey(flags=flags))
    assert stored_key("avery").aal == aal


def test_f1_backed_up_without_being_copyable_is_a_lie(visit: Visit) -> None:
    avery = visit("avery")
    address = proved(avery)
    key = SoftKey(flags=UP | UV | BS)
    assert send(avery, f"{address}key/", key.create(options_at(avery, address))).status_code == 400


def test_f1_a_removed_key_stops_at_once(visit: Visit, payroll: Application, later: Later) -> None:
    avery = visit("avery")
    key = with_key(avery)
    action = payroll.ask("avery").json()["id"]
    options = options_at(avery, page_of(action))
    later(timedelta(minutes=1))
    address = begun(avery, "security_key", "remove")
    assert prove(avery, address).status_code == 303
    assert send(avery, page_of(action), key.get(options)).status_code == 404
    assert avery.client.get(page_of(action)).status_code == 404
    assert stored(action).status == "pending"


def test_f12_a_key_proves_a_change_and_only_that_one(visit: Visit, later: Later) -> None:
    kai = visit("kai")
    key = with_key(kai)
    address = begun(kai, "backup_code", "replace")
    page = kai.client.get(f"{address}proof/security_key/")
    check_shape(Page(page))
    sent = key.get(options_at(kai, f"{address}proof/security_key/"))
    answer = send(kai, f"{address}proof/security_key/", sent)
    assert answer.status_code == 200
    assert "data-codes" in answer.content.decode()
    assert FactorChange.objects.latest("begun_at").proved_with == "security_key"
    other = begun(kai, "backup_code", "replace")
    assert send(kai, f"{other}proof/security_key/", sent).status_code == 410


def test_f1_the_last_way_stays_a_key_too(visit: Visit) -> None:
    kai = visit("kai")
    with_key(kai)
    assert without_codes(kai).status_code == 303
    assert ask(kai, "security_key", "remove").status_code == 409


def without_codes(kai: Visitor) -> Any:
    """Kai removes the backup codes; a code proves it."""
    address = begun(kai, "backup_code", "remove")
    return prove(kai, address, "backup_code", backup_codes_of("kai")[0])


def test_f13_a_key_can_be_the_first_way(demo: None) -> None:
    nell = newcomer()
    address = begun(nell, "security_key", "enrol")
    answer = send(nell, f"{address}key/", SoftKey().create(options_at(nell, address)))
    assert answer.status_code == 303
    assert [factor for factor, _ in ways("nell")] == ["security_key"]
    assert own("nell", "security_key").name == say("factors.security_key.what")


def test_f1_other_factors_cannot_be_finished_with_a_key(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    assert prove(avery, address).status_code == 303
    sent = SoftKey().create({"user": {"id": text_of(b"x")}, "challenge": text_of(bytes(32))})
    assert send(avery, f"{address}key/", sent).status_code == 403
    assert not SecurityKey.objects.exists()
