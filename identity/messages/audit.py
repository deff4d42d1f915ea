"""The record and what vouches for it, in words for those who audit it.

Facts: `event` (its number), `seq` (its place in the chain), `other`, `last`, `count`, `age`, `at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from identity.messages.catalogue import say

if TYPE_CHECKING:
    from identity.audit.walk import Finding

MESSAGES: dict[str, str] = {
    # what a verification finds first
    "audit.found.head_cut": "The head is cut off: the chain begins at place {first} and not at 1.",
    "audit.found.tail_cut": "The tail is cut off: the chain ends at place {seq}, and a checkpoint "
    "vouches for place {other}.",
    "audit.found.cut": "Links are gone: places {seq} to {other} are missing.",
    "audit.found.deleted": "Event {event} was deleted. Its link stands at place {seq}.",
    "audit.found.edited": "Event {event} was edited, or its link was. It stands at place {seq}.",
    "audit.found.swapped": "Events {event} and {other} were swapped. The first stands at place "
    "{seq}.",
    "audit.found.rewritten": "The chain was rewritten: up to place {seq} it agrees with itself, "
    "and not with the checkpoint for that place.",
    "audit.found.forgotten_untold": "Somebody was removed from the record without an erasure: "
    "event {event} at place {seq} is the first without a name.",
    "audit.found.never_linked": "{other} events were kept out of the chain. The first is event "
    "{event}.",
    "audit.found.checkpoint": "Line {other} of the checkpoints is not what was signed, or does not "
    "follow the line before.",
    "audit.found.no_checkpoint": "No checkpoint vouches for the chain. It agrees with itself, but "
    "nothing shows that it is all there.",
    # the command
    "audit.verifying": "Verifying",
    "audit.waiting": "{count} events wait to be linked; they are not vouched for yet.",
    "audit.waiting.one": "1 event waits to be linked; it is not vouched for yet.",
    "audit.walked": "{links} links were walked, each with its event.",
    "audit.forgotten": "{count} people in it were erased. That is recorded.",
    "audit.forgotten.one": "1 person in it was erased. That is recorded.",
    "audit.checkpoints": "{lines} checkpoints vouch up to place {up_to}.",
    "audit.restored": "{count} times the database was put back to an earlier state on purpose: "
    "what came after was lost and is not vouched for.",
    "audit.restored.one": "Once the database was put back to an earlier state on purpose: what "
    "came after was lost and is not vouched for.",
    "audit.no_directory": "There are no checkpoints: {directory} is not there or cannot be read.",
    "audit.holds": "The record holds.",
    "audit.signed": "Signed. The checkpoint vouches for {links} links.",
    "audit.not_signed": "Not signed. {why}",
    "audit.ledger.unreadable": "Line {line} of the ledger of erasures is not what was signed. "
    "Nobody was erased by it.",
    "audit.ledger.stranger": "Line {line} of the ledger is about somebody else than this database "
    "has under that number. Nobody was erased by it.",
    "audit.ledger.replayed": "{count} people of the ledger were here again and are erased.",
    "audit.ledger.replayed.one": "1 person of the ledger was here again and is erased.",
    "audit.ledger.replayed.none": "Nobody of the ledger is here any more.",
    # the console
    "console.chain.heading": "Chain of the record",
    "console.chain.lede": "Every event is linked to the one before. The end of the chain is signed "
    "every minute and kept outside the database, so a change to the record shows.",
    "console.chain.state": "How it stands",
    "console.chain.links": "Links",
    "console.chain.last": "Last event linked",
    "console.chain.waiting": "Events still to be linked",
    "console.chain.waiting.since": "{count}, the oldest for {age}",
    "console.chain.waiting.nothing": "None",
    "console.chain.checkpoint": "Last checkpoint",
    "console.chain.checkpoint.ago": "{age} ago",
    "console.chain.checkpoint.never": "Never",
    "console.chain.vouched": "Vouched for up to place",
    "console.chain.verified": "Last verification",
    "console.chain.verified.never": "Never",
    "console.chain.verified.holds": "Held",
    "console.chain.verified.not": "Did not hold",
    "console.chain.verified.at": "Verified at",
    "console.chain.found": "What is wrong",
    "console.chain.how": "How to verify",
    "console.chain.how.command": "Run “manage.py audit verify” where the checkpoints are. It walks "
    "the whole record and names the first event that is not as it was.",
    "console.chain.how.outside": "Do not trust this page alone: whoever changes the record can "
    "change what stands here. Keep a copy of the checkpoints that nobody here can write.",
    "console.chain.how.key": "“manage.py audit key” prints the public key. Any JOSE tool checks a "
    "checkpoint with it.",
    "console.chain.proves": "What it does not show",
    "console.chain.proves.late": "An event that is deleted within seconds, before it is linked, "
    "leaves no trace here.",
    "console.chain.proves.last": "What came after the last checkpoint can still be rewritten by "
    "whoever owns the database.",
    "console.chain.open": "Look at the chain",
    "console.home.chain.late": "No checkpoint of the record for {age}. Until there is one, a "
    "change to the newest events would not show. Check that worker and beat are running and that "
    "the directory of checkpoints is there.",
    "console.home.chain.never": "No checkpoint of the record has ever been written. Check that "
    "worker and beat are running and that the directory of checkpoints is there.",
    "console.home.chain.unlinked": "Events have waited for {age} to be linked into the record’s "
    "chain. Check that worker and beat are running.",
    "console.home.chain.wrong": "The record is not as it was. {why} Leave everything as it is and "
    "tell the security staff.",
    # erasure
    "erasure.erased": "Erased. Open requests were cancelled, and the applications are told.",
    "erasure.other_name": "The two names are not the same. Nobody was erased.",
    "error.erasure_must_wait.title": "Something is still under way",
    "error.erasure_must_wait.detail": "A request of this person is being carried out or can still "
    "be undone. Nobody was erased. Try again when it is over.",
    "error.not_erasable.title": "This is a member of staff",
    "error.not_erasable.detail": "Nobody was erased. Take their role away first.",
    "error.no_ledger.title": "The ledger of erasures is out of reach",
    "error.no_ledger.detail": "Nobody was erased: a restored backup would bring them back. Check "
    "the directory of checkpoints, then try again.",
    "audit.ledger.must_wait": "The person of line {line} cannot be erased yet: something is still "
    "under way for them. Try again when it is over.",
    # the vocabulary
    "event.person.erased": "Somebody was erased. Their name was removed from the record.",
}


def finding_in_words(finding: Finding | Mapping[str, Any]) -> str:
    """What is wrong, in one sentence; a finding or what is stored of one."""
    if not isinstance(finding, Mapping):
        finding = {
            "kind": finding.kind,
            "seq": finding.seq,
            "event_id": finding.event_id,
            "other": finding.other,
        }
    numbers = {name: f"{finding[name]:,}" for name in ("seq", "other")}
    return say(
        f"audit.found.{finding['kind']}",
        event=str(finding["event_id"]),
        first=f"{finding['other'] + 1:,}",
        **numbers,
    )
