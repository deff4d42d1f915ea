"""A prompt on a real browser: added, sent, shown by the worker, answered by the number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect, sync_playwright

from tests.live.outside import Payroll, Product, wait_for
from tests.live.test_payout_story import iban
from tests.push.phone import Phone, PushService

pytestmark = pytest.mark.xdist_group("product")

WHO = "tess"
SUBSCRIBE = """
PushManager.prototype.subscribe = async function (options) {
  if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error();
  return { toJSON: () => ({ endpoint: %s, keys: { p256dh: %s, auth: %s } }) };
};
"""
"""The maker's push service is not to be had here, so this browser's address is the test's own. All
else is the browser's: permission, registration, the worker, and what it does with a message."""
SHOWN = """
async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, data }) => ({ title, body, url: data.url }))
"""


@pytest.fixture
def service() -> Iterator[PushService]:
    """Answers until the test is over."""
    found = PushService()
    yield found
    found.close()


@pytest.fixture
def phone(service: PushService) -> Phone:
    """What the person's browser decrypts with."""
    return Phone(service)


@pytest.fixture
def handset(chromium: str, product: Product, phone: Phone, tmp_path: Path) -> Iterator[Page]:
    """The person's phone: a profile of its own, where prompts are allowed."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path),
            executable_path=chromium,
            args=["--no-sandbox"],
            viewport={"width": 390, "height": 800},
        )
        context.grant_permissions(["notifications"], origin=product.url)
        values = [json.dumps(phone.form[name]) for name in ("endpoint", "p256dh", "auth")]
        context.add_init_script(SUBSCRIBE % tuple(values))
        tab = context.new_page()
        complaints = heard(context, tab)
        sign_in(tab, product)
        yield tab
        context.close()
        assert complaints == []


def heard(context: BrowserContext, tab: Page) -> list[str]:
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints


def sign_in(page: Page, product: Product) -> None:
    page.goto(product.url + "/sign-in/")
    page.locator("[name=username]").fill(WHO)
    page.locator("[name=password]").fill(product.codes(WHO)["password"])
    page.get_by_role("button", name="Sign in").click()


def add_prompts(page: Page, product: Product, code: str) -> None:
    """On the page of ways, with a backup code as the proof."""
    page.goto(product.url + "/factors/")
    asked = page.locator("form", has=page.locator("input[value=push]"))
    asked.filter(has=page.locator("input[value=enrol]")).get_by_role("button").click()
    page.locator("a[href$='proof/backup_code/']").click()
    page.locator("[name=code]").fill(code)
    page.locator("form", has=page.locator("[name=code]")).get_by_role("button").click()
    expect(page.locator("[data-problem]:visible")).to_have_count(0)
    page.locator("[data-push] button").click()
    expect(page).to_have_url(product.url + "/factors/")


def deliver(page: Page, product: Product, message: str) -> None:
    """What the maker's push service does once it has the message on the device."""
    session: CDPSession = page.context.new_cdp_session(page)
    found: list[str] = []

    def hear(told: dict[str, list[dict[str, str]]]) -> None:
        found.extend(each["registrationId"] for each in told["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", hear)
    session.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    told = {"origin": product.url, "registrationId": found[0], "data": message}
    session.send("ServiceWorker.deliverPushMessage", told)


def test_f1_a_prompt_on_a_real_browser(
    handset: Page, product: Product, payroll: Payroll, phone: Phone
) -> None:
    codes = product.codes(WHO)["backup_codes"]
    add_prompts(handset, product, codes[-1])
    action = payroll.ask(WHO, iban())
    assert action["status"] == "queued"

    # At the desk, where no number can be typed: a prompt is sent from there.
    ask_at_the_desk(handset, product, action["id"])
    message = wait_for(lambda: phone.messages, "the prompt is sent", 30)[-1]
    told = phone.read(message.body)
    number = payroll.get(action["id"])["challenge"]["number"]
    assert number not in json.dumps(told)

    deliver(handset, product, json.dumps(told))
    wait_for(
        lambda: "prompt.acknowledged" in payroll.events(action["id"]),
        "the worker says that the prompt is there",
        20,
    )
    shown = wait_for(lambda: handset.evaluate(SHOWN), "the notification is shown", 10)
    assert shown == [{name: told[name] for name in ("title", "body", "url")}]

    handset.goto(product.url + shown[0]["url"])
    assert number not in handset.content()
    handset.locator("[name=code]").fill(f" {number[:3]} {number[3:]}")
    handset.locator("form", has=handset.locator("[name=code]")).get_by_role("button").click()
    payroll.reaches(action["id"], "committed")
    events = payroll.events(action["id"])
    assert events.count("prompt.accepted") == 1
    assert events.count("challenge.answered") == 1


def ask_at_the_desk(handset: Page, product: Product, action_id: str) -> None:
    """Another browser of the same person: no number can be typed there, a prompt can be sent."""
    secret = next(each for each in handset.context.cookies() if each["name"] == "holdfast-browser")
    assert secret["httpOnly"]
    assert "holdfast" not in handset.evaluate("document.cookie")
    assert handset.context.browser is not None
    context = handset.context.browser.new_context()
    desk = context.new_page()
    sign_in(desk, product)
    desk.goto(f"{product.url}/requests/{action_id}/verify/push/")
    expect(desk.locator("[name=code]")).to_have_count(0)
    desk.locator(f"form[action$='{action_id}/prompt/'] button").click()
    expect(desk.locator("main [role=status]").first).to_be_visible()
    expect(desk.locator("[name=code]")).to_have_count(0)
    context.close()


def test_u4_the_worker_makes_something_of_a_message_it_cannot_read(
    handset: Page, product: Product
) -> None:
    codes = product.codes(WHO)["backup_codes"]
    add_prompts(handset, product, codes[-2])
    deliver(handset, product, "not what we send")
    shown = wait_for(lambda: handset.evaluate(SHOWN), "something is shown", 10)
    assert shown[0]["url"] == "/"
