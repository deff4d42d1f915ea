"""Consent for each purpose and channels of one's choice: stored, shown, honoured (P4, P6, P7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest

from config.demo.people import backup_codes_of
from config.lifecycle import read_clock
from identity.actions.sweeping import sweep_actions
from identity.messages import say
from identity.models import User
from presence.availability import availability_of
from presence.choices import here_now, preference_of, set_do_not_disturb
from presence.consents import channel_permitted, consents_of, set_consent
from presence.models import Preference
from presence.purposes import Channel, Consents, Purpose, may_contact, refusal
from presence.rights import delete_presence
from presence.states import Reason, State
from tests.pages.reading import Page, check_shape
from tests.privacy.knowing import known, person, score, told
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
WAITS = {"queued", "delayed", "pending", "fallback"}
DONE = {"approved", "committed"}


def withdraw(name: str, purpose: Purpose = Purpose.REACHABILITY) -> None:
    set_consent(person(name).pk, purpose, False, actor=name)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (True, None),
        (False, "no_consent"),
        (None, None),  # nobody asked yet: the default holds
    ],
)
def test_p6_consent_decides_what_is_stored(column: bool | None, code: str | None) -> None:
    assert refusal(column) == code


def test_p6_the_script_in_our_pages_needs_both_consents() -> None:
    for reachability, page_signals in product((True, False), repeat=2):
        consents = Consents(reachability, page_signals)
        assert consents.permit(Purpose.PAGE_SIGNALS) is (reachability and page_signals)
    assert Consents().permit(Purpose.PAGE_SIGNALS) is False  # off until it is asked for


def test_p4_channels_over_every_case() -> None:
    for chosen, quiet, mandatory, attack in product((True, False), repeat=4):
        found = may_contact(
            Channel.EMAIL,
            frozenset({Channel.EMAIL} if chosen else {Channel.PUSH}),
            quiet=quiet,
            mandatory=mandatory,
            attack=attack,
        )
        # An opt-out binds what is not mandatory; quiet binds all but a notice of an attack.
        assert found is ((mandatory or chosen) and (not quiet or (mandatory and attack)))


def test_p4_channels_as_the_person_chose_them(demo: None) -> None:
    user, now = person("tess"), read_clock()
    assert channel_permitted(user.pk, Channel.PUSH, now=now)
    assert not channel_permitted(user.pk, Channel.SMS, now=now)
    assert channel_permitted(user.pk, Channel.SMS, now=now, mandatory=True)
    set_do_not_disturb(user.pk, now + timedelta(hours=2))
    assert not channel_permitted(user.pk, Channel.PUSH, now=now)
    assert not channel_permitted(user.pk, Channel.PUSH, now=now, mandatory=True)
    assert channel_permitted(user.pk, Channel.SMS, now=now, mandatory=True, attack=True)
    Preference.objects.filter(subject=user).delete()
    assert channel_permitted(user.pk, Channel.PUSH, now=now)


def test_p6_withdrawing_stops_storing_and_deletes_what_was_concluded(payroll: Application) -> None:
    assert known("avery") != (0, False)
    withdraw("avery")
    assert known("avery") == (0, False)
    item = {"kind": "heartbeat", "observed_at": read_clock().isoformat()}
    body = {"signals": [{"subject": name, **item} for name in ("avery", "tess")]}
    answer = payroll.call("POST", "signals/", body)
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "rejected": [{"index": 0, "code": "no_consent"}]}
    assert known("avery") == (0, False)
    found = availability_of(person("avery").pk, now=read_clock())
    assert (found.state, found.reasons) == (State.DELAYED, (Reason.NOTHING_KNOWN,))


def test_p6_nothing_is_concluded_without_consent_by_any_other_way(demo: None) -> None:
    user = person("tess")
    withdraw("tess")
    set_do_not_disturb(user.pk, read_clock() + timedelta(hours=1))
    here_now(user.pk)
    assert known("tess") == (0, False)


def test_p6_consent_is_given_again(payroll: Application) -> None:
    withdraw("avery")
    set_consent(person("avery").pk, Purpose.REACHABILITY, True, actor="avery")
    payroll.signal("avery", "heartbeat")
    assert known("avery") == (1, True)
    assert [each[:2] for each in told("avery")] == [
        ("presence.withdrawn", "reachability"),
        ("presence.consented", "reachability"),
    ]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("avery", "challenge", "queue"),  # was reachable: waits now
        ("tess", "queue", "queue"),
        ("noor", "queue", "queue"),  # her do-not-disturb is a choice, and stays
        ("sam", "read_only", "queue"),
        ("kai", "fallback", "fallback"),  # has no way to be asked, which presence cannot change
    ],
)
def test_p4_without_consent_a_request_waits_and_never_scores_worse(
    payroll: Application,
    visit: Visit,
    later: Callable[[timedelta], object],
    name: str,
    before: str,
    after: str,
) -> None:
    later(timedelta())  # the hour of the day counts: both are asked in the same moment
    known_before = payroll.ask(name).json()
    assert known_before["outcome"] == before
    with_consent = score(known_before["id"])
    payroll.call("POST", f"actions/{known_before['id']}/cancel/")
    withdraw(name)
    unknown = payroll.ask(name).json()
    assert unknown["outcome"] == after
    assert unknown["status"] in WAITS
    assert score(unknown["id"]) == with_consent
    ways = {"kai": ("backup_code", backup_codes_of("kai")[0])}
    visit(name).verify(unknown["id"], *ways.get(name, ("totp", None)))
    assert stored(unknown["id"]).status in DONE


@pytest.mark.parametrize("name", ["avery", "tess", "sam", "noor", "kai"])
@pytest.mark.parametrize("points", [31, 45])
@pytest.mark.parametrize("way", ["withdrawn", "deleted", "aged"])
def test_p4_data_that_goes_stops_nobody_with_an_anomaly(
    payroll: Application,
    later: Callable[[timedelta], datetime],
    name: str,
    points: int,
    way: str,
) -> None:
    now = later(timedelta())
    payroll.signal(name, "heartbeat", "foreground")  # whoever they are, here they are
    User.objects.filter(username=name).update(anomaly_points=points, anomaly_at=now)
    before = payroll.ask(name, device=f"{name}-phone").json()
    assert before["outcome"] != "block"
    payroll.call("POST", f"actions/{before['id']}/cancel/")
    if way == "withdrawn":
        withdraw(name)
    elif way == "deleted":
        delete_presence(person(name).pk, actor=name)
    else:
        now = later(timedelta(minutes=5))
        User.objects.filter(username=name).update(anomaly_at=now)
    after = payroll.ask(name, device=f"{name}-phone").json()
    assert after["outcome"] != "block"
    assert after["status"] in WAITS
    assert score(after["id"]) == score(before["id"])


def test_p2_a_push_left_unanswered_beside_an_anomaly_does_stop(payroll: Application) -> None:
    User.objects.filter(username="avery").update(anomaly_points=31, anomaly_at=read_clock())
    assert payroll.ask("avery", device="avery-phone").json()["outcome"] == "challenge"
    payroll.signal("avery", "push_accepted")
    answer = payroll.call("GET", "subjects/avery/availability/?type=payout.change").json()
    assert answer["state"] == "escalated"
    withdraw("avery")  # and the push with it
    answer = payroll.call("GET", "subjects/avery/availability/?type=payout.change").json()
    assert answer["state"] == "delayed"


@pytest.mark.parametrize("name", ["avery", "tess", "sam", "noor"])
def test_p7_a_request_that_waits_survives_the_withdrawal(
    payroll: Application, visit: Visit, later: Callable[[timedelta], object], name: str
) -> None:
    action = payroll.ask(name).json()
    withdraw(name)
    assert stored(action["id"]).status == action["status"]
    later(timedelta(hours=12))
    sweep_actions()
    assert stored(action["id"]).status in WAITS
    visit(name).verify(action["id"])
    assert stored(action["id"]).status in DONE


def test_p7_consent_is_withdrawn_and_given_on_the_page(visit: Visit) -> None:
    visitor = visit("tess")
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert page.says(say("consent.on"))
    assert page.says(say("consent.off.default"))
    answer = visitor.client.post("/presence/consent/", {"purpose": "reachability", "given": "no"})
    assert answer.status_code == 303
    page = Page(visitor.client.get("/presence/"))
    check_shape(page)
    assert page.says(say("consent.withdrawn.reachability"))
    assert known("tess") == (0, False)
    kept = preference_of(person("tess").pk)
    assert kept.presence_consent_at is not None
    visitor.client.post("/presence/here/")
    assert Page(visitor.client.get("/presence/")).says(say("presence.here.unstored"))
    visitor.client.post("/presence/consent/", {"purpose": "page_signals", "given": "yes"})
    page = Page(visitor.client.get("/presence/"))
    assert page.says(say("consent.off.needs"))
    assert told("tess")[0] == ("presence.withdrawn", "reachability", "tess")
    assert consents_of(person("tess").pk) == Consents(False, True, True)


def test_p7_saying_it_twice_is_recorded_once(visit: Visit) -> None:
    visitor = visit("tess")
    for _ in range(2):
        visitor.client.post("/presence/consent/", {"purpose": "metrics", "given": "no"})
        visitor.client.post("/presence/channels/", {"channel": ["sms"]})
    assert [each[0] for each in told("tess")] == [
        "presence.withdrawn",
        "presence.channels_chosen",
    ]


def test_p4_channels_are_chosen_on_the_page(visit: Visit) -> None:
    visitor = visit("tess")
    visitor.client.post("/presence/channels/", {"channel": ["email", "sms"]})
    kept = preference_of(person("tess").pk)
    assert (kept.push_permitted, kept.email_permitted, kept.sms_permitted) == (False, True, True)
    page = Page(visitor.client.get("/presence/"))
    assert page.says(say("channels.done"))
    assert 'value="sms" checked' in page.text
    assert 'value="push" checked' not in page.text
    visitor.client.post("/presence/channels/", {})
    kept = preference_of(person("tess").pk)
    assert (kept.push_permitted, kept.email_permitted, kept.sms_permitted) == (False, False, False)


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("consent", {"purpose": "marketing", "given": "yes"}, "unknown_purpose"),
        ("consent", {}, "unknown_purpose"),
        ("channels", {"channel": "pigeon"}, "unknown_channel"),
    ],
)
def test_p7_what_there_is_not_is_refused(
    visit: Visit, path: str, form: dict[str, str], code: str
) -> None:
    page = Page(visit("tess").client.post(f"/presence/{path}/", form))
    check_shape(page)
    assert page.status == 422
    assert page.says(say(f"error.{code}.detail"))
    assert told("tess") == []
