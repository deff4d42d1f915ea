"""`make screenshots`: pictures of the running product, taken anew into `docs/screenshots/`.

Starts a product of its own on a fresh state directory, lives through the beginning of the payout
story, and looks at the pages as the people do.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.live.outside import ROOT, Payroll, Product, close_clients

INTO = Path(__file__).parent / "screenshots"
WIDE: dict[str, Any] = {"viewport": {"width": 1200, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
CONSOLE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def main() -> None:
    """Take them all."""
    state = ROOT / "var" / "screenshots"
    shutil.rmtree(state, ignore_errors=True)
    product = Product(state)
    product.start()
    try:
        INTO.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take(product, browser)
            browser.close()
    finally:
        close_clients()
        product.stop()
        shutil.rmtree(state, ignore_errors=True)


def take(product: Product, browser: Browser) -> None:
    """Ask for everybody, then look."""
    payroll = Payroll(product.url)
    context = {"country": "PT", "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}
    asked = {
        name: payroll.ask(name, session=f"payroll-{name}", device=f"{name}-phone", context=context)
        for name in ("avery", "tess", "sam", "noor", "kai", "riley")
    }
    sam = signed_in(product, browser, "sam", WIDE)
    shot(sam, f"{product.url}/", "requests")
    shot(sam, f"{product.url}/requests/{asked['sam']['id']}/", "request")
    shot(sam, f"{product.url}/requests/{asked['sam']['id']}/verify/totp/", "verify")
    shot(sam, f"{product.url}/presence/", "presence")
    shot(sam, f"{product.url}/account/consents/", "consents")
    shot(sam, f"{product.url}/factors/", "factors")
    shot(sam, f"{product.url}/status/", "status")
    noor = signed_in(product, browser, "noor", PHONE)
    shot(noor, f"{product.url}/requests/{asked['noor']['id']}/", "request-phone-dark")
    riley = signed_in(product, browser, "riley", WIDE)
    shot(riley, f"{product.url}/requests/{asked['riley']['id']}/", "request-blocked")

    officer = signed_in(product, browser, "security1", CONSOLE)
    officer.locator("[name=code]").fill(product.codes("security1")["totp"])
    officer.locator("main form button").first.click()
    console = f"{product.url}/admin"
    shot(officer, f"{console}/", "console")
    shot(officer, f"{console}/identity/action/", "console-requests")
    shot(officer, f"{console}/identity/action/{asked['riley']['id']}/change/", "console-request")
    officer.goto(f"{console}/fallbacks/escalation/")
    officer.locator("#result_list tbody a").first.click()
    shot(officer, officer.url, "console-escalation")

    policy = f"{console}/identity/policyversion"
    shot(officer, f"{policy}/trust/", "console-trust")
    officer.goto(f"{policy}/draft/")
    officer.get_by_role("button", name="Start with the matrix").click()
    shot(officer, officer.url, "console-matrix")

    visitor = browser.new_context(**WIDE).new_page()
    visitor.goto(product.payroll_url)
    visitor.get_by_role("button", name="Noor").click()
    pay = visitor.url
    visitor.locator("#account").fill("GB29 NWBK 6016 1331 9268 19")
    visitor.locator("form.card", has=visitor.locator("#account")).get_by_role("button").click()
    shot(visitor, pay, "payroll")


def signed_in(product: Product, browser: Browser, name: str, how: dict[str, Any]) -> Page:
    """Somebody's browser, past the password."""
    page = browser.new_context(**how).new_page()
    page.goto(f"{product.url}/sign-in/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(product.codes(name)["password"])
    page.locator("main form button").first.click()
    return page


def shot(page: Page, address: str, name: str) -> None:
    """The top of the page, as it stands when nothing loads any more."""
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=INTO / f"{name}.png")


if __name__ == "__main__":
    main()
