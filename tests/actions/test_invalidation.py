"""Evidence is kept, authority never: what ends the worth of a proof, at once (D8, F29).

Avery proves who she is for one request. Each test changes one thing and asks what a proof is still
worth for the next one, by the API's rehearsal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from fallbacks.backup_codes import replace_codes, spend_code
from fallbacks.challenges import Proof
from fallbacks.models import Incident
from identity import trust
from identity.actions import answering
from identity.actions.sweeping import sweep_actions
from identity.context import coarsen
from identity.models import Action, Delivery, Device, Evidence, User
from identity.models import Application as Registered
from identity.sessions import SESSION_KEY
from tests.console.conftest import Colleague
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]
HOME = {"ip": "127.0.0.1", "country": "PT"}


class World:
    """Avery at her browser, with a proof just given there for the payroll application."""

    def __init__(self, payroll: Application, avery: Visitor) -> None:
        self.payroll = payroll
        self.avery = avery
        self.action = payroll.ask("avery", context=HOME).json()
        assert avery.verify(self.action["id"]).status_code == 303
        self.evidence = Evidence.objects.get()
        assert self.evidence.device is not None
        Device.objects.filter(pk=self.evidence.device_id).update(
            first_seen_at=read_clock() - timedelta(days=90)
        )

    def asked(self, **changed: Any) -> tuple[str, set[str]]:
        """The trust in which the next request of middling weight would be decided, and the
        reasons. From the same device, network and country unless `changed`."""
        body = {
            "type": "address.change",
            "subject": "avery",
            "payload": {"address": "Here 1"},
            "device": str(self.evidence.device_id),
            "context": HOME,
            **changed,
        }
        answer = self.payroll.call("POST", "decisions/", body)
        assert answer.status_code == 200, answer.content
        found = answer.json()
        return (
            found["explanation"]["inputs"]["trust"],
            {reason["code"] for reason in found["reasons"]},
        )

    def counts_for(self, level: str, reason: str = "", **changed: Any) -> bool:
        """Whether the proof comes to `level` now, for the reason given."""
        found, reasons = self.asked(**changed)
        told = reasons & trust.INVALIDATIONS
        assert (found, told) == (level, {reason} if reason else set())
        return True


@pytest.fixture
def world(payroll: Application, visit: Visit) -> World:
    """The proof has been given."""
    return World(payroll, visit("avery"))


def test_d8_evidence_carries_what_it_is_bound_to(world: World) -> None:
    kept = world.evidence
    session = world.avery.client.session[SESSION_KEY]
    assert (kept.issuer, kept.factor, kept.aal) == ("holdfast", "totp", 2)
    assert kept.application is not None
    assert kept.application.client_id == "demo-payroll"
    assert (str(kept.session_id), str(kept.action_id)) == (session, world.action["id"])
    assert kept.network == stored(world.action["id"]).network
    # our own pages are not told the country; on the network the application saw, it is that one
    assert kept.country == "PT"
    assert len(kept.credentials) == 64
    assert kept.expires_at == kept.verified_at + timedelta(hours=9)  # what the policy gives a code


def test_d8_where_nothing_changed_the_proof_counts(world: World) -> None:
    assert world.counts_for("fresh")


def test_d8_device_change(world: World) -> None:
    assert world.counts_for("none", "proof_device_changed", device="avery-phone")


def test_d8_network_change(world: World) -> None:
    there = {**HOME, "ip": "198.51.100.7"}
    assert world.counts_for("none", "proof_network_changed", context=there)


def test_d8_new_asn(world: World) -> None:
    # the same address, and another network announces it now
    known = coarsen(ip=HOME["ip"], asn="64499").network
    Evidence.objects.update(network=known)
    assert world.counts_for("none", "proof_network_changed", context={**HOME, "asn": "64500"})


def test_d8_networks_known_by_different_things_are_unknown_not_changed(world: World) -> None:
    # our own pages know the address only
    assert world.counts_for("recent", context={"asn": "64500", "country": "PT"})
    assert world.counts_for("fresh", context={**HOME, "asn": "64500"})


def test_d8_geography_change(world: World) -> None:
    there = {**HOME, "country": "BR"}
    assert world.counts_for("none", "proof_country_changed", context=there)


@pytest.mark.parametrize("missing", ["device", "ip", "country"])
def test_d8_what_is_not_known_is_never_fresh(world: World, missing: str) -> None:
    if missing == "device":
        assert world.counts_for("recent", device="never-seen")
    else:
        context = {name: value for name, value in HOME.items() if name != missing}
        assert world.counts_for("recent", context=context)


@pytest.mark.parametrize(
    "lost", [{"credentials": ""}, {"country": ""}, {"network": ""}, {"application": None}]
)
def test_d8_evidence_that_does_not_say_is_never_fresh(world: World, lost: dict[str, Any]) -> None:
    Evidence.objects.update(**lost)
    assert world.counts_for("recent")


def test_d8_another_application_gets_nothing_from_it(world: World) -> None:
    other = Registered.objects.create(
        name="Other",
        client_type=Registered.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Registered.GRANT_CLIENT_CREDENTIALS,
    )
    Evidence.objects.update(application=other)
    assert world.counts_for("none", "proof_application_other")


def test_d8_raised_account_risk(world: World) -> None:
    other = world.payroll.ask("avery", "role.grant", {"role": "admin"}).json()
    assert world.avery.client.post(f"/requests/{other['id']}/not-me/").status_code == 303
    assert world.counts_for("none", "proof_risk_raised")


def test_d8_raised_account_risk_fades_and_the_proof_stays_dead(world: World, later: Later) -> None:
    User.objects.filter(username="avery").update(anomaly_points=31, anomaly_at=read_clock())
    later(timedelta(hours=3))  # 30 points are the threshold; by now fewer are left
    assert world.counts_for("none", "proof_risk_raised")


def test_d8_risk_below_the_threshold_or_from_before_ends_nothing(world: World) -> None:
    User.objects.filter(username="avery").update(anomaly_points=29, anomaly_at=read_clock())
    assert world.counts_for("fresh")
    before = world.evidence.verified_at - timedelta(hours=1)
    User.objects.filter(username="avery").update(anomaly_points=31, anomaly_at=before)
    assert world.counts_for("fresh")


def test_d8_red_risk(world: World) -> None:
    # all that was known before the proof, and a request from who knows where, of a high type
    before = world.evidence.verified_at - timedelta(minutes=1)
    User.objects.filter(username="avery").update(
        anomaly_points=90, anomaly_at=before, is_staff=True
    )
    asked = {"type": "role.grant", "payload": {"role": "admin"}, "device": "never-seen"}
    assert world.counts_for("none", "proof_risk_red", context={}, **asked)


def _password(avery: User) -> None:
    avery.set_password("another one altogether")
    avery.save(update_fields=["password"])


def _key_replaced(avery: User) -> None:
    TOTPDevice.objects.filter(user=avery).update(key="ab" * 20)


def _key_removed(avery: User) -> None:
    TOTPDevice.objects.filter(user=avery).delete()


def _key_added(avery: User) -> None:
    TOTPDevice.objects.create(user=avery, name="Another app", confirmed=True)


def _codes_made(avery: User) -> None:
    replace_codes(avery.pk, ["ABCD-EFGH-JKMN-PQRS"])


CREDENTIALS = [_password, _key_replaced, _key_removed, _key_added, _codes_made]


@pytest.mark.parametrize("change", CREDENTIALS)
def test_d8_credential_change(world: World, change: Callable[[User], None]) -> None:
    change(User.objects.get(username="avery"))
    assert world.counts_for("none", "proof_credentials_changed")


@pytest.mark.parametrize("change", CREDENTIALS)
def test_f29_a_cached_proof_dies_with_its_credential_in_an_outage(
    payroll: Application, visit: Visit, change: Callable[[User], None]
) -> None:
    _outage("degraded")
    world = World(payroll, visit("avery"))
    assert world.counts_for("fresh")
    change(User.objects.get(username="avery"))
    level, reasons = world.asked()
    assert level == "none"
    assert "proof_credentials_changed" in reasons


def test_d8_a_key_that_is_not_in_use_yet_and_a_spent_code_change_nothing(
    payroll: Application, visit: Visit
) -> None:
    sam = User.objects.get(username="avery")
    replace_codes(sam.pk, ["ABCD-EFGH-JKMN-PQRS"])
    world = World(payroll, visit("avery"))
    TOTPDevice.objects.create(user=sam, name="Not confirmed", confirmed=False)
    assert spend_code(sam.pk, "ABCDEFGHJKMNPQRS")  # the last one
    assert world.counts_for("fresh")


def _outage(mode: str) -> Incident:
    return Incident.objects.create(
        title="Codes are slow", mode=mode, fails="Codes", works="The rest", what_to_do="Wait"
    )


def test_d8_end_of_an_outage(
    payroll: Application, visit: Visit, staff: Callable[[str], Colleague]
) -> None:
    incident = _outage("degraded")
    world = World(payroll, visit("avery"))
    assert world.counts_for("fresh")
    closed = staff("security1").post(f"fallbacks/incident/{incident.pk}/close/")
    assert closed.status_code == 302, closed.content[:500]
    assert world.counts_for("none", "proof_outage_ended")


def test_d8_the_end_of_what_was_only_told_ends_nothing(
    world: World, staff: Callable[[str], Colleague]
) -> None:
    told = _outage("normal")
    staff("security1").post(f"fallbacks/incident/{told.pk}/close/")
    told.refresh_from_db()
    assert told.closed_at is not None
    assert world.counts_for("fresh")


def test_d8_a_proof_given_after_the_outage_counts(payroll: Application, visit: Visit) -> None:
    incident = _outage("emergency")
    incident.closed_at = read_clock()
    incident.save()
    assert World(payroll, visit("avery")).counts_for("fresh")


def test_d8_session_revoked(world: World, visit: Visit) -> None:
    session = world.avery.client.session[SESSION_KEY]
    assert visit("avery").client.post(f"/sessions/{session}/end/").status_code == 303
    assert world.counts_for("none", "proof_session_over")


def test_d8_signed_out(world: World) -> None:
    world.avery.client.post("/sign-out/")
    assert world.counts_for("none", "proof_session_over")


def test_d8_device_revoked(world: World, visit: Visit) -> None:
    path = f"/sessions/devices/{world.evidence.device_id}/remove/"
    assert visit("avery").client.post(path).status_code == 303
    Evidence.objects.update(session=None)  # its sessions end with it; that is told first
    assert world.counts_for("none", "proof_device_revoked", device="never-seen")


def test_d8_expiry(world: World, later: Later) -> None:
    later(timedelta(hours=9) - timedelta(minutes=1))
    assert world.asked()[1].isdisjoint({"proof_expired"})
    later(timedelta(minutes=1))
    assert world.counts_for("none", "proof_expired")


def test_d8_credentials_changed_while_the_code_was_looked_at(
    payroll: Application, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # between the check of the code and the row's lock another request changes the password
    action, avery = payroll.ask("avery").json(), visit("avery")
    check = answering.verify

    def raced(*args: Any, **named: Any) -> Proof:
        proof = check(*args, **named)
        _password(User.objects.get(username="avery"))
        return proof

    monkeypatch.setattr(answering, "verify", raced)
    avery.verify(action["id"])
    assert payroll.get(action["id"])["status"] == "fallback"
    assert not Delivery.objects.exists()


def test_f25_an_account_that_is_closed_while_its_request_waits_gets_nothing_done(
    payroll: Application, visit: Visit
) -> None:
    # tess proved who she is a moment ago; the right to act is not kept with the proof
    proved = payroll.ask("tess").json()
    assert visit("tess").verify(proved["id"]).status_code == 303
    assert Evidence.objects.exists()
    waiting = payroll.ask("tess", "email.change", {"email": "x@y.example"}).json()
    assert waiting["status"] == "queued"
    User.objects.filter(username="tess").update(is_active=False)
    Action.objects.filter(pk=waiting["id"]).update(
        next_attempt_at=read_clock(), due_at=read_clock()
    )
    sweep_actions()
    found = payroll.get(waiting["id"])
    assert found["status"] == "cancelled"
    assert found["message"]["code"] == "action.cancelled.account_closed"
    assert not Delivery.objects.filter(action_id=waiting["id"], type="action.committed").exists()


def test_saved_codes_leave_evidence_of_their_own(payroll: Application, visit: Visit) -> None:
    action, sam = payroll.ask("sam").json(), visit("sam")
    sam.verify(action["id"], "backup_code", backup_codes_of("sam")[0])
    kept = Evidence.objects.get()
    assert (kept.factor, kept.country) == ("backup_code", "")
