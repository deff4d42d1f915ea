"""The payout story as a person lives it: the example's page, Holdfast's page, real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.live.outside import Product
from tests.live.test_payout_story import iban

pytestmark = pytest.mark.xdist_group("product")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A fresh visitor; whatever the page complains about fails the test."""
    context = browser.new_context(java_script_enabled=request.param == "with JavaScript")
    tab = context.new_page()
    complaints: list[str] = []

    def hear(line: ConsoleMessage) -> None:
        # Chromium calls a form that is shown again with its error (400) a failed resource.
        if line.type == "error" and "status of 400" not in line.text:
            complaints.append(line.text)

    tab.on("console", hear)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert complaints == []


def ask_for_a_payout_change(page: Page, product: Product, person: str) -> None:
    """In the example: be that person and ask for another payout account."""
    page.goto(product.payroll_url)
    page.get_by_role("button", name=person).click()
    page.locator("#account").fill(iban())
    page.locator("form.card", has=page.locator("#account")).get_by_role("button").click()


def sign_in(page: Page, product: Product, name: str) -> None:
    """At Holdfast's sign-in page."""
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(product.codes(name)["password"])
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(("name", "factor"), [("sam", "backup_code"), ("kai", "backup_code")])
def test_s4_away_and_back_again(page: Page, product: Product, name: str, factor: str) -> None:
    ask_for_a_payout_change(page, product, name.title())
    page.get_by_role("link", name="Finish in Holdfast").first.click()
    sign_in(page, product, name)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator(f"a[href$='verify/{factor}/']").first.click()
    page.locator("[name=code]").fill(product.codes(name)["backup_codes"][0])
    page.locator("main form button").first.click()
    expect(page.locator("[data-tone=done]").first).to_be_visible()
    # A plain reload shows the end, with or without JavaScript.
    for _ in range(40):
        page.reload()
        if "Done" in page.title():
            break
        page.wait_for_timeout(250)
    assert page.title().startswith("Done")


def test_f5_a_wrong_code_says_what_to_do_and_keeps_the_request(
    page: Page, product: Product
) -> None:
    ask_for_a_payout_change(page, product, "Noor")
    page.get_by_role("link", name="Finish in Holdfast").first.click()
    sign_in(page, product, "noor")
    page.locator("a[href$='verify/totp/']").first.click()
    address = page.url
    page.locator("[name=code]").fill("12 34")
    response = page.request.get(address)
    assert response.status == 200
    page.locator("main form button").first.click()
    expect(page.locator(".error").first).to_be_visible()
    assert page.title().startswith("Error:")
    expect(page.locator("[name=code]")).to_have_value("12 34")
