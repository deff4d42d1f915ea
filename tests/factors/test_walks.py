"""Random walks over the steps of a change, with empty and stale forms: nothing unproved (F10)."""

from __future__ import annotations

import random
import uuid

import pytest
from django.core.cache import cache

from config.demo.people import backup_codes_of
from fallbacks.factors import kept
from fallbacks.models import FactorChange, GuessBudget
from tests.factors.changing import ask, code_of, own, person
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

STEPS = ("", "done/", "confirm/", "cancel/", "proof/totp/", "proof/backup_code/", "proof/eyes/")
KINDS = (
    ("totp", "enrol"),
    ("totp", "remove"),
    ("backup_code", "replace"),
    ("backup_code", "enrol"),
)


def credentials() -> set[tuple[str, str]]:
    return {(each.factor, each.id) for each in kept(person("tess").pk)}


@pytest.mark.parametrize("seed", range(12))
def test_f10_a_walk_of_empty_and_stale_forms_changes_nothing(demo: None, seed: int) -> None:
    cache.clear()
    dice = random.Random(seed)
    tess = Visitor("tess")
    before = credentials()
    known = [f"/factors/changes/{uuid.uuid4()}/"]
    for _ in range(25):
        GuessBudget.objects.all().delete()
        if dice.random() < 0.3:
            factor, kind = dice.choice(KINDS)
            credential = own("tess", factor).id if kind != "enrol" else ""
            answer = ask(tess, factor, kind, credential=credential)
            if answer.status_code == 303:
                known.append(answer.headers["location"])
            continue
        form = dice.choice([{}, {"code": ""}, {"code": "000000"}, {"status": "proved"}])
        address = dice.choice(known) + dice.choice(STEPS)
        send = tess.client.post if dice.random() < 0.7 else tess.client.get
        assert send(address, form).status_code < 500, address
        assert credentials() == before
    assert not FactorChange.objects.filter(status__in=["proved", "done"]).exists()


@pytest.mark.parametrize("seed", range(8))
def test_f10_a_walk_with_one_proof_does_one_change_at_most(demo: None, seed: int) -> None:
    cache.clear()
    dice = random.Random(seed)
    tess = Visitor("tess")
    codes = backup_codes_of("tess")
    known: list[str] = []
    proofs = 0
    for _ in range(25):
        GuessBudget.objects.all().delete()
        roll = dice.random()
        if roll < 0.3 or not known:
            answer = ask(tess, "totp", "enrol")
            if answer.status_code == 303:
                known.append(answer.headers["location"])
        elif roll < 0.4 and proofs < 3:
            answer = tess.client.post(
                f"{dice.choice(known)}proof/backup_code/", {"code": codes[proofs]}
            )
            proofs += answer.status_code == 303
        elif roll < 0.6:
            waiting = FactorChange.objects.filter(status="proved").first()
            form = {}
            if waiting is not None and dice.random() < 0.5:
                user = person("tess")
                device = user.totpdevice_set.filter(confirmed=False).first()
                form = {"code": code_of(device)} if device is not None else {}
            tess.client.post(f"{dice.choice(known)}confirm/", form)
        else:
            tess.client.post(dice.choice(known) + dice.choice(STEPS), {})
        done = FactorChange.objects.filter(status="done").count()
        assert done <= proofs
        assert len(credentials()) == 2 + done
