"""E-mail by a real SMTP server: taken once, tried again, given up, never hanging."""

from __future__ import annotations

import socket
import threading
import uuid
from pathlib import Path

import pytest
from django.conf import LazySettings

from config.reaching import Mail
from fallbacks.channels import mail
from fallbacks.channels.adapters import Adapter, Outgoing, TransportError
from tests.channels.outside import Hanging, Sink, smtp_at


def outgoing(to: str = "avery@harbour.example", **more: str) -> Outgoing:
    """A mail."""
    words = {"subject": "Hello", "text": "Plain\n", "html": "<p>Marked up</p>", **more}
    return Outgoing(id=str(uuid.uuid4()), to=to, **words)


def adapter() -> Adapter:
    """The one that the settings name."""
    found = mail.adapter()
    assert found is not None
    return found


def test_f1_a_mail_arrives_with_both_its_parts_and_a_stable_id(sink: Sink) -> None:
    message = outgoing(subject="Grüße – “quoted”")
    assert adapter().send(message).code == "accepted"
    letter = sink.last()
    assert letter.recipients == ["avery@harbour.example"]
    assert letter.message["subject"] == "Grüße – “quoted”"
    assert letter.message["message-id"].startswith(f"<{message.id}@")
    assert letter.message["auto-submitted"] == "auto-generated"
    assert letter.text.strip() == "Plain"
    assert "Marked up" in letter.html


ANSWERS = [
    # the server's answer, permanent, does it speak about the channel
    ("450 4.2.0 mailbox busy", False, False),
    ("451 4.7.1 greylisted, come again", False, False),
    ("452 4.2.2 mailbox full", False, False),
    ("421 4.3.2 closing", False, True),
    ("550 5.1.1 no such mailbox", True, False),
    ("553 5.1.3 bad mailbox name", True, False),
]


@pytest.mark.parametrize("stage", ["at_recipient", "at_data"])
@pytest.mark.parametrize(("answer", "permanent", "down"), ANSWERS)
def test_f1_what_a_server_says_is_understood(
    sink: Sink, stage: str, answer: str, permanent: bool, down: bool
) -> None:
    getattr(sink, stage).append(answer)
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert (refusal.value.permanent, refusal.value.channel_down) == (permanent, down)
    assert refusal.value.code == f"smtp_{answer[:3]}"
    assert sink.letters == []


@pytest.mark.parametrize("goodbye", ["421 closing", "500 what", "nonsense"])
def test_f1_a_goodbye_that_goes_wrong_is_not_a_mail_that_went_wrong(
    sink: Sink, goodbye: str
) -> None:
    sink.at_quit.append(goodbye)
    assert adapter().send(outgoing()).code == "accepted"
    assert len(sink.letters) == 1


def test_f1_a_server_that_never_answers_is_given_up(
    hanging: Hanging, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TRY_SECONDS", 0.2)
    settings.MAIL = smtp_at(hanging.port)
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert refusal.value.channel_down
    assert not refusal.value.permanent


def test_f1_a_server_that_says_a_byte_now_and_then_is_given_up(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within the time of a step; only the time of the whole ends it."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            while not over.wait(0.05):
                try:
                    connection.sendall(b"2")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    monkeypatch.setattr(mail, "WHOLE_SECONDS", 0.5)
    settings.MAIL = smtp_at(server.getsockname()[1])
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert refusal.value.channel_down
    over.set()
    thread.join()
    server.close()


def test_f1_nobody_there_is_the_channel(settings: LazySettings) -> None:
    settings.MAIL = smtp_at(1)
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing())
    assert (refusal.value.code, refusal.value.channel_down) == ("unreachable", True)


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nc@d.example", "not an address"]
)
def test_f14_an_address_with_more_in_it_goes_nowhere(sink: Sink, to: str) -> None:
    with pytest.raises(TransportError) as refusal:
        adapter().send(outgoing(to))
    assert refusal.value.permanent
    assert sink.letters == []


def test_mail_into_files_for_trying_out(settings: LazySettings, tmp_path: Path) -> None:
    settings.MAIL = Mail("file", {"place": str(tmp_path / "mail")})
    message = outgoing()
    for _ in range(2):
        assert adapter().send(message).code == "written"
    files = list((tmp_path / "mail").iterdir())
    assert [path.name for path in files] == [f"{message.id}.eml"]
    assert files[0].stat().st_mode & 0o077 == 0
    settings.MAIL = None
    assert mail.adapter() is None
