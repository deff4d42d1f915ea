"""Security notices by mail and text: always, everywhere but where it was done (P4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from config.lifecycle import DomainEvent, announce, read_clock
from fallbacks.channels.sending import send_due
from fallbacks.contacts import add_contact, confirm_contact
from fallbacks.errors import FactorNotPermitted
from fallbacks.escalations import escalate_notice
from fallbacks.factors import held, is_enrollable, registered
from fallbacks.models import ContactPoint, Incident, OutboundMessage
from identity.emergencies import override_quiet
from identity.messages import say
from identity.models import Action, User
from identity.notices import notify_security
from identity.telling import prompt
from presence.choices import set_do_not_disturb
from presence.consents import choose_channels
from tests.channels.outside import Gateway, Sink
from tests.factors.changing import ask, begun, prove
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Kind = ContactPoint.Kind


def person(name: str = "avery") -> User:
    """Their row."""
    return User.objects.get(username=name)


def give(message_id: str = "factor_enrol", **facts: str) -> None:
    """A notice to Avery."""
    with transaction.atomic():
        notify_security(person(), message_id, {"factor": "totp", "name": "x", **facts})


def contact(kind: Kind, address: str, *, sure: bool = True) -> ContactPoint:
    """Another place where Avery is reached."""
    found = add_contact(person().pk, kind, address, read_clock())
    if sure:
        assert confirm_contact(found, read_clock())
    return found


def test_p4_a_change_of_factors_is_told_by_mail(
    sink: Sink, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("tess")
    address = begun(visitor, "totp", "remove")
    # Tess keeps her backup codes; the way that goes is the one it is proved by.
    assert prove(visitor, address).status_code == 303
    send_due()
    [letter] = sink.letters
    assert letter.to == letter.recipients == ["tess@harbour.example"]
    assert letter.message["subject"] == say("notice.factor_remove.title")
    for part in (letter.text, letter.html):
        assert "Tess" in part
        assert "http://testserver/factors/" in part
        assert say("mail.notice.not_me") in part
        assert say("mail.foot") in part


def test_p4_it_goes_to_every_place_but_the_one_it_is_about(sink: Sink, gateway: Gateway) -> None:
    contact(Kind.SMS, "+351912345678")
    contact(Kind.EMAIL, "avery@elsewhere.example")
    contact(Kind.EMAIL, "AVERY@harbour.example", sure=False)
    give(factor="totp")
    send_due()
    assert sorted(letter.to[0] for letter in sink.letters) == [
        "avery@elsewhere.example",
        "avery@harbour.example",
    ]
    assert [text["To"] for text in gateway.texts] == ["+351912345678"]
    assert say("notice.factor_enrol.title") in gateway.texts[0]["Body"]
    give(factor="sms")
    give(factor="email_link")
    send_due()
    assert (len(sink.letters), len(gateway.texts)) == (4, 2)


def test_p4_one_address_gets_it_once(sink: Sink) -> None:
    contact(Kind.EMAIL, "AVERY@harbour.example")
    give()
    send_due()
    assert len(sink.letters) == 1


def test_p4_opting_out_does_not_hold_it_and_quiet_hours_do(
    sink: Sink, later: Callable[[timedelta], object]
) -> None:
    choose_channels(person().pk, [], actor="avery")
    give()
    send_due()
    assert len(sink.letters) == 1
    set_do_not_disturb(person().pk, read_clock() + timedelta(hours=8))
    give()
    send_due()
    assert len(sink.letters) == 1
    later(timedelta(hours=8, minutes=1))
    send_due()
    assert len(sink.letters) == 2


def test_p4_an_attack_under_way_does_not_wait_for_the_morning(
    sink: Sink, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("avery")
    set_do_not_disturb(person().pk, read_clock() + timedelta(hours=8))
    address = begun(visitor, "backup_code", "enrol")
    assert visitor.client.post(f"{address}not-me/").status_code == 303
    send_due()
    assert [letter.message["subject"] for letter in sink.letters] == [
        say("notice.change_disputed.title")
    ]


def test_f26_a_notice_that_is_rolled_back_is_not_sent(sink: Sink) -> None:
    with transaction.atomic():
        give()
        transaction.set_rollback(True)
    send_due()
    assert sink.letters == []


def test_p6_a_message_of_somebody_else_has_no_words(sink: Sink) -> None:
    """A row that points to another person's notice or contact goes nowhere."""
    give()
    OutboundMessage.objects.update(subject=person("tess"))
    send_due()
    theirs = contact(Kind.EMAIL, "avery@elsewhere.example")
    give()
    OutboundMessage.objects.filter(contact=None).delete()
    ContactPoint.objects.filter(pk=theirs.pk).update(subject=person("tess"))
    send_due()
    assert sink.letters == []


