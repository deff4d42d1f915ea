"""Messages to people that were put aside: read, understood, sent again (F34, F24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote

from config.lifecycle import read_clock
from fallbacks.channels.sending import send_due
from fallbacks.contacts import Kind
from fallbacks.machines import MessageStatus
from fallbacks.models import OutboundMessage
from identity.admin.put_aside import why_of
from identity.messages import has, say
from identity.models import Event, User
from identity.notices import notify_security
from tests.channels.conftest import sink
from tests.channels.outside import Sink
from tests.channels.sent import NUMBER, reached
from tests.console.conftest import Colleague, has_text, says

__all__ = ["sink"]
pytestmark = pytest.mark.django_db

Staff = Callable[[str], Colleague]
LIST = "fallbacks/outboundmessage/"


def put_aside(name: str = "sam", answer: str = "smtp_451", **more: object) -> OutboundMessage:
    now = read_clock()
    fields = {"channel": "email", "kind": "notice", "urgency": "notice", **more}
    return OutboundMessage.objects.create(
        subject=User.objects.get(username=name),
        status=MessageStatus.QUARANTINED,
        attempts=5,
        last_answer=answer,
        created_at=now - timedelta(hours=2),
        ended_at=now,
        **fields,
    )


def page_of(message: OutboundMessage, act: str = "change") -> str:
    return f"{LIST}{quote(str(message.pk))}/{act}/"


def test_f34_staff_read_what_lies_there_and_why(demo: None, staff: Staff) -> None:
    robin = staff("security1")
    assert says(robin.get(LIST), "console.put_aside.empty")
    assert not says(robin.get(""), "console.home.put_aside", count=1)
    message = put_aside()
    OutboundMessage.objects.create(
        subject=message.subject, channel="email", kind="link", urgency="asked", status="sent",
        created_at=read_clock(), ended_at=read_clock(),
    )  # fmt: skip
    assert says(robin.get(""), "console.home.put_aside", count=1)
    page = robin.get(LIST)
    assert says(page, "console.put_aside.lede")
    assert says(page, "console.put_aside.why.smtp", number="451")
    assert says(page, "console.put_aside.kind.notice")
    assert has_text(page, str(message))
    assert not says(page, "console.put_aside.kind.link"), "what was sent is not listed"
    detail = robin.get(page_of(message))
    assert says(detail, "console.put_aside.why.smtp", number="451")
    assert has_text(detail, "smtp_451")
    assert says(robin.get(LIST, q="nobody"), "console.list.no_match")
    assert has_text(robin.get(LIST, q=str(message)), f"{message.pk}")


def test_p6_no_address_is_read_in_full(demo: None, staff: Staff) -> None:
    contact = reached("sam", Kind.SMS)
    message = put_aside(channel="sms", kind="code", contact=contact, about="about-no-one")
    for page in (staff("support1").get(LIST), staff("support1").get(page_of(message))):
        assert page.status_code == 200
        assert not has_text(page, NUMBER)
        assert not has_text(page, "about-no-one")
    assert has_text(staff("support1").get(page_of(message)), NUMBER[-2:])


def test_f34_it_is_sent_again_under_its_id_and_goes_out(
    demo: None, sink: Sink, staff: Staff
) -> None:
    sam = User.objects.get(username="sam")
    notify_security(sam, "factor_enrol", {"factor": "totp", "name": "Phone"})
    message = OutboundMessage.objects.get(subject=sam)
    OutboundMessage.objects.filter(pk=message.pk).update(
        status="quarantined", attempts=5, ended_at=read_clock(), last_answer="timed_out"
    )
    robin = staff("security1")
    assert has_text(robin.get(page_of(message)), "/send_message_again/")
    answer = robin.post(page_of(message, "send_message_again"))
    assert answer.status_code == 302
    message.refresh_from_db()
    assert (message.status, message.attempts, message.ended_at) == ("pending", 0, None)
    assert Event.objects.get(name="message.resent").actor == "security1"
    page = robin.get(page_of(message))
    assert says(page, "console.message.pending")
    assert not has_text(page, "/send_message_again/")
    send_due()
    message.refresh_from_db()
    assert message.status == "sent"
    assert str(message.pk) in str(sink.last().message["Message-ID"])
    twice = robin.post(page_of(message, "send_message_again"))
    assert twice.status_code == 409
    assert len(sink.letters) == 1


def test_f11_what_is_over_is_not_offered(demo: None, staff: Staff) -> None:
    message = put_aside(kind="link", expires_at=read_clock() - timedelta(minutes=1))
    page = staff("security1").get(page_of(message))
    assert says(page, "console.put_aside.too_late")
    assert not has_text(page, "/send_message_again/")


@pytest.mark.parametrize(
    ("name", "reads", "sends"),
    [
        ("support1", True, False),
        ("security1", True, True),
        ("auditor1", True, False),
        ("compliance1", False, False),
        ("product1", False, False),
        ("legal1", False, False),
        ("admin", True, True),
    ],
)
def test_f24_who_may_read_and_who_may_send(
    demo: None, staff: Staff, name: str, reads: bool, sends: bool
) -> None:
    message, colleague = put_aside(), staff(name)
    for address in (LIST, page_of(message)):
        assert colleague.get(address).status_code == (200 if reads else 403)
    assert says(colleague.get(""), "console.home.put_aside", count=1) is reads
    assert colleague.get(page_of(message, "send_message_again")).status_code == (
        302 if sends else 403
    )
    message.refresh_from_db()
    assert message.status == "quarantined", "GET does nothing"
    answer = colleague.post(page_of(message, "send_message_again"))
    assert answer.status_code == (302 if sends else 403)
    message.refresh_from_db()
    assert message.status == ("pending" if sends else "quarantined")


@pytest.mark.parametrize(
    ("answer", "message_id", "number"),
    [
        ("smtp_451", "console.put_aside.why.smtp", "451"),
        ("http_503", "console.put_aside.why.http", "503"),
        ("smtp_login", "console.put_aside.why.smtp_login", ""),
        ("timed_out", "console.put_aside.why.timed_out", ""),
        ("unreachable", "console.put_aside.why.unreachable", ""),
        ("no_room", "console.put_aside.why.no_room", ""),
        ("wordless", "console.put_aside.why.wordless", ""),
        ("broken", "console.put_aside.why.broken", ""),
        ("no_answer", "console.put_aside.why.no_answer", ""),
        ("", "console.put_aside.why", ""),
        ("smtp_", "console.put_aside.why", ""),
        ("new_word", "console.put_aside.why", ""),
    ],
)
def test_f34_every_answer_has_words(answer: str, message_id: str, number: str) -> None:
    assert has(message_id)
    assert why_of(answer) == say(message_id, number=number)
