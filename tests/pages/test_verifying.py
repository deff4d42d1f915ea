"""Proving who one is at the pages, and every way in which it can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from config.demo.people import backup_codes_of
from identity.messages import say
from identity.models import Action
from identity.states import Status
from tests.pages.reading import Page, check_shape
from tests.world.demo import Application, Visitor, stored

pytestmark = pytest.mark.django_db

Visit = Callable[[str], Visitor]
Later = Callable[[timedelta], datetime]


def wrong(code: str) -> str:
    """A well-formed code that is not `code`."""
    return f"{(int(code) + 500_000) % 1_000_000:06d}"


def test_f5_every_way_a_person_has_is_shown(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    page = Page(visit("tess").client.get(f"/requests/{action['id']}/verify/"))
    check_shape(page)
    assert page.heading == say("verify.heading")
    for factor in ("totp", "backup_code"):
        assert f"/requests/{action['id']}/verify/{factor}/" in page.links
    assert page.says(say("way.backup_code.why", left=8))
    assert page.says("DE89 •••• •••• 3000")


@pytest.mark.parametrize("factor", ["totp", "backup_code"])
def test_f1_each_form_says_what_to_type(payroll: Application, visit: Visit, factor: str) -> None:
    action = payroll.ask("tess").json()
    page = Page(visit("tess").client.get(f"/requests/{action['id']}/verify/{factor}/"))
    check_shape(page)
    assert page.says(say(f"way.{factor}.label"))
    assert page.says(say(f"way.{factor}.hint", left=8))
    kind = "one-time-code" if factor == "totp" else "off"
    assert f'autocomplete="{kind}"' in page.text


@pytest.mark.parametrize("factor", ["sms", "push", "security_key", "nothing", "totp"])
def test_f1_a_way_that_the_person_does_not_have_is_not_there(
    payroll: Application, visit: Visit, factor: str
) -> None:
    action = payroll.ask("kai").json()
    client = visit("kai").client
    assert client.get(f"/requests/{action['id']}/verify/{factor}/").status_code == 404
    assert (
        client.post(f"/requests/{action['id']}/verify/{factor}/", {"code": "123456"}).status_code
        == 404
    )


def test_f2_a_way_that_does_not_count_here_says_so(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    row = stored(action["id"])
    row.obligations["permitted_factors"] = ["backup_code"]
    Action.objects.filter(pk=row.pk).update(obligations=row.obligations)
    visitor = visit("tess")
    page = Page(visitor.client.get(f"/requests/{row.pk}/verify/"))
    assert f"/requests/{row.pk}/verify/totp/" not in page.links
    assert page.says(say("way.totp.not_here"))
    refused = Page(visitor.verify(action["id"]))
    check_shape(refused)
    assert refused.status == 403
    assert refused.says(say("error.factor_not_permitted.detail"))
    assert stored(action["id"]).status == Status.QUEUED


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "x" * 5000, "１２３"])
def test_f3_what_is_no_code_is_not_counted(payroll: Application, visit: Visit, typed: str) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    for _ in range(7):
        page = Page(visitor.verify(action["id"], code=typed))
        assert page.status == 400
    check_shape(page)
    assert page.title.startswith(say("title.error"))
    assert page.says(say("error.malformed_code.totp.detail"))
    assert 'aria-invalid="true"' in page.text
    assert visitor.verify(action["id"]).status_code == 303


def test_f3_spaces_in_a_code_are_fine(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    code = visitor.code()
    assert visitor.verify(action["id"], code=f" {code[:3]} {code[3:]} ").status_code == 303


def test_f6_a_wrong_code_is_kept_and_the_tries_are_told(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    typed = wrong(visitor.code())
    pages = [Page(visitor.verify(action["id"], code=typed)) for _ in range(6)]
    assert [page.status for page in pages] == [400, 400, 400, 400, 400, 429]
    assert f'value="{typed}"' in pages[0].text
    for left, page in zip((4, 3, 2, 1, 0), pages[:5], strict=True):
        assert page.says(say("error.wrong_code.totp.detail", tries_left=left))
        check_shape(page)
    check_shape(pages[5])


def test_f6_a_pause_says_until_when(payroll: Application, visit: Visit, later: Later) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    typed = wrong(visitor.code())
    for _ in range(5):
        visitor.verify(action["id"], code=typed)
    answer = visitor.verify(action["id"])
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 301
    assert stored(action["id"]).status == Status.QUEUED
    paths = (f"/requests/{action['id']}/", f"/requests/{action['id']}/verify/")
    link = f"/requests/{action['id']}/verify/totp/"
    for path in paths:
        page = Page(visitor.client.get(path))
        assert page.status == 200
        assert page.says(say("error.locked_out.title"))
        assert page.says(say("way.totp.title"))
        assert link not in page.text  # listed, and no dead end
        check_shape(page)
    later(timedelta(minutes=6))
    for path in paths:
        page = Page(visitor.client.get(path))
        assert not page.says(say("error.locked_out.title"))
        assert link in page.text
    assert visitor.verify(action["id"]).status_code == 303


def test_f1_a_backup_code_works_once_and_the_rest_is_counted(
    payroll: Application, visit: Visit
) -> None:
    code = backup_codes_of("kai")[0]
    visitor = visit("kai")
    first = payroll.ask("kai").json()
    assert visitor.verify(first["id"], "backup_code", code).status_code == 303
    second = payroll.ask("kai", "email.change", {"email": "kai@new.example"}).json()
    page = Page(visitor.client.get(f"/requests/{second['id']}/verify/backup_code/"))
    assert page.says(say("way.backup_code.hint", left=7))
    again = Page(visitor.verify(second["id"], "backup_code", code))
    assert again.status == 400


def test_u1_after_the_proof_the_page_tells_what_happens(payroll: Application, visit: Visit) -> None:
    action = payroll.ask("avery").json()
    visitor = visit("avery")
    answer = visitor.verify(action["id"])
    page = Page(visitor.client.get(answer.headers["location"]))
    check_shape(page)
    assert page.title.startswith(say("status.approved"))
    assert page.says(say("event.challenge.answered", way=say("way.totp.inline")))
    assert page.forms == []


@pytest.mark.parametrize("factor", ["totp", "backup_code"])
def test_u1_what_is_over_cannot_be_finished(
    payroll: Application, visit: Visit, factor: str
) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    visitor.client.post(f"/requests/{action['id']}/cancel/")
    for path in ("", f"{factor}/"):
        answer = visitor.client.get(f"/requests/{action['id']}/verify/{path}")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/requests/{action['id']}/",
        )
    page = Page(visitor.verify(action["id"], factor))
    check_shape(page)
    assert page.status == 409
    assert page.says(say("error.action_closed.detail"))


def test_q4_a_window_that_passed_while_typing_is_told(
    payroll: Application, visit: Visit, later: Later
) -> None:
    action = payroll.ask("tess").json()
    visitor = visit("tess")
    later(timedelta(days=3, minutes=1))
    page = Page(visitor.verify(action["id"]))
    check_shape(page)
    assert page.status == 409
    assert stored(action["id"]).status == Status.FALLBACK
    assert page.says(say("action.fallback.window_passed.body"))
