"""The whole product and its mail: delivered, and while its server never answers."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.channels.outside import Hanging, hanging_server
from tests.live.outside import ROOT, Payroll, Person, Product, wait_for
from tests.live.test_payout_story import effects, iban

pytestmark = pytest.mark.xdist_group("product")

MAILS = 100
WRITE = f"""
from django.db import transaction
from identity.models import User
from identity.notices import notify_security
with transaction.atomic():
    for _ in range({MAILS}):
        notify_security(User.objects.get(username="avery"), "password_changed", {{}})
"""


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """A mail server that never answers."""
    with hanging_server() as server:
        yield server


@pytest.fixture
def hung(hanging: Hanging) -> Iterator[Product]:
    """A product of its own, whose mail goes there."""
    state = ROOT / "var" / "hung"
    shutil.rmtree(state, ignore_errors=True)
    product = Product(state)
    product.output.unlink(missing_ok=True)
    product.environment |= {
        "EMAIL_URL": f"smtp://127.0.0.1:{hanging.port}",
        "CHANNEL_SLOTS": str(MAILS),
    }
    product.start()
    yield product
    assert product.stop() == 0


def test_f1_people_and_webhooks_go_on_while_a_hundred_mails_hang(
    hung: Product, hanging: Hanging, record_property: Callable[[str, object], None]
) -> None:
    payroll, tess = Payroll(hung.url), Person(hung, "tess")
    before = _pages(tess, 30)
    action = payroll.ask("tess", iban())
    hung.manage("shell", "-c", WRITE)
    assert hanging.wait_for(MAILS) == MAILS
    # All hundred hang by now. Pages are served and a worker delivers all the same.
    meanwhile = _pages(tess, 30)
    tess.verify(action["id"])
    payroll.reaches(action["id"], "committed")
    assert effects(hung, action["id"]) == [1]
    record_property("page_ms_before", round(before * 1000, 1))
    record_property("page_ms_meanwhile", round(meanwhile * 1000, 1))


def test_p4_a_notice_is_in_the_mail_of_the_running_product(
    product: Product, payroll: Payroll
) -> None:
    action = payroll.ask("kai", iban())
    kai = Person(product, "kai")
    page = kai.http.get(f"/requests/{action['id']}/verify/").text
    token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    sent = {"csrfmiddlewaretoken": token}
    assert kai.http.post(f"/requests/{action['id']}/support/", data=sent).status_code == 200

    def mailed() -> bool:
        try:
            shown = product.manage("demo", "mail", "kai")
        except subprocess.CalledProcessError:
            return False  # nothing yet
        return f"{product.url}/factors/" in shown and "To: kai@harbour.example" in shown

    wait_for(mailed, "the notice is in the mail")


def _pages(person: Person, count: int) -> float:
    """Every page is served; the median of how long one took, in seconds."""
    took = []
    for _ in range(count):
        begun = time.monotonic()
        assert person.http.get("/").status_code == 200
        took.append(time.monotonic() - begun)
    return sorted(took)[len(took) // 2]