def test_the_demo_shows_the_last_mail(
    demo: None, settings: object, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAIL = type(settings.MAIL)("file", {"place": str(tmp_path)})  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("demo", "mail", "avery")
    give()
    send_due()
    for name in ([], ["avery"]):
        call_command("demo", "mail", *name)
        shown = capsys.readouterr().out
        assert "To: avery@harbour.example" in shown
        assert say("mail.notice.not_me") in shown.replace("\n", " ")
    with pytest.raises(CommandError):
        call_command("demo", "mail", "tess")


def test_p4_help_from_a_person_is_told_where_it_was_not_asked(
    sink: Sink, visit: Callable[[str], Visitor], payroll: Application
) -> None:
    """The help desk is talked into things by strangers; the owner hears of it (F21)."""
    visitor = visit("kai")
    action = payroll.ask("kai").json()["id"]
    address = f"/requests/{action}/verify/support/"
    assert visitor.client.get(address).status_code == 303
    assert payroll.get(action)["status"] == "fallback"
    assert visitor.client.post(address).status_code == 303
    assert payroll.get(action)["status"] == "review"
    send_due()
    assert [letter.message["subject"] for letter in sink.letters] == [
        say("notice.support_asked.title")
    ]
    assert (
        say("notice.support_asked.title") in visit("kai").client.get("/factors/").content.decode()
    )


def test_f1_support_is_declared_and_takes_no_answer(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("kai")
    assert not is_enrollable("support")
    assert "support" not in held(person("kai").pk).names
    assert ask(visitor, "support", "enrol").status_code == 404
    entry = registered("support")
    assert entry is not None
    with pytest.raises(FactorNotPermitted):
        entry.verifier.canonical("123456")


def test_p4_consent_and_a_broken_quiet_are_told(sink: Sink, demo: None) -> None:
    with transaction.atomic():
        announce(
            DomainEvent(
                name="consent.given",
                kind="consent",
                object_id="1",
                at=read_clock(),
                subject_id=person().pk,
            )
        )
    send_due()
    assert [letter.message["subject"] for letter in sink.letters] == [
        say("notice.consent_given.title")
    ]
    set_do_not_disturb(person().pk, read_clock() + timedelta(hours=8))
    officer = User.objects.get(username="security1")
    Incident.objects.create(
        title="x", mode="emergency", fails="x", works="x", what_to_do="x", opened_at=read_clock()
    )
    with transaction.atomic():
        escalated = notify_security(person(), "change_disputed", {"factor": "totp"})
        escalate_notice(escalated, ["not_me"], read_clock())
    override_quiet(person().pk, "account_takeover", by=officer)
    send_due()
    assert say("notice.quiet_overridden.title") in [
        letter.message["subject"] for letter in sink.letters
    ]


def test_q3_a_prompt_is_told_where_it_is_wanted_three_times_an_hour(
    sink: Sink, payroll: Application, later: Callable[[timedelta], object]
) -> None:
    action = Action.objects.get(pk=payroll.ask("avery").json()["id"])

    def prompted() -> list[bool]:
        with transaction.atomic():
            return [prompt(action, "email", read_clock()) for _ in range(100)]

    assert sum(prompted()) == 3
    with transaction.atomic():
        assert not prompt(action, "sms", read_clock())  # there is no number
    send_due()
    assert len(sink.letters) == 3
    assert f"http://testserver/requests/{action.pk}/" in sink.last().text
    choose_channels(person().pk, [], actor="avery")
    later(timedelta(hours=1))
    assert sum(prompted()) == 3
    send_due()
    assert len(sink.letters) == 3
    assert set(OutboundMessage.objects.values_list("status", flat=True)) == {"sent", "withheld"}


def test_q3_a_prompt_about_what_is_over_is_not_sent(sink: Sink, payroll: Application) -> None:
    action = Action.objects.get(pk=payroll.ask("avery").json()["id"])
    with transaction.atomic():
        assert prompt(action, "email", read_clock())
    payroll.call("POST", f"actions/{action.pk}/cancel/")
    send_due()
    assert sink.letters == []
