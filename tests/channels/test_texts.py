"""Text messages by a gateway that speaks Twilio's API."""

from __future__ import annotations

import base64
import socket
import threading
import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings

from config.reaching import Texts
from fallbacks.channels import texts
from fallbacks.channels.adapters import Adapter, Outgoing, TransportError
from tests.channels.outside import Gateway, Hanging


def outgoing() -> Outgoing:
    """A text."""
    return Outgoing(id=str(uuid.uuid4()), to="+351912345678", subject="", text="Grüße 123456")


def adapter() -> Adapter:
    """The one that the settings name."""
    found = texts.adapter()
    assert found is not None
    return found


def test_f1_a_text_arrives_as_the_provider_documents_it(gateway: Gateway) -> None:
    message = outgoing()
    assert adapter().send(message).code == "accepted"
    text = gateway.texts[0]
    assert text["path"] == "/2010-04-01/Accounts/AC1/Messages.json"
    assert (text["To"], text["From"], text["Body"]) == (message.to, "+351910000000", message.text)
    assert text["id"] == message.id
    assert base64.b64decode(text["login"].removeprefix("Basic ")) == b"AC1:secret"


ANSWERS = [
    # status, permanent, does it speak about the channel
    (400, True, False),  # a number that is none
    (404, True, False),
    (422, True, False),
    (401, False, True),  # our key
    (429, False, True),
    (500, False, True),
    (503, False, True),
    (302, False, True),  # a redirect is not followed with our key
]


@pytest.mark.parametrize(("status", "permanent", "down"), ANSWERS)
def test_f1_what_the_gateway_says_is_understood(
    gateway: Gateway, status: int, permanent: bool, down: bool
) -> None:
    gateway.answers.append(status)
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert (refusal.value.permanent, refusal.value.channel_down) == (permanent, down)
    assert len(gateway.seen) == 1


def test_f1_a_body_that_breaks_off_after_the_yes_causes_no_second_text(
    settings: LazySettings,
) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 201 Created\r\ncontent-length: 9999\r\n\r\n{")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    settings.TEXTS = _setting(server.getsockname()[1])
    assert adapter().send(outgoing()).code == "accepted"
    thread.join()
    server.close()


def test_f1_a_gateway_that_never_answers_is_given_up(
    hanging: Hanging, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "TRY_SECONDS", 0.2)
    settings.TEXTS = _setting(hanging.port)
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert (refusal.value.code, refusal.value.channel_down) == ("timed_out", True)


def _setting(port: int) -> Texts:
    options = {
        "base": f"http://127.0.0.1:{port}",
        "account": "AC1",
        "token": "t",
        "sender": "+351910000000",
    }
    return Texts("twilio", options)


def test_texts_into_files_for_trying_out(settings: LazySettings, tmp_path: Path) -> None:
    settings.TEXTS = Texts("file", {"place": str(tmp_path / "texts")})
    message = outgoing()
    assert adapter().send(message).code == "written"
    [path] = (tmp_path / "texts").iterdir()
    assert "123456" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    settings.TEXTS = None
    assert texts.adapter() is None
