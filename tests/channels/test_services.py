"""Mail and texts by the services that EMAIL_URL and SMS_URL can name, over HTTP on loopback."""

from __future__ import annotations

import base64
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.conf import LazySettings

from config.reaching import Mail, mail_of, texts_of
from fallbacks.channels import mail, texts
from fallbacks.channels.adapters import Outgoing, TransportError
from tests.channels.outside import Gateway, Hanging

INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive "
    "addresses: avery@harbour.example. Inactive recipients are ones that have generated a hard "
    "bounce, a spam complaint, or a manual suppression."
)
KEY, SECRET, CODE = "key-7f3a91", "sec-55d0c2", "804217"


@dataclass(frozen=True)
class Service:
    """One provider as its documentation has it: where, how we show our key, its yes."""

    address: str
    path: str
    key_header: str
    key_value: str
    yes: tuple[int, str]


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


SERVICES = {
    "brevo": Service(
        f"brevo://{KEY}@", "/smtp/email", "api-key", KEY, (201, '{"messageId": "<1@b>"}')
    ),
    "mailgun": Service(
        f"mailgun://{KEY}@mg.harbour.example",
        "/mg.harbour.example/messages",
        "Authorization",
        basic("api", KEY),
        (200, '{"id": "<1@m>", "message": "Queued. Thank you."}'),
    ),
    "mailjet": Service(
        f"mailjet://{KEY}:{SECRET}@",
        "/send",
        "Authorization",
        basic(KEY, SECRET),
        (
            200,
            '{"Messages": [{"Status": "success",'
            ' "To": [{"Email": "avery@harbour.example", "MessageID": 1}]}]}',
        ),
    ),
    "postmark": Service(
        f"postmark://{KEY}@",
        "/email",
        "X-Postmark-Server-Token",
        KEY,
        (200, '{"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "avery@harbour.example"}'),
    ),
    "resend": Service(
        f"resend://{KEY}@", "/emails", "Authorization", f"Bearer {KEY}", (200, '{"id": "1"}')
    ),
}


