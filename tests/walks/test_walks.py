"""Every page, every form that proves nothing, in any order: nobody gains anything by it (F10).

And the bad input of every kind that forms may hold: never an error of ours, always a refusal.
"""

from __future__ import annotations

import random

import pytest
from django.core.cache import cache
from django.test import Client

from config.demo.people import backup_codes_of
from identity.messages import say
from tests.channels.outside import Gateway, Sink
from tests.push.phone import PushService
from tests.walks.places import ROUTES, Bodies, World, build, gained
from tests.world.demo import Application, Visitor

pytestmark = pytest.mark.django_db

PARTS = 4
"""A world has room for a quarter of the forms."""


@pytest.fixture
def world(
    careful: None, sink: Sink, gateway: Gateway, payroll: Application, service: PushService
) -> World:
    """Tess with one of everything."""
    cache.clear()
    return build(payroll, service)


@pytest.mark.parametrize("part", range(PARTS))
def test_f10_no_page_gives_anything_for_a_form_that_proves_nothing(world: World, part: int) -> None:
    before = gained()
    for body in Bodies[part::PARTS]:
        for address in world.addresses():
            assert world.send(address, body) < 500, (address, body)
        assert gained() == before, body


@pytest.mark.parametrize("seed", range(6))
def test_f10_a_walk_over_every_flow_ends_with_nothing_unproved(world: World, seed: int) -> None:
    dice = random.Random(seed)
    before = gained()
    for _ in range(80):
        address = world.address(dice.choice(ROUTES), dice)
        if dice.random() < 0.25:
            assert world.tess.client.get(address).status_code < 500, address
        else:
            body = dice.choice(Bodies)
            assert world.send(address, body) < 500, (address, body)
    assert gained() == before


def test_f10_the_walk_sees_what_is_gained(world: World) -> None:
    """One true code among all of it would be found."""
    before = gained()
    code = backup_codes_of("tess")[0]
    assert world.tess.verify(world.ids["action_id"][1], "backup_code", code).status_code == 303
    after = gained()
    assert {name for name in after if after[name] != before[name]} == {"done", "evidence"}


NULLS = ("/?before=%00", "/sign-in/?next=/%00", "/admin/identity/action/?q=%00", "/status/?x%00=1")


@pytest.mark.parametrize("address", NULLS)
def test_f10_a_null_character_is_refused_in_words(demo: None, address: str) -> None:
    answer = Visitor("tess").client.get(address)
    assert answer.status_code == 400
    assert say("error.invalid_request.title") in answer.content.decode()


def test_f10_a_null_character_of_a_program_is_refused(demo: None) -> None:
    sent = {"grant_type": "client_credentials", "client_id": "\0", "client_secret": "x"}
    assert Client().post("/oauth/token/", sent).status_code == 400
