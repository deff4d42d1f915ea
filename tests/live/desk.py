"""A person at Chromium with a virtual security key plugged in (Chrome DevTools: WebAuthn)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import CDPSession, Page, expect

PASSWORD = "a-long-enough-pass-phrase"


@dataclass
class Desk:
    """A person at a browser that has a key plugged in."""

    page: Page
    home: str
    """Where keys work: localhost, never a bare address."""
    cdp: CDPSession
    key: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)
    """The forms that the script sent, as a thief on the wire would have them."""

    def plug_in(self, *, resident: bool = True, verifies: bool = True, **more: Any) -> None:
        """Another virtual key, in place of the one before."""
        if self.key:
            self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": resident,
            "hasUserVerification": verifies,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
            **more,
        }
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.key = made["authenticatorId"]

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """At the sign-in page."""
        self.page.goto(f"{self.home}/sign-in/")
        self.page.locator("[name=username]").fill(name)
        self.page.locator("[name=password]").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def ask_to_add(self, name: str) -> None:
        """The form that begins it."""
        self.page.goto(f"{self.home}/factors/")
        self.page.locator("#id-key-name").fill(name)
        self.page.locator("form:has(#id-key-name) button").click()

    def begin(self, name: str, *, first: bool = True) -> None:
        """To the page that asks for a new key; the key there is proves it, unless it is the
        first."""
        self.ask_to_add(name)
        if not first:
            self.answer()
        expect(self.page.locator("[data-key=create]")).to_be_visible()

    def remove(self, name: str) -> None:
        """Take a way away; the key that is plugged in proves it."""
        self.page.goto(f"{self.home}/factors/")
        row = self.page.locator("li", has=self.page.locator("h3", has_text=name))
        row.locator("button").click()
        asked = self.page.locator("[data-key=get]")
        other = self.page.locator("a[href$='proof/security_key/']")
        expect(asked.or_(other).first).to_be_visible()
        if not asked.count():
            other.click()
        self.answer()
        self.page.wait_for_url("**/factors/")

    def answer(self) -> None:
        """Press the button that asks the key."""
        self.page.locator("[data-key] button").click()

    def add(self, name: str = "Key ring") -> None:
        """Register the key that is plugged in."""
        self.begin(name)
        self.answer()
        expect(self.page.locator("main h3", has_text=name).first).to_be_visible()

    def unverified(self) -> None:
        """Make the page ask for less than the server wants."""
        self.page.evaluate(
            """() => {
                const form = document.querySelector("[data-key]");
                for (const name of ["create", "get"]) {
                    const ask = navigator.credentials[name].bind(navigator.credentials);
                    navigator.credentials[name] = ({ publicKey }) => {
                        publicKey.userVerification = "discouraged";
                        if (publicKey.authenticatorSelection)
                            publicKey.authenticatorSelection.userVerification = "discouraged";
                        return ask({ publicKey });
                    };
                }
            }"""
        )

    def verify(self, action: str) -> None:
        """To the page that asks the key for a request."""
        self.page.goto(f"{self.home}/requests/{action}/verify/security_key/")

    def keys(self) -> int:
        """How many ways the person has."""
        self.page.goto(f"{self.home}/factors/")
        return self.page.locator("section[aria-labelledby=yours] li").count()

    def replay(self, number: int, address: str) -> int:
        """Send a form once more, by raw HTTP and with the cookies of the same session."""
        cookies = {each["name"]: each["value"] for each in self.page.context.cookies()}
        page = httpx.get(self.home + "/factors/", cookies=cookies).text
        token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        form = {**self.sent[number], "csrfmiddlewaretoken": token}
        return httpx.post(self.home + address, data=form, cookies=cookies).status_code


def token_on(page: str) -> str:
    """The token of the page's forms."""
    return page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
