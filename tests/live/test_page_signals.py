"""The script in our pages, in real Chromium: told only by consent, and nothing but what it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.live.outside import Payroll, Product, wait_for

pytestmark = pytest.mark.xdist_group("product")

WHO = "product1"
"""Somebody of whom no device tells anything."""
ADDRESS = "/presence/signals/"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    """Signed in, without consent to the script at the start and the end."""
    context = browser.new_context()
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    tab.goto(product.url + "/sign-in/")
    tab.locator("[name=username]").fill(WHO)
    tab.locator("[name=password]").fill(product.codes(WHO)["password"])
    tab.get_by_role("button", name="Sign in").click()
    choose(tab, product, "no")
    yield tab
    context.set_offline(False)
    choose(tab, product, "no")
    context.close()
    assert complaints == []


def choose(page: Page, product: Product, given: str) -> None:
    """Press the button of the script's row, if it does not stand so already."""
    page.goto(product.url + "/presence/")
    row = page.locator("form", has=page.locator("input[value=page_signals]"))
    button = row.locator(f"button[value={given}]")
    if button.count():
        button.click()


def told(page: Page) -> list[str]:
    """The bodies of everything that the page tells from now on."""
    bodies: list[str] = []

    def hear(request: Request) -> None:
        if request.url.endswith(ADDRESS):
            bodies.append(str(request.post_data))

    page.on("request", hear)
    return bodies


@pytest.fixture
def stored(payroll: Payroll) -> Callable[[str], dict[str, Any] | None]:
    """What is stored of a kind, newest first; nothing at first."""
    address = f"/api/v1/subjects/{WHO}/presence/"
    assert payroll.http.delete(address).status_code == 204

    def newest(kind: str) -> dict[str, Any] | None:
        signals = payroll.http.get(address).json()["signals"]
        return next((each for each in signals if each["kind"] == kind), None)

    return newest


def hide(page: Page, hidden: bool) -> None:
    """Put the page into the background, or back; the headless browser has no other windows."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_p6_without_consent_the_page_asks_for_nothing_and_tells_nothing(
    page: Page, product: Product
) -> None:
    bodies, scripts = told(page), []
    page.on("request", lambda request: scripts.append(request.url))
    for address in ("/", "/presence/", "/account/"):
        page.goto(product.url + address)
        hide(page, True)
        hide(page, False)
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.wait_for_timeout(500)
    assert bodies == []
    assert [each for each in scripts if "presence.js" in each] == []


def test_p6_seen_hidden_and_cut_off(
    page: Page, product: Product, stored: Callable[[str], dict[str, Any] | None]
) -> None:
    bodies = told(page)
    choose(page, product, "yes")
    seen = wait_for(lambda: stored("heartbeat"), "the page says that it is seen", 15)
    assert (seen["value"], seen["source"], seen["device"]) == ("foreground", "page", None)

    hide(page, True)
    hidden = wait_for(lambda: _other(stored("heartbeat"), seen), "the page says it is hidden", 15)
    assert hidden["value"] == "background"

    page.context.set_offline(True)
    page.wait_for_timeout(1500)
    assert stored("network") is None
    page.context.set_offline(False)
    back = wait_for(lambda: stored("network"), "the page says that the network is back", 15)
    assert back["value"] == "returned"

    allowed = page.evaluate("Notification.permission")
    permission = stored("permission")
    assert (permission or {}).get("value") == (allowed if allowed != "default" else None)
    fields = {line for body in bodies for line in body.split('name="')[1:]}
    assert {field.split('"')[0] for field in fields} <= {
        "csrfmiddlewaretoken",
        "heartbeat",
        "permission",
        "lost_for",
    }


def test_p6_going_from_page_to_page_is_not_going_away(
    page: Page, product: Product, stored: Callable[[str], dict[str, Any] | None]
) -> None:
    choose(page, product, "yes")
    first = wait_for(lambda: stored("heartbeat"), "the page says that it is seen", 15)
    for address in ("/", "/sessions/", "/factors/"):
        page.goto(product.url + address)
    page.wait_for_timeout(500)
    assert stored("heartbeat") == first


def test_p6_it_ends_with_the_consent(
    page: Page, product: Product, stored: Callable[[str], dict[str, Any] | None]
) -> None:
    choose(page, product, "yes")
    wait_for(lambda: stored("heartbeat"), "the page says that it is seen", 15)
    choose(page, product, "no")
    bodies = told(page)
    page.goto(product.url + "/")
    hide(page, True)
    page.wait_for_timeout(500)
    assert bodies == []


def _other(found: dict[str, Any] | None, than: dict[str, Any]) -> dict[str, Any] | None:
    return found if found is not None and found["id"] != than["id"] else None
