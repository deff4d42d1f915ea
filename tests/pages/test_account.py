"""The account: no secrets shown, the password changed only with the present one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config.demo.people import backup_codes_of, password_of, totp_key_of
from fallbacks.models import BackupCode
from identity.messages import say
from identity.models import User
from tests.pages.reading import Page, check_shape
from tests.world.demo import Visitor

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
NEW = "seven lanterns under water"


def test_u4_the_account_shows_a_masked_address(visit: Visit) -> None:
    User.objects.filter(username="tess").update(email="tess@harbour.example")
    page = Page(visit("tess").client.get("/account/"))
    check_shape(page)
    assert page.says("t•••@harbour.example")
    assert "tess@harbour.example" not in page.text


def test_f1_ways_are_listed_without_their_secrets(visit: Visit) -> None:
    page = Page(visit("tess").client.get("/factors/"))
    check_shape(page)
    assert page.says(say("factors.totp.what"))
    assert page.says(say("factors.backup_code.left", left=8))
    assert totp_key_of("tess") not in page.text
    assert not any(code in page.text for code in backup_codes_of("tess"))


@pytest.mark.parametrize(
    ("left", "advice"), [(8, ""), (2, "factors.few_codes"), (0, "factors.few_codes")]
)
def test_f1_a_thin_set_of_ways_is_pointed_out(visit: Visit, left: int, advice: str) -> None:
    visitor = visit("tess")
    codes = BackupCode.objects.filter(device__user__username="tess")
    spent = codes.values_list("pk", flat=True)[: 8 - left]
    BackupCode.objects.filter(pk__in=list(spent)).update(spent_at="2026-01-01T00:00Z")
    page = Page(visitor.client.get("/factors/"))
    for each in ("factors.few_codes", "factors.only_one", "factors.none"):
        assert page.says(say(each, left=left)) is (each == advice)


def test_d8_a_new_password_ends_the_other_sessions(visit: Visit) -> None:
    first, second = visit("tess"), visit("tess")
    answer = second.client.post(
        "/account/",
        {
            "old_password": password_of("tess"),
            "new_password1": NEW,
            "new_password2": NEW,
            "end_others": "1",
        },
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/")
    assert User.objects.get(username="tess").check_password(NEW)
    assert second.client.get("/").status_code == 200
    assert first.client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "error"),
    [
        ("wrong", NEW, NEW, "password_incorrect"),
        (None, NEW, NEW + "x", "password_mismatch"),
        (None, "short", "short", "password_too_short"),
        (None, "yfdbufnjh10305070", "yfdbufnjh10305070", "password_too_common"),
        (None, "", "", "required"),
    ],
)
def test_u4_a_refused_password_says_why_and_shows_none(
    visit: Visit, old: str | None, new: str, again: str, error: str
) -> None:
    visitor = visit("tess")
    typed = old or password_of("tess")
    form = {"old_password": typed, "new_password1": new, "new_password2": again}
    page = Page(visitor.client.post("/account/", form))
    check_shape(page)
    assert page.status == 400
    assert page.title.startswith(say("title.error"))
    assert page.says(say(f"error.{error}.detail", min_length=15))
    assert typed not in page.text
    assert not new or f'value="{new}"' not in page.text
    assert User.objects.get(username="tess").check_password(password_of("tess"))