@dataclass
class Provider:
    """A provider in a thread. `answers` are given in turn, then its yes."""

    service: Service
    url: str = ""
    answers: list[tuple[int, str]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def provider_of(service: Service) -> Iterator[Provider]:
    found = Provider(service)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            found.seen.append({"path": self.path, "headers": self.headers, "body": body})
            status, text = found.answers.pop(0) if found.answers else service.yes
            self.send_response(status)
            if status in (302, 307):
                self.send_header("location", f"{found.url}/elsewhere")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            found.seen.append({"path": self.path, "headers": self.headers, "body": ""})
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use(settings: LazySettings, service: Service, url: str) -> None:
    """What EMAIL_URL says, with the provider on loopback in the place of the real one."""
    said = mail_of(service.address, Path("/nowhere"))
    settings.MAIL = Mail(said.way, {**said.options, "api_url": url})


@pytest.fixture(params=SERVICES)
def provider(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[Provider]:
    with provider_of(SERVICES[request.param]) as found:
        use(settings, found.service, found.url)
        yield found


def outgoing() -> Outgoing:
    return Outgoing(
        id=str(uuid.uuid4()),
        to="avery@harbour.example",
        subject="A code",
        text=f"Your code is {CODE}\n",
        html=f"<p>Your code is {CODE}</p>",
    )


def send(message: Outgoing) -> str:
    adapter = mail.adapter()
    assert adapter is not None
    return adapter.send(message).code


def test_f1_a_mail_is_handed_over_as_the_service_documents_it(provider: Provider) -> None:
    message = outgoing()
    assert send(message) == "accepted"
    [got] = provider.seen
    assert got["path"] == provider.service.path
    assert got["headers"][provider.service.key_header] == provider.service.key_value
    for part in (message.to, message.subject, CODE, message.id):
        assert part in unquote_plus(got["body"]), part


ANSWERS = [
    # status, permanent, does it speak about the channel
    (400, True, False),
    (422, True, False),
    (413, True, False),
    (401, False, True),  # our key
    (403, False, True),
    (429, False, True),
    (500, False, True),
    (503, False, True),
]


@pytest.mark.parametrize(("status", "permanent", "down"), ANSWERS)
def test_f1_what_a_service_says_is_understood_and_told_nobody(
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    status: int,
    permanent: bool,
    down: bool,
) -> None:
    provider.answers.append((status, json.dumps({"message": f"no {CODE} for {KEY}"})))
    with caplog.at_level(logging.DEBUG), pytest.raises(TransportError) as refusal:
        send(outgoing())
    found = refusal.value
    assert (found.code, found.permanent, found.channel_down) == (f"http_{status}", permanent, down)
    assert str(found) == f"http_{status}"
    assert len(provider.seen) == 1
    for secret in (KEY, SECRET, CODE, "avery@harbour.example"):
        assert secret not in caplog.text


def test_f1_a_yes_that_nobody_understands_causes_no_second_mail(provider: Provider) -> None:
    provider.answers.append((provider.service.yes[0], "{"))
    assert send(outgoing()) == "accepted"


def test_f1_an_address_that_the_service_gave_up_is_permanent(settings: LazySettings) -> None:
    with provider_of(SERVICES["postmark"]) as found:
        use(settings, found.service, found.url)
        body = {"ErrorCode": 406, "Message": INACTIVE}
        found.answers.append((422, json.dumps(body)))
        with pytest.raises(TransportError) as refusal:
            send(outgoing())
    assert refusal.value.permanent
    assert not refusal.value.channel_down


@pytest.mark.parametrize("status", [302, 307])
def test_f1_a_redirect_is_not_followed_with_our_key(provider: Provider, status: int) -> None:
    provider.answers.append((status, ""))
    with pytest.raises(TransportError) as refusal:
        send(outgoing())
    assert (refusal.value.permanent, refusal.value.channel_down) == (False, True)
    assert [each["path"] for each in provider.seen] == [provider.service.path]


@pytest.mark.parametrize("name", SERVICES)
def test_f1_a_service_that_never_answers_is_given_up(
    hanging: Hanging, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(mail, "TRY_SECONDS", 0.2)
    use(settings, SERVICES[name], f"http://127.0.0.1:{hanging.port}")
    with pytest.raises(TransportError) as refusal:
        send(outgoing())
    assert (refusal.value.code, refusal.value.channel_down) == ("timed_out", True)


def test_f1_nobody_there_is_the_channel(settings: LazySettings) -> None:
    with provider_of(SERVICES["resend"]) as found:
        use(settings, found.service, found.url)
    with pytest.raises(TransportError) as refusal:
        send(outgoing())
    assert (refusal.value.code, refusal.value.channel_down) == ("unreachable", True)


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (401, False), (429, False), (503, False)]
)
def test_f1_texts_by_configuration_and_no_secret_in_the_log(
    gateway: Gateway,
    settings: LazySettings,
    caplog: pytest.LogCaptureFixture,
    status: int,
    permanent: bool,
) -> None:
    settings.TEXTS = texts_of(
        f"twilio+http://AC9:{SECRET}@127.0.0.1:{gateway.port}?from=%2B351910000000", Path()
    )
    adapter = texts.adapter()
    assert adapter is not None
    message = Outgoing(id="1", to="+351912345678", subject="", text=f"Code {CODE}")
    with caplog.at_level(logging.DEBUG):
        assert adapter.send(message).code == "accepted"
        gateway.answers.append(status)
        with pytest.raises(TransportError) as refusal:
            adapter.send(message)
    assert refusal.value.permanent is permanent
    assert gateway.texts[0]["path"] == "/2010-04-01/Accounts/AC9/Messages.json"
    assert gateway.texts[0]["login"] == basic("AC9", SECRET)
    for secret in (SECRET, basic("AC9", SECRET), CODE, "351912345678"):
        assert secret not in caplog.text
