"""The four questions of P3, by a table of plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from identity.contextual import ASYNCHRONOUS, NEEDS, Flags, flags_of, reachable
from identity.models import Evidence, Session
from identity.policy.decision import FACTOR_CEILING, Outcome
from identity.sessions import revoke_session
from presence.states import PresenceFacts, Signs, State, relied_until, signs_at
from tests.presence.ruled import NOON, RULES, ago
from tests.world.demo import Application, Visitor

Visit = Callable[[str], Visitor]

CALM = Signs(*[False] * 9, subscription_dead=False)
A, D, U, G, E = (
    State.AVAILABLE,
    State.DELAYED,
    State.UNREACHABLE,
    State.DEGRADED,
    State.ESCALATED,
)


def asked(**changes: object) -> Flags:
    """Somebody who is there, with an authenticator app and a fresh session; and what differs."""
    values: dict[str, object] = {
        "state": A,
        "quiet": False,
        "signs": CALM,
        "push_permitted": True,
        "factors": frozenset({"totp"}),
        "fresh": True,
        "session_active": True,
        "outcome": Outcome.CHALLENGE,
    }
    return flags_of(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "can"),
    [
        # awake, permitted, delivered
        ({}, True),
        # not there
        ({"state": D}, False),
        ({"state": U}, False),
        ({"state": G}, False),
        ({"state": E}, False),
        # silence by choice
        ({"state": D, "quiet": True}, False),
        # the channel is not wanted
        ({"push_permitted": False}, False),
        # the app is open, but notifications are off
        ({"signs": replace(CALM, denied=True)}, False),
        # the app is open, but the subscription bounced
        ({"signs": replace(CALM, subscription_dead=True)}, False),
    ],
)
def test_p3_can_receive_a_push_now(changes: dict[str, object], can: bool) -> None:
    assert asked(**changes).can_receive_push is can


@pytest.mark.parametrize(
    ("factors", "state", "quiet", "left"),
    [
        # there: everything but push itself
        ({"push", "totp", "backup_code"}, A, False, {"totp", "backup_code"}),
        # only push: nothing to fall back on
        ({"push"}, A, False, set()),
        # no network: the authenticator app works without
        ({"totp", "sms", "email_link"}, U, False, {"totp"}),
        # the phone is stale: what does not need it
        ({"totp", "sms", "backup_code"}, G, False, {"backup_code"}),
        # the phone is silent: the same, and no network either
        ({"totp", "email_link", "security_key"}, D, False, {"security_key"}),
        # silent by choice: nothing is in doubt
        ({"totp", "sms"}, D, True, {"totp", "sms"}),
        # an anomaly: nothing that the phone could give
        ({"totp", "backup_code"}, E, False, {"backup_code"}),
        # a factor that nobody described relies on everything
        ({"carrier_pigeon"}, U, False, set()),
        # nothing enrolled
        (set(), A, False, set()),
    ],
)
def test_p3_a_backup_factor_is_likely_reachable(
    factors: set[str], state: State, quiet: bool, left: set[str]
) -> None:
    assert reachable(frozenset(factors), state, quiet=quiet) == left
    found = asked(factors=frozenset(factors), state=state, quiet=quiet)
    assert found.backup_factor_reachable is bool(left)


@pytest.mark.parametrize(
    ("fresh", "active", "session_fresh"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_p3_the_session_is_fresh(fresh: bool, active: bool, session_fresh: bool) -> None:
    assert asked(fresh=fresh, session_active=active).session_fresh is session_fresh


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_p3_an_asynchronous_path_is_allowed(outcome: Outcome | None) -> None:
    """Where something is done at once or not at all, and where no type was named, there is none."""
    assert asked(outcome=outcome).async_allowed is (outcome in ASYNCHRONOUS)
    assert {Outcome.PROCEED, Outcome.BLOCK} & ASYNCHRONOUS == set()


@pytest.mark.parametrize(
    ("facts", "dead"),
    [
        # never bounced
        (PresenceFacts(heartbeat_at=ago(seconds=5)), False),
        # bounced, and the app was opened since: the subscription is still the old one
        (PresenceFacts(push_bounced_at=ago(hours=1), heartbeat_at=ago(seconds=5)), True),
        # a later push was taken
        (PresenceFacts(push_bounced_at=ago(hours=1), push_accepted_at=ago(minutes=5)), False),
        # answered since
        (PresenceFacts(push_bounced_at=ago(hours=1), push_acknowledged_at=ago(minutes=5)), False),
        # so long ago that it says nothing
        (PresenceFacts(push_bounced_at=ago(days=8)), False),
    ],
)
def test_p3_a_subscription_that_bounced_is_dead_until_a_push_is_taken(
    facts: PresenceFacts, dead: bool
) -> None:
    assert signs_at(facts, NOON, relied_until(facts, RULES)).subscription_dead is dead


def test_every_factor_that_policy_knows_says_what_it_relies_on() -> None:
    assert set(FACTOR_CEILING) - {"support"} <= set(NEEDS)


@pytest.mark.django_db
def test_p3_the_question_may_name_a_session(payroll: Application, visit: Visit) -> None:
    """Fresh where the proof was given, and nowhere else; never without a type."""

    def asked_for(query: str) -> bool:
        answer = payroll.call("GET", f"subjects/avery/availability/?{query}")
        assert answer.status_code == 200, answer.content
        return bool(answer.json()["session_fresh"])

    assert asked_for("type=payout.change") is False
    payroll.signal("avery", "heartbeat", "foreground")
    action = payroll.ask("avery").json()
    visitor = visit("avery")
    visitor.verify(action["id"])
    proved = Session.objects.filter(user__username="avery", last_proof_at__isnull=False).get()
    assert asked_for("type=payout.change") is False  # from which country is not known
    Session.objects.filter(pk=proved.pk).update(country="PT")
    Evidence.objects.filter(session=proved).update(country="PT")
    assert asked_for("type=payout.change") is True
    assert asked_for(f"type=payout.change&session={proved.pk}") is True
    assert asked_for("type=payout.change&session=payroll-avery") is False
    assert asked_for("type=payout.change&session=nobody") is False
    assert asked_for("") is False
    revoke_session(proved.user, proved.pk, actor=proved.user)
    assert asked_for(f"type=payout.change&session={proved.pk}") is False
