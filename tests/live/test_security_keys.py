"""Security keys in real Chromium with its virtual authenticator, and raw HTTP behind its back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from playwright.sync_api import Browser, Request, expect, sync_playwright

from tests.live.desk import PASSWORD, Desk, token_on
from tests.live.outside import Payroll, Product, wait_for
from tests.live.test_payout_story import effects, iban
from tests.live.test_races import released_together
from tests.world.authenticator import SoftKey, asked_on

pytestmark = pytest.mark.xdist_group("product")

MAKE = (
    "from identity.models import User; "
    "User.objects.create_user({name!r}, password={password!r}, first_name='Nell')"
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def somebody(product: Product) -> str:
    """A person of this test's own, who has no way yet."""
    name = f"nell-{uuid.uuid4().hex[:8]}"
    product.manage("shell", "-c", MAKE.format(name=name, password=PASSWORD))
    return name


@pytest.fixture
def desk(browser: Browser, product: Product, somebody: str) -> Iterator[Desk]:
    """Somebody signed in just now, with a key that verifies its person."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "the server responded with a status of" not in line.text
            else None
        ),
    )
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    here = Desk(page, product.url.replace("127.0.0.1", "localhost"), cdp)

    def hear(request: Request) -> None:
        body = request.post_data if request.method == "POST" else None
        if body and "answer=" in body:
            here.sent.append({name: values[0] for name, values in parse_qs(body).items()})

    page.on("request", hear)
    here.plug_in()
    here.sign_in(somebody)
    yield here
    context.close()
    assert complaints == []


def test_f1_kai_adds_a_key_finishes_a_payout_change_and_takes_the_key_away(
    desk: Desk, product: Product, payroll: Payroll
) -> None:
    codes = product.codes("kai")
    desk.page.context.clear_cookies()
    desk.sign_in("kai", codes["password"])
    desk.ask_to_add("Key ring")
    desk.page.locator("[name=code]").fill(codes["backup_codes"][-1])
    desk.page.locator("form:has([name=code]) button").click()
    expect(desk.page.locator("[data-key=create]")).to_be_visible()
    desk.answer()
    expect(desk.page.locator("main h3", has_text="Key ring").first).to_be_visible()
    action = payroll.ask("kai", iban())["id"]
    desk.page.goto(f"{desk.home}/requests/{action}/")
    desk.page.locator("a[href$='verify/security_key/']").first.click()
    expect(desk.page.locator("[data-off]")).to_be_hidden()
    desk.answer()
    expect(desk.page.locator("[data-tone=done]").first).to_be_visible()
    payroll.reaches(action, "committed")
    assert effects(product, action) == [1]
    desk.remove("Key ring")
    assert desk.keys() == 1  # the codes, as the demo says of kai


@pytest.mark.parametrize("resident", [True, False], ids=["resident", "not resident"])
def test_f1_a_first_way_is_a_key_that_keeps_the_credential_or_not(
    desk: Desk, payroll: Payroll, somebody: str, resident: bool
) -> None:
    desk.plug_in(resident=resident)
    desk.add()
    action = payroll.ask(somebody, iban())["id"]
    desk.verify(action)
    desk.answer()
    expect(desk.page.locator("[data-tone=done]").first).to_be_visible()
    assert payroll.get(action)["status"] == "approved"  # Harbour Payroll does not know them


def test_f18_both_ceremonies_are_answered_once(desk: Desk, payroll: Payroll, somebody: str) -> None:
    desk.add()
    action, other = (payroll.ask(somebody, iban())["id"] for _ in range(2))
    desk.verify(action)
    desk.answer()
    expect(desk.page.locator("[data-tone=done]").first).to_be_visible()
    assert len(desk.sent) == 2
    desk.verify(other)  # a question is open there: not the one that was answered
    for number in (0, 1):
        path = f"/requests/{other}/verify/security_key/"
        assert desk.replay(number, path) in (400, 410), number
    # The change that added the key is done; a new one does not take the old answer either.
    desk.begin("Again", first=False)
    change = desk.page.url.split("/factors/changes/")[1].split("/")[0]
    assert desk.replay(0, f"/factors/changes/{change}/key/") in (400, 403, 409, 410)
    assert desk.keys() == 1
    assert payroll.get(other)["status"] not in ("approved", "committed")


def test_f19_a_key_without_verification_is_refused_twice(
    desk: Desk, payroll: Payroll, somebody: str
) -> None:
    desk.plug_in(resident=False, verifies=False)
    desk.begin("No PIN")
    desk.answer()  # the browser itself finds no key that could do it
    wait_for(lambda: desk.page.locator("[data-trouble]:visible").count() == 1, "it is told")
    assert desk.sent == []
    desk.page.reload()
    desk.unverified()
    desk.answer()  # and when the page asks for less, the server does not take it
    expect(desk.page.locator(".error:visible")).to_be_visible()
    assert desk.page.title().startswith("Error")
    assert len(desk.sent) == 1
    assert desk.keys() == 0
    desk.plug_in()
    desk.add()
    action = payroll.ask(somebody, iban())["id"]
    desk.cdp.send(
        "WebAuthn.setUserVerified", {"authenticatorId": desk.key, "isUserVerified": False}
    )
    desk.verify(action)
    desk.unverified()
    desk.answer()
    expect(desk.page.locator(".error:visible")).to_be_visible()
    assert desk.page.title().startswith("Error")
    assert "challenge.missed" in payroll.events(action)
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f1_an_answer_given_on_another_origin_is_refused(
    desk: Desk, product: Product, payroll: Payroll, somebody: str
) -> None:
    desk.add()
    action = payroll.ask(somebody, iban())["id"]
    desk.verify(action)
    options = asked_on(desk.page.content())
    # The example application is another origin with the same domain: the key itself would answer.
    desk.page.goto(product.payroll_url.replace("127.0.0.1", "localhost"))
    stolen = desk.page.evaluate(
        """async (options) => {
            const plain = (text) => text.replace(/-/g, "+").replace(/_/g, "/");
            const bytes = (text) => Uint8Array.from(atob(plain(text)), (c) => c.charCodeAt(0));
            options.challenge = bytes(options.challenge);
            options.allowCredentials.forEach((key) => { key.id = bytes(key.id); });
            return (await navigator.credentials.get({ publicKey: options })).toJSON();
        }""",
        options,
    )
    desk.sent.append({"answer": json.dumps(stolen)})
    assert desk.replay(-1, f"/requests/{action}/verify/security_key/") == 400
    assert payroll.events(action).count("challenge.missed") == 1
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_f1_a_removed_key_does_not_finish_what_it_was_asked_for(
    desk: Desk, payroll: Payroll, somebody: str
) -> None:
    desk.add("First")
    first = desk.cdp.send("WebAuthn.getCredentials", {"authenticatorId": desk.key})["credentials"]
    desk.begin("Second", first=False)
    desk.plug_in()
    desk.answer()
    expect(desk.page.locator("main h3", has_text="Second").first).to_be_visible()
    desk.remove("First")
    assert desk.keys() == 1
    action = payroll.ask(somebody, iban())["id"]
    desk.verify(action)
    known = [each["id"] for each in asked_on(desk.page.content())["allowCredentials"]]
    gone = first[0]["credentialId"].replace("+", "-").replace("/", "_").rstrip("=")
    assert gone not in known
    assert len(known) == 1


def test_f25_a_key_proves_nothing_in_a_session_that_was_ended(
    desk: Desk, payroll: Payroll, somebody: str
) -> None:
    desk.add()
    action = payroll.ask(somebody, iban())["id"]
    desk.verify(action)
    with httpx.Client(base_url=desk.home, follow_redirects=True, timeout=20) as elsewhere:
        token = token_on(elsewhere.get("/sign-in/").text)
        form = {"username": somebody, "password": PASSWORD, "csrfmiddlewaretoken": token}
        elsewhere.post("/sign-in/", data=form)
        form = {"csrfmiddlewaretoken": token_on(elsewhere.get("/sessions/").text)}
        assert elsewhere.post("/sessions/end-others/", data=form).status_code == 200
    desk.answer()
    expect(desk.page.locator("[name=password]")).to_be_visible()
    assert payroll.get(action)["status"] not in ("approved", "committed")


def test_u4_without_javascript_the_page_says_so_and_offers_the_other_ways(
    desk: Desk, browser: Browser, payroll: Payroll, somebody: str
) -> None:
    desk.add()
    action = payroll.ask(somebody, iban())["id"]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(desk.page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{desk.home}/requests/{action}/verify/security_key/")
    expect(page.locator("[data-off]")).to_be_visible()
    expect(page.locator("[data-key] button")).to_be_hidden()
    expect(page.locator(f"a[href='/requests/{action}/verify/']")).to_be_visible()
    context.close()


def test_u4_by_a_bare_address_the_page_leads_to_the_name(
    browser: Browser, product: Product, somebody: str
) -> None:
    context = browser.new_context()
    here = Desk(context.new_page(), product.url, context.new_cdp_session(context.pages[0]))
    here.sign_in(somebody)
    here.page.goto(f"{here.home}/factors/")
    named = f"{product.url.replace('127.0.0.1', 'localhost')}/factors/"
    expect(here.page.locator(f"a[href='{named}']")).to_be_visible()
    assert here.page.locator("#id-key-name").count() == 0
    assert here.page.locator("[data-key]").count() == 0
    context.close()


def answer_once(task: dict[str, Any], number: int) -> int:
    """Send the one answer of a key, from one of so many clients of the same session."""
    with httpx.Client(cookies=task["cookies"], timeout=60) as http:
        return http.post(
            task["address"], data=task["form"], headers={"referer": task["address"]}
        ).status_code


def test_f18_one_answer_from_many_processes_counts_once(
    product: Product, payroll: Payroll, somebody: str
) -> None:
    home = product.url.replace("127.0.0.1", "localhost")
    key = SoftKey(rp="localhost", origin=home, counts=False)
    with httpx.Client(base_url=home, follow_redirects=True, timeout=20) as http:

        def post(page: httpx.Response, path: str, **form: str) -> httpx.Response:
            return http.post(path, data={**form, "csrfmiddlewaretoken": token_on(page.text)})

        post(http.get("/sign-in/"), "/sign-in/", username=somebody, password=PASSWORD)
        ways = http.get("/factors/")
        step = post(ways, "/factors/changes/", factor="security_key", kind="enrol", name="Key ring")
        made = json.dumps(key.create(asked_on(step.text)))
        assert post(step, f"{step.url.path}key/", answer=made).url.path == "/factors/"
        action = payroll.ask(somebody, iban())["id"]
        address = f"/requests/{action}/verify/security_key/"
        page = http.get(address).text
        sent = json.dumps(key.get(asked_on(page)))
        form = {"answer": sent, "csrfmiddlewaretoken": token_on(page)}
        task = {"cookies": dict(http.cookies), "address": home + address, "form": form}
    # Five tries are the account's budget, so four clients: every one of them is really looked at.
    answers = released_together(answer_once, task, processes=2, threads=2)
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 400, 409, 410}
    assert payroll.events(action).count("action.approved") == 1
