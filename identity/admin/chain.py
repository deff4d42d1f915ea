"""The chain of the record as an auditor looks at it: how it stands, how to verify it (F27)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse

from config.lifecycle import read_clock
from identity.admin.panels import Bullets, Cell, Facts, Page, Words
from identity.admin.plain_page import show_page
from identity.admin.reading import moment
from identity.admin.tags import Tag
from identity.audit.state import ALARM, AuditState, audit_state
from identity.messages import say
from identity.messages.audit import finding_in_words
from identity.messages.times import lasting

READERS = "identity.view_event"


def chain_view(request: HttpRequest, frame: dict[str, object]) -> HttpResponse:
    """The page in the console's `frame`, only to be read. Raises PermissionDenied."""
    return show_page(request, frame, READERS, lambda: page_of_chain(read_clock()))


def page_of_chain(now: datetime) -> Page:
    """How the chain stands at `now`, what is wrong with it first."""
    state = audit_state(now)
    wrong = [finding_in_words(each) for each in (state.finding, state.verify_finding) if each]
    return Page(
        title=say("console.chain.heading"),
        lede=say("console.chain.lede"),
        first=(Bullets(say("console.chain.found"), list(dict.fromkeys(wrong))),) if wrong else (),
        main=(
            Facts(
                say("console.chain.state"),
                [
                    (say("console.chain.links"), f"{state.links:,}"),
                    (say("console.chain.last"), _moment(state.last_linked_at)),
                    (say("console.chain.waiting"), _waiting(state)),
                    (say("console.chain.checkpoint"), _checkpoint(state)),
                    (say("console.chain.vouched"), f"{state.checkpoint_seq:,}"),
                    (say("console.chain.verified"), _verified(state)),
                    (say("console.chain.verified.at"), _moment(state.verified_at)),
                ],
            ),
            Bullets(
                say("console.chain.proves"),
                [say("console.chain.proves.late"), say("console.chain.proves.last")],
            ),
        ),
        aside=(
            Words(
                say("console.chain.how"),
                [say(f"console.chain.how.{part}") for part in ("command", "outside", "key")],
            ),
        ),
    )


def chain_alarm(now: datetime) -> str:
    """The sentence for the home page when somebody has to look at the chain; empty for none."""
    state = audit_state(now)
    late = ALARM.total_seconds()
    finding = state.finding or state.verify_finding
    if finding and finding["kind"] != "no_checkpoint":
        return say("console.home.chain.wrong", why=finding_in_words(finding))
    if state.checkpoint_age is None:
        return say("console.home.chain.never") if state.links or state.finding else ""
    if state.checkpoint_age > late:
        return say("console.home.chain.late", age=_span(state.checkpoint_age))
    if (state.oldest_unlinked_age or 0) > late:
        return say("console.home.chain.unlinked", age=_span(state.oldest_unlinked_age or 0))
    return ""


def _moment(at: datetime | None) -> Cell:
    return None if at is None else f"{moment(at)}:{at:%S}"


def _waiting(state: AuditState) -> Cell:
    if not state.unlinked or state.oldest_unlinked_age is None:
        return say("console.chain.waiting.nothing")
    age = _span(state.oldest_unlinked_age)
    text = say("console.chain.waiting.since", count=f"{state.unlinked:,}", age=age)
    late = state.oldest_unlinked_age > ALARM.total_seconds()
    return Tag(text, "care", "schedule") if late else text


def _checkpoint(state: AuditState) -> Cell:
    if state.checkpoint_age is None:
        return Tag(say("console.chain.checkpoint.never"), "stop", "warning")
    text = say("console.chain.checkpoint.ago", age=_span(state.checkpoint_age))
    return _held(text, state.checkpoint_age <= ALARM.total_seconds())


def _verified(state: AuditState) -> Cell:
    if state.verified_at is None:
        return say("console.chain.verified.never")
    which = "holds" if state.verify_holds else "not"
    return _held(say(f"console.chain.verified.{which}"), state.verify_holds)


def _held(text: str, holds: bool) -> Tag:
    return Tag(text, "done", "check_circle") if holds else Tag(text, "stop", "warning")


def _span(seconds: float) -> str:
    return lasting(timedelta(seconds=seconds))
