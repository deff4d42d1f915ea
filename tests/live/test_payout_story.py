"""The payout story on real parts: web, worker, beat, broker, database and the example."""

from __future__ import annotations

import os
import random
import signal

import httpx
import pytest

from tests.live.outside import Payroll, Person, Product, wait_for

pytestmark = pytest.mark.xdist_group("product")


def iban() -> str:
    """A fresh account, so that no test joins another's request."""
    bban = f"37040044{random.randrange(10**10):010d}"
    return f"DE{98 - int(f'{bban}131400') % 97:02d}{bban}"


def effects(product: Product, action_id: str) -> list[int]:
    """How often each effect of the action was delivered; one entry an effect."""
    found = httpx.get(f"{product.payroll_url}/effects.json", timeout=10).json()["results"]
    return [effect["deliveries"] for effect in found if effect["action"] == action_id]


@pytest.mark.parametrize(
    ("name", "status", "factor"),
    [
        ("avery", "pending", "totp"),
        ("tess", "queued", "totp"),
        ("sam", "queued", "backup_code"),
        ("noor", "queued", "totp"),
        ("kai", "fallback", "backup_code"),
    ],
)
def test_q2_each_person_comes_back_and_it_is_done_once(
    product: Product, payroll: Payroll, name: str, status: str, factor: str
) -> None:
    action = payroll.ask(name, iban())
    # An earlier test may have brought the person back; the table holds for a fresh product.
    assert action["status"] in {status, "pending"}
    Person(product, name).verify(action["id"], factor)
    payroll.reaches(action["id"], "committed")
    assert effects(product, action["id"]) == [1]


def test_q2_a_heartbeat_brings_the_challenge_within_ten_seconds(
    product: Product, payroll: Payroll
) -> None:
    action = payroll.ask("sam", iban())
    payroll.heartbeat("sam")
    payroll.reaches(action["id"], "pending", patience=10)
    Person(product, "sam").verify(action["id"], "backup_code")
    payroll.reaches(action["id"], "committed")
    assert effects(product, action["id"]) == [1]


def test_q4_the_window_passes_step_by_step(payroll: Payroll) -> None:
    action = payroll.ask("noor", iban(), requested_expiry=6)
    assert action["status"] == "queued"
    payroll.reaches(action["id"], "fallback")
    payroll.reaches(action["id"], "expired")
    told = [name for name in payroll.events(action["id"]) if not name.startswith("delivery")]
    assert told == [
        "auth.requested",
        "auth.queued",
        "fallback.selected",
        "action.expired",
    ]


def test_f7_riley_is_blocked_and_security_sees_it(product: Product, payroll: Payroll) -> None:
    action = payroll.ask("riley", iban())
    assert action["status"] == "blocked"
    officer = Person(product, "security1")
    officer.post("/sign-in/code/", code=product.codes("security1")["totp"])
    page = officer.http.get("/admin/fallbacks/escalation/")
    assert page.status_code == 200
    assert "riley" in page.text.lower()


def test_f33_worker_and_beat_are_killed_mid_story(product: Product, payroll: Payroll) -> None:
    action = payroll.ask("tess", iban())
    beats, workers = product.children(" beat "), product.children(" worker ")
    assert beats
    assert workers
    for process in beats + workers:
        os.kill(process, signal.SIGKILL)
    Person(product, "tess").verify(action["id"])
    for process in product.children(" worker "):
        os.kill(process, signal.SIGKILL)
    payroll.reaches(action["id"], "committed", patience=90)
    assert len(effects(product, action["id"])) == 1
    again = wait_for(lambda: product.children(" beat "), "beat comes back")
    assert not set(again) & set(beats)


def test_a_stop_and_a_start_find_everything(product: Product, payroll: Payroll) -> None:
    action = payroll.ask("avery", iban())
    before = product.codes("avery")["password"]
    assert product.stop() == 0
    assert not product.children("gunicorn")
    assert not product.children("celery")
    assert not product.children("postgres")
    product.start()
    assert product.codes("avery")["password"] == before
    back = Payroll(product.url)
    assert back.get(action["id"])["status"] in ("pending", "delayed")
    Person(product, "avery").verify(action["id"])
    back.reaches(action["id"], "committed")
    assert effects(product, action["id"]) == [1]


def test_the_example_shows_what_holdfast_answers(product: Product) -> None:
    page = httpx.get(product.payroll_url, follow_redirects=True, timeout=10)
    assert page.status_code == 200
    assert "avery" in page.text.lower()
