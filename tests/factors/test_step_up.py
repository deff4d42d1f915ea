"""Who may change a way: every change against every assurance, and never whoever woke an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse

from config.demo.people import backup_codes_of, password_of
from config.lifecycle import read_clock
from fallbacks import backup_codes
from fallbacks.challenges import Proof
from fallbacks.changes import begin_change, prove_change
from fallbacks.errors import ProofNeeded
from fallbacks.models import BackupCode, FactorChange, GuessBudget
from identity.messages import say
from identity.models import Evidence, Session, User
from tests.factors.changing import ask, begun, code_of, new_device, own, person, prove, ways
from tests.pages.reading import Page
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]

MUTATIONS = [
    ("totp", "enrol"),
    ("totp", "remove"),
    ("backup_code", "replace"),
    ("backup_code", "remove"),
]


def nothing(visitor: Visitor, address: str) -> None:
    """A session by password only."""


def proof_for_a_request(visitor: Visitor, address: str) -> None:
    """AAL2 in this session, a moment ago, but for something else: cached trust (D4 6)."""
    action = Application().ask(visitor.name).json()["id"]
    code = backup_codes_of(visitor.name)[1]
    assert visitor.verify(action, "backup_code", code).status_code == 303
    assert Evidence.objects.filter(user__username=visitor.name, aal=2).exists()


def proof_too_old(visitor: Visitor, address: str) -> None:
    """AAL2 for this very change, five minutes and longer ago."""
    change = FactorChange.objects.get(pk=address.split("/")[-2])
    now = read_clock() - timedelta(minutes=5)
    prove_change(change, Proof("totp", 2, now), now)


def recovery_proof(visitor: Visitor, address: str) -> None:
    """A way that policy keeps below AAL2."""
    for factor in ("sms", "email_link", "support"):
        answer = visitor.client.post(f"{address}proof/{factor}/", {"code": "123456"})
        assert answer.status_code in (403, 404), factor


def wrong_code(visitor: Visitor, address: str) -> None:
    """A guess."""
    assert prove(visitor, address, "backup_code", "a" * 16).status_code == 400


def every_step(visitor: Visitor, address: str) -> list[HttpResponse]:
    """Whatever could do the change, tried with and without a code."""
    device = FactorChange.objects.get(pk=address.split("/")[-2]).credential
    return [
        visitor.client.post(f"{address}{step}", form)
        for step in ("done/", "confirm/")
        for form in ({}, {"code": "123456"}, {"code": "123456", "credential": device})
    ]


@pytest.mark.parametrize("assurance", [
    nothing, proof_for_a_request, proof_too_old, recovery_proof, wrong_code,
])  # fmt: skip
@pytest.mark.parametrize(("factor", "kind"), MUTATIONS)
def test_f12_nothing_changes_without_a_fresh_aal2_proof_for_it(
    visit: Visit, factor: str, kind: str, assurance: Callable[[Visitor, str], None]
) -> None:
    tess = visit("tess")
    marks = [(each.factor, each.id) for each in kept_of("tess")]
    address = begun(tess, factor, kind)
    assurance(tess, address)
    for answer in every_step(tess, address):
        assert answer.status_code in (400, 403, 404, 409), answer.status_code
    assert [(each.factor, each.id) for each in kept_of("tess")] == marks
    assert not FactorChange.objects.filter(status="done").exists()


@pytest.mark.parametrize("proof", ["totp", "backup_code"])
@pytest.mark.parametrize(("factor", "kind"), MUTATIONS)
def test_f12_with_that_proof_it_changes(visit: Visit, factor: str, kind: str, proof: str) -> None:
    tess = visit("tess")
    address = begun(tess, factor, kind)
    code = backup_codes_of("tess")[2] if proof == "backup_code" else ""
    assert prove(tess, address, proof, code).status_code in (200, 303)
    if (factor, kind) == ("totp", "enrol"):
        form = {"code": code_of(new_device("tess"))}
        assert tess.client.post(f"{address}confirm/", form).status_code == 303
    assert FactorChange.objects.get().status == "done"


def kept_of(name: str) -> list:  # type: ignore[type-arg]
    """Every credential of the person."""
    return [own(name, factor) for factor, _ in ways(name)]


def test_f12_a_proof_below_aal2_is_not_enough_whatever_brings_it(demo: None) -> None:
    user, now = person("tess"), read_clock()
    session = Session.objects.filter(user=user).first()
    assert session is not None
    kind = FactorChange.Kind.ENROL
    change = begin_change(user.pk, session.pk, factor="totp", kind=kind, now=now)
    for factor in ("sms", "security_key", "email_link"):
        with pytest.raises(ProofNeeded):
            prove_change(change, Proof(factor, 1, now), now)


def newcomer(name: str = "nell") -> Visitor:
    """Somebody without any way, signed in just now."""
    user = User.objects.create_user(name, password=password_of(name))
    assert user.pk
    return Visitor(name)


def test_f13_the_first_way_is_added_right_after_signing_in(demo: None) -> None:
    nell = newcomer()
    page = Page(nell.client.get("/factors/"))
    assert page.says(say("factors.none"))
    assert page.says(say("factors.add.text.first"))
    address = begun(nell, "totp", "enrol")
    form = {"code": code_of(new_device("nell"))}
    assert nell.client.post(f"{address}confirm/", form).status_code == 303
    assert ways("nell") == [("totp", say("factors.totp.default"))]
    second = begun(nell, "backup_code", "enrol")
    assert nell.client.post(f"{second}done/").status_code == 409  # there is a way to prove it now
    assert [factor for factor, _ in ways("nell")] == ["totp"]


def test_f13_the_first_way_may_be_a_list_of_codes(demo: None) -> None:
    nell = newcomer()
    address = begun(nell, "backup_code", "enrol")
    answer = nell.client.post(f"{address}done/")
    assert answer.status_code == 200
    assert own("nell", "backup_code").left == 10


def test_f13_later_in_a_session_the_password_is_asked_again(demo: None, later: Later) -> None:
    nell = newcomer()
    later(timedelta(minutes=5))
    answer = ask(nell, "totp", "enrol")
    assert answer.status_code == 403
    assert Page(answer).says(say("error.sign_in_again.detail"))


@pytest.mark.parametrize("days", [89, 90, 400])
def test_f13_a_dormant_account_is_not_handed_to_an_old_password(demo: None, days: int) -> None:
    nell = newcomer()
    seen_before("nell", timedelta(days=days, minutes=1))
    answer = ask(nell, "totp", "enrol")
    if days < 90:
        assert answer.status_code == 303
        return
    assert answer.status_code == 403
    assert Page(answer).says(say("error.dormant_account.detail"))
    again = Visitor("nell")  # signing in once more does not wake it
    assert ask(again, "totp", "enrol").status_code == 403
    assert not FactorChange.objects.exists()


def test_f13_an_account_that_nobody_ever_used_is_dormant_too(demo: None) -> None:
    nell = newcomer()
    long_ago = read_clock() - timedelta(days=91)
    User.objects.filter(username="nell").update(date_joined=long_ago)
    assert ask(nell, "totp", "enrol").status_code == 403


def seen_before(name: str, ago: timedelta) -> None:
    """Joined a day before, and was last here so long ago."""
    then = read_clock() - ago
    User.objects.filter(username=name).update(date_joined=then - timedelta(days=1))
    Session.objects.create(user=person(name), started_at=then, last_seen_at=then, status="ended")


def test_f13_somebody_whose_codes_are_used_up_is_not_without_a_way(visit: Visit) -> None:
    kai = visit("kai")
    BackupCode.objects.filter(device__user__username="kai").update(spent_at=read_clock())
    for factor, kind in (("totp", "enrol"), ("backup_code", "replace")):
        address = begun(kai, factor, kind)
        assert kai.client.get(address).status_code == 200
        for answer in every_step(kai, address):
            assert answer.status_code in (400, 403, 409)
    assert own("kai", "backup_code").left == 0


def test_f13_two_first_ways_at_once_are_one(demo: None) -> None:
    nell = newcomer()
    address = begun(nell, "totp", "enrol")
    device = new_device("nell")
    backup_codes.replace_codes(
        person("nell").pk, backup_codes.fresh_codes()
    )  # meanwhile, elsewhere
    answer = nell.client.post(f"{address}confirm/", {"code": code_of(device)})
    assert answer.status_code == 403
    assert [factor for factor, _ in ways("nell")] == ["backup_code"]


# -- one gate (F05) ------------------------------------------------------------------------------


def locked(name: str, row: int = 5) -> None:
    """The person's budget is used up: a pause, or with 100 misses in a row, for good."""
    now = read_clock()
    GuessBudget.objects.create(
        subject=person(name),
        short_started_at=now,
        short_count=5,
        day_started_at=now,
        day_count=5,
        in_a_row=row,
    )


