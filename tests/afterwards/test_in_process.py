"""An effect of our own process, done first and undone here: once, whole, or by people (D2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from fallbacks.models import Escalation
from identity.actions import committing
from identity.actions.sweeping import sweep_actions
from identity.models import Action, ActionType, Event, User
from identity.webhooks.sending import deliver_due
from tests.afterwards.conftest import ADDRESS, KIND, Agreed
from tests.pages.reading import Page, check_shape
from tests.world.demo import stored

pytestmark = pytest.mark.django_db
NAME = "tests.first_name"
DAY = timedelta(days=1)


class Effect:
    """Writes to the database, and undoes it; breaks after its write where it is told to."""

    def __init__(self) -> None:
        self.undone: list[Mapping[str, str]] = []
        self.breaks = False

    def do(self, action: Action, payload: Mapping[str, str]) -> None:
        """What is asked for."""
        User.objects.filter(pk=action.subject_id).update(last_name=payload["address"])

    def undo(self, action: Action, payload: Mapping[str, str]) -> None:
        """The way back."""
        self.undone.append(payload)
        User.objects.filter(pk=action.subject_id).update(last_name="")
        if self.breaks:
            raise RuntimeError("the way back is closed")


@pytest.fixture
def effect(agreed: Agreed) -> Iterator[Effect]:
    """What an address change does here."""
    found = Effect()
    committing.handler(NAME)(found.do)
    committing.reverse_handler(NAME)(found.undo)
    ActionType.objects.filter(pk=KIND).update(handler=NAME)
    yield found
    committing._handlers.pop(NAME)
    committing._reverse_handlers.pop(NAME)


def _name() -> str:
    return User.objects.get(username="avery").last_name


@pytest.mark.parametrize("way", ["undo", "not-me", "silence"])
def test_d2_an_effect_of_our_own_is_undone_here_once(
    agreed: Agreed, effect: Effect, way: str
) -> None:
    action_id = agreed.done()
    assert _name() == ADDRESS["address"]
    if way == "silence":
        agreed.later(DAY + timedelta(seconds=1))
        assert sweep_actions() == 1
    else:
        assert agreed.visitor.client.post(f"/requests/{action_id}/{way}/").status_code == 303
    row = stored(action_id)
    assert (row.status, _name(), effect.undone) == ("reversed", "", [ADDRESS])
    assert (row.confirm_by, row.due_at, bytes(row.sealed_payload)) == (None, None, b"")
    # whoever comes afterwards finds nothing to undo
    agreed.later(2 * DAY)
    assert sweep_actions() == 0
    assert agreed.visitor.client.post(f"/requests/{action_id}/undo/").status_code == 409
    assert len(effect.undone) == 1
    assert agreed.payroll.names(action_id).count("action.reversed") == 1
    deliver_due()
    assert agreed.told() == ["action.committed", "action.reversed"]
    assert not [each for each in agreed.receiver.received if "payload" in each["body"]["data"]]
    check_shape(Page(agreed.visitor.client.get(f"/requests/{action_id}/")))


@pytest.mark.parametrize("way", ["undo", "silence"])
def test_d2_a_way_back_that_breaks_leaves_nothing_half_undone(
    agreed: Agreed, effect: Effect, way: str
) -> None:
    action_id = agreed.done()
    effect.breaks = True
    if way == "silence":
        agreed.later(DAY + timedelta(seconds=1))
        assert sweep_actions() == 1
    else:
        assert agreed.visitor.client.post(f"/requests/{action_id}/{way}/").status_code == 303
    row = stored(action_id)
    # what it wrote before it broke is taken back, and the effect stands as a whole
    assert (row.status, row.reason, _name()) == ("committed", "with_security", ADDRESS["address"])
    assert row.sealed_payload
    assert Escalation.objects.get(action_id=action_id).status == "open"
    told = Event.objects.get(action_id=action_id, name="escalation.triggered")
    assert told.reason == "not_undone"
    agreed.later(2 * DAY)
    sweep_actions()
    assert len(effect.undone) == 1
    deliver_due()
    assert "action.reversed" not in agreed.told()
    check_shape(Page(agreed.visitor.client.get(f"/requests/{action_id}/")))


def test_d2_without_a_way_back_security_is_asked_at_once(agreed: Agreed, effect: Effect) -> None:
    back = committing._reverse_handlers.pop(NAME)
    try:
        action_id = agreed.done()
        agreed.visitor.client.post(f"/requests/{action_id}/undo/")
    finally:
        committing._reverse_handlers[NAME] = back
    assert (stored(action_id).reason, _name()) == ("with_security", ADDRESS["address"])
    told = Event.objects.get(action_id=action_id, name="escalation.triggered")
    assert told.reason == "cannot_be_undone"
