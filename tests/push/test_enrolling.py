"""Adding a browser that takes prompts: after a proof, and only what can be sent to."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from config.demo import people
from config.secret_files import kept_push_key
from fallbacks.channels.webpush import public_key
from fallbacks.factors import FACTORS, held, is_enrollable, kept
from fallbacks.models import FactorChange, PushSubscription, SecurityNotice
from identity.messages import say
from identity.models import User
from tests.factors.changing import begun, prove, ways
from tests.pages.reading import Page, check_shape
from tests.push.phone import Phone, PushService, encode, enrol
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]


def proved(visitor: Visitor) -> str:
    """The address of a change that only waits for the browser."""
    address = begun(visitor, "push", "enrol", name="My phone")
    assert prove(visitor, address).status_code == 303
    return address


def test_f1_push_is_there_and_states_what_it_relies_on() -> None:
    assert is_enrollable("push")
    assert {"web_push", "network"} <= FACTORS["push"].depends_on


def test_f1_a_browser_is_added_named_and_removed(visit: Visit, service: PushService) -> None:
    avery = visit("avery")
    page = Page(avery.client.get("/factors/"))
    check_shape(page)
    assert page.says(say("factors.push.text"))
    address = begun(avery, "push", "enrol", name="  My   phone ")
    assert prove(avery, address).headers["location"] == address
    step = Page(avery.client.get(address))
    check_shape(step)
    assert f'data-key="{public_key()}"' in step.text
    assert step.says(say("push.step.script"))
    phone = Phone(service)
    done = avery.client.post(f"{address}browser/", phone.form)
    assert done.headers["location"] == "/factors/"
    assert ways("avery") == [("push", "My phone"), ("totp", "Authenticator app")]
    assert SecurityNotice.objects.filter(message_id="factor_enrol").count() == 1
    shown = Page(avery.client.get("/factors/"))
    check_shape(shown)
    assert shown.says(say("factors.only_one_proves"))
    assert phone.endpoint not in shown.text
    user = User.objects.get(username="avery")
    own = next(each for each in kept(user.pk) if each.factor == "push")
    change = begun(avery, "push", "remove", credential=own.id)
    assert FactorChange.objects.get(pk=change.split("/")[3]).kind == "remove"


def test_f12_no_proof_no_browser(visit: Visit, service: PushService) -> None:
    avery = visit("avery")
    address = begun(avery, "push", "enrol", name="My phone")
    assert avery.client.post(f"{address}browser/", Phone(service).form).status_code == 403
    assert not PushSubscription.objects.exists()
    assert avery.client.post(f"{address}done/").status_code == 409


def test_f10_a_proof_adds_one_browser(visit: Visit, service: PushService) -> None:
    avery = visit("avery")
    address = proved(avery)
    assert avery.client.post(f"{address}browser/", Phone(service).form).status_code == 303
    assert avery.client.post(f"{address}browser/", Phone(service).form).status_code == 409
    assert PushSubscription.objects.count() == 1


def test_f12_a_proof_for_another_change_adds_no_browser(visit: Visit, service: PushService) -> None:
    sam = visit("sam")
    address = begun(sam, "totp", "enrol", name="App")
    prove(sam, address)
    assert sam.client.post(f"{address}browser/", Phone(service).form).status_code == 409
    assert not PushSubscription.objects.exists()


def test_f12_prompts_are_never_the_first_way(visit: Visit) -> None:
    User.objects.create_user("nobody", password=people.password_of("nobody"))
    someone = visit("nobody")
    page = Page(someone.client.get("/factors/"))
    assert not page.says(say("factors.push.text"))
    answer = someone.client.post("/factors/changes/", {"factor": "push", "kind": "enrol"})
    assert answer.status_code == 403
    assert Page(answer).says(say("error.stronger_way_first.push.detail"))
    assert held(User.objects.get(username="nobody").pk).names == frozenset()


def test_f12_the_last_way_that_can_prove_a_change_stays(visit: Visit, service: PushService) -> None:
    avery = visit("avery")
    enrol(avery, Phone(service))
    user = User.objects.get(username="avery")
    totp = next(each for each in kept(user.pk) if each.factor == "totp")
    answer = avery.client.post(
        "/factors/changes/", {"factor": "totp", "kind": "remove", "credential": totp.id}
    )
    assert answer.status_code == 409
    assert held(user.pk).names == {"push", "totp"}


def test_f12_a_number_proves_no_change(visit: Visit, service: PushService) -> None:
    avery = visit("avery")
    enrol(avery, Phone(service))
    address = begun(avery, "totp", "enrol", name="App")
    page = Page(avery.client.get(address))
    assert f"{address}proof/push/" not in page.links
    answer = avery.client.post(f"{address}proof/push/", {"code": "123456"})
    assert answer.status_code == 403


POINT = bytes([4]) + bytes(64)
BAD = [
    {"endpoint": ""},
    {"endpoint": "ftp://push.example/x"},
    {"endpoint": "javascript:alert(1)"},
    {"endpoint": "https://user:word@push.example/x"},
    {"endpoint": "https://push.example/" + "x" * 1000},
    {"endpoint": "https://pûsh.example/x"},
    {"endpoint": "https://[::1"},
    {"p256dh": ""},
    {"p256dh": "!!!"},
    {"p256dh": encode(POINT)},  # not on the curve
    {"p256dh": encode(b"\x04" + b"\x01" * 10)},
    {"auth": ""},
    {"auth": encode(b"x" * 15)},
    {"auth": encode(b"x" * 17)},
    {"auth": "ä" * 22},
]


@pytest.mark.parametrize("wrong", BAD, ids=range(len(BAD)))
def test_f10_what_cannot_be_sent_to_is_refused_and_the_proof_still_stands(
    visit: Visit, service: PushService, wrong: dict[str, str]
) -> None:
    avery = visit("avery")
    address = proved(avery)
    phone = Phone(service)
    page = Page(avery.client.post(f"{address}browser/", {**phone.form, **wrong}))
    assert page.status == 400
    assert page.says(say("error.bad_subscription.detail"))
    assert not PushSubscription.objects.exists()
    assert avery.client.post(f"{address}browser/", phone.form).status_code == 303


def test_f44_an_endpoint_without_tls_is_for_the_demo_only(
    visit: Visit, service: PushService, settings: pytest.FixtureRequest
) -> None:
    avery = visit("avery")
    address = proved(avery)
    settings.PUSH_PLAIN_NETWORKS = ()  # type: ignore[attr-defined]
    assert avery.client.post(f"{address}browser/", Phone(service).form).status_code == 400


def test_f09_a_browser_is_one_persons(visit: Visit, service: PushService) -> None:
    phone = Phone(service)
    enrol(visit("avery"), phone)
    sam = visit("sam")
    address = proved(sam)
    assert sam.client.post(f"{address}browser/", phone.form).status_code == 409
    assert PushSubscription.objects.get().subject.username == "avery"
    # The page makes a new address each time, and so a second try works.
    assert sam.client.post(f"{address}browser/", Phone(service).form).status_code == 303


def test_f1_the_same_browser_again_is_the_same_browser(visit: Visit, service: PushService) -> None:
    sam, phone = visit("sam"), Phone(service)
    enrol(sam, phone)
    first = PushSubscription.objects.get().secret_digest
    address = begun(sam, "push", "enrol", name="Again")
    assert prove(sam, address, "backup_code", people.backup_codes_of("sam")[0]).status_code == 303
    assert sam.client.post(f"{address}browser/", phone.form).status_code == 303
    row = PushSubscription.objects.get()
    assert row.name == "Again"
    assert row.secret_digest != first


def test_f23_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = kept_push_key(tmp_path)
    assert kept_push_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "push_key").stat().st_mode) == 0o600


def test_f23_no_page_shows_an_address_or_a_secret(visit: Visit, service: PushService) -> None:
    avery, phone = visit("avery"), Phone(service)
    enrol(avery, phone)
    row = PushSubscription.objects.get()
    hidden = (
        phone.endpoint,
        row.auth,
        row.secret_digest,
        avery.client.cookies["holdfast-browser"].value,
    )
    for address in ("/factors/", "/sessions/", "/account/", "/presence/data/"):
        text = avery.client.get(address).content.decode()
        assert not [each for each in hidden if each in text]


def test_f1_the_worker_and_the_manifest_are_served_as_what_they_are(visit: Visit) -> None:
    client = visit("avery").client
    client.logout()
    worker = client.get("/sw.js")
    assert worker.status_code == 200
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in worker.headers["cache-control"]
    policy = worker.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert say("push.prompt.plain.title") in worker.content.decode()
    manifest = client.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    found = json.loads(manifest.content)
    assert (found["scope"], found["display"]) == ("/", "standalone")
    assert b'rel="manifest"' in client.get("/status/").content
    assert client.post("/sw.js").status_code == 405
    assert django_settings.PUSH_COOKIE_NAME