PHASES = [
    "request start",
    "request redemption",
    "change begin",
    "change start",
    "change redemption",
]


@pytest.mark.parametrize(("row", "status"), [(5, 429), (100, 403)])
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("factor", ["totp", "backup_code"])
def test_f05_a_locked_person_is_refused_by_every_factor_in_every_phase(
    payroll: Application, visit: Visit, factor: str, phase: str, row: int, status: int
) -> None:
    tess = visit("tess")
    action = payroll.ask("tess").json()["id"]
    address = begun(tess, "totp", "enrol")
    locked("tess", row)
    code = tess.code() if factor == "totp" else backup_codes_of("tess")[0]
    answers = {
        "request start": lambda: tess.client.get(f"/requests/{action}/verify/{factor}/"),
        "request redemption": lambda: tess.verify(action, factor, code),
        "change begin": lambda: ask(tess, factor, "remove"),
        "change start": lambda: tess.client.get(f"{address}proof/{factor}/"),
        "change redemption": lambda: prove(tess, address, factor, code),
    }
    answer = answers[phase]()
    assert answer.status_code == status
    assert not FactorChange.objects.filter(status__in=["proved", "done"]).exists()
    assert not Evidence.objects.filter(user__username="tess").exists()
    assert (status == 429) == ("retry-after" in answer.headers)


def test_f05_the_first_code_of_a_new_device_passes_the_same_gate(visit: Visit) -> None:
    avery = visit("avery")
    address = begun(avery, "totp", "enrol")
    prove(avery, address)
    GuessBudget.objects.filter(subject__username="avery").delete()
    locked("avery")
    answer = avery.client.post(f"{address}confirm/", {"code": code_of(new_device("avery"))})
    assert answer.status_code == 429
    assert len(ways("avery")) == 1
