"""The chain by itself: whatever is changed in it, the walk names the first place (F27)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.audit.chain import START, Entry, Link, Salt, hash_of, is_blank, link_of
from identity.audit.names import NAMES
from identity.audit.walk import Finding, Kind, Seen, Walk, swapped_with
from tests.audit.events import BEGAN, event_number

PEOPLE = [(1, "ann"), (2, "bob"), (3, "cho")]
SALTS = {key: Salt(UUID(int=1000 + key), bytes([key]) * 32) for key, _ in PEOPLE}
BY_NAME = {name: SALTS[key] for key, name in PEOPLE}
SMALL = 40


def entry(number: int) -> Entry:
    told = event_number(number, PEOPLE)
    about = UUID(told.object_id) if told.kind == "action" else None
    return Entry(
        number + 1,
        told.name,
        told.at,
        told.kind,
        told.object_id,
        told.subject_id,
        about,
        told.from_state,
        told.to_state,
        told.reason,
        told.actor,
        json.loads(json.dumps(dict(told.attributes))),
    )


def chain_of(entries: list[Entry]) -> list[Seen]:
    seen, before = [], START
    for seq, each in enumerate(entries, 1):
        subject = None if each.subject_id is None else SALTS[each.subject_id]
        actor = BY_NAME.get(each.actor)
        link = link_of(seq, before, each, subject, actor)
        seen.append(Seen(link, each, subject and subject.salt, actor and actor.salt))
        before = link.hash
    return seen


def walked(chain: list[Seen], vouched: list[tuple[int, bytes]] | None = None) -> Finding | None:
    walk = Walk(vouched or [])
    for seen in chain:
        found = walk.step(seen)
        if found is not None:
            return found
    return walk.end()


def checkpoints(chain: list[Seen], every: int) -> list[tuple[int, bytes]]:
    return [(seen.link.seq, seen.link.hash) for seen in chain if seen.link.seq % every == 0]


WHOLE = chain_of([entry(number) for number in range(SMALL)])
VOUCHED = checkpoints(WHOLE, 10)
FIRST = "7becf7ff099934d0a33452d818899c11f834a1c0477959075541bf059782502f"
LAST = "cc81ab8e6dda60934075ab0b336ed4187e0b2702afcf3503e3e127f6a79d3a4e"


def other_value(value: Any) -> list[Any]:
    """Values that are not this one, near to it."""
    if value is None:
        return [7, UUID(int=7)]
    if isinstance(value, bool | int):
        return [value + 1, None]
    if isinstance(value, str):
        return [value + "x", value[:-1]] if value else ["x"]
    if isinstance(value, UUID):
        return [UUID(int=value.int + 1), None]
    if isinstance(value, bytes):
        return [bytes([value[0] ^ 1]) + value[1:], value[:-1]]
    if isinstance(value, dict):
        return [{**value, "risk": "red"}, {**value, "more": 1}, {}] if value else [{"more": 1}]
    return [value + timedelta(microseconds=1)]


def test_f27_an_untouched_chain_holds() -> None:
    assert walked(WHOLE, VOUCHED) is None
    assert walked([], []) is None


def test_f27_every_edit_of_every_column_is_found_where_it_is() -> None:
    tried = 0
    for place, seen in enumerate(WHOLE):
        assert seen.entry is not None
        for name in (each.name for each in fields(Entry)):
            for value in other_value(getattr(seen.entry, name)):
                if value is None and name not in ("subject_id", "action_id"):
                    continue
                changed = replace(seen, entry=replace(seen.entry, **{name: value}))
                chain = [*WHOLE[:place], changed, *WHOLE[place + 1 :]]
                found = walked(chain, VOUCHED)
                assert found is not None, (place, name, value)
                assert (found.kind, found.seq) == (Kind.EDITED, place + 1), (name, value)
                tried += 1
    assert tried > SMALL * len(fields(Entry))


def test_f27_every_edit_of_a_link_is_found() -> None:
    for place, seen in enumerate(WHOLE):
        for name in ("hash", "subject_salt", "subject_mark", "actor_salt", "actor_mark"):
            old = getattr(seen.link, name)
            for value in other_value(old):
                changed = replace(seen, link=replace(seen.link, **{name: value}))
                found = walked([*WHOLE[:place], changed, *WHOLE[place + 1 :]], VOUCHED)
                assert found is not None, (place, name, value)
                assert (found.kind, found.seq) == (Kind.EDITED, place + 1), (name, value)


def test_f27_another_salt_or_none_is_found() -> None:
    for place, seen in enumerate(WHOLE):
        for name in ("subject_salt", "actor_salt"):
            if getattr(seen, name) is not None:
                for value in (bytes(32), None):
                    changed = replace(seen, **{name: value})
                    found = walked([*WHOLE[:place], changed, *WHOLE[place + 1 :]])
                    assert found is not None
                    assert (found.kind, found.seq) == (Kind.EDITED, place + 1)


def test_f27_every_deletion_is_found() -> None:
    for place, seen in enumerate(WHOLE):
        event_gone = [*WHOLE[:place], replace(seen, entry=None), *WHOLE[place + 1 :]]
        found = walked(event_gone, VOUCHED)
        assert found == Finding(Kind.DELETED, place + 1, seen.link.event_id)
        both_gone = [*WHOLE[:place], *WHOLE[place + 1 :]]
        found = walked(both_gone, VOUCHED)
        assert found is not None
        if place == 0:
            assert found.kind is Kind.HEAD_CUT
        elif place == SMALL - 1:
            assert found.kind is Kind.TAIL_CUT
        else:
            assert (found.kind, found.seq) == (Kind.CUT, place + 1)


def test_f27_every_cut_of_head_and_tail_is_found() -> None:
    for length in range(1, SMALL + 1):
        found = walked(WHOLE[length:], VOUCHED)
        assert found is not None
        assert found.kind is (Kind.HEAD_CUT if length < SMALL else Kind.TAIL_CUT)
        found = walked(WHOLE[: SMALL - length], VOUCHED)
        assert found is not None
        assert found.kind is Kind.TAIL_CUT
        renumbered = chain_of([entry(number) for number in range(length, SMALL)])
        found = walked(renumbered, VOUCHED)
        assert found is not None
        assert found.kind in (Kind.REWRITTEN, Kind.TAIL_CUT)


def test_f27_every_swap_is_named_with_both() -> None:
    entries = [seen.entry for seen in WHOLE if seen.entry is not None]
    for first, second in combinations(range(SMALL), 2):
        one, two = WHOLE[first], WHOLE[second]
        assert one.entry is not None
        assert two.entry is not None
        contents = list(WHOLE)
        contents[first] = replace(one, entry=replace(two.entry, id=one.entry.id))
        contents[second] = replace(two, entry=replace(one.entry, id=two.entry.id))
        links = list(WHOLE)
        links[first] = replace(one, link=replace(one.link, event_id=two.entry.id), entry=two.entry)
        links[second] = replace(two, link=replace(two.link, event_id=one.entry.id), entry=one.entry)
        for chain in (contents, links):
            found = walked(chain, VOUCHED)
            assert found is not None
            assert (found.kind, found.seq) == (Kind.EDITED, first + 1)
            before = WHOLE[first - 1].link.hash if first else START
            now = [seen.entry for seen in chain if seen.entry is not None]
            at_place = {each.id: each for each in (now if chain is contents else entries)}
            assert swapped_with(chain[first], before, at_place.values()) in (
                one.entry.id,
                two.entry.id,
            )


def test_f27_every_rewrite_is_found_up_to_the_last_checkpoint() -> None:
    """Whoever can write everything recomputes every hash: only what lies outside tells."""
    last = VOUCHED[-1][0]
    for place in range(SMALL):
        forged = [entry(number) for number in range(SMALL)]
        forged[place] = replace(forged[place], reason="forged")
        found = walked(chain_of(forged), VOUCHED)
        assert found is not None
        assert found.kind is Kind.REWRITTEN
        assert place < found.seq <= last
        without = [entry(number) for number in range(SMALL) if number != place]
        found = walked(chain_of(without), VOUCHED)
        assert found is not None
        assert found.kind in (Kind.REWRITTEN, Kind.TAIL_CUT)


def test_f27_what_lies_after_the_last_checkpoint_is_not_vouched_for() -> None:
    """The limit that is stated: until the next checkpoint a rewrite of the newest goes unseen."""
    forged = [entry(number) for number in range(SMALL)]
    forged[-1] = replace(forged[-1], reason="forged")
    assert walked(chain_of(forged), checkpoints(WHOLE, 39)) is None


def forgotten(chain: list[Seen], key: int, told: bool) -> list[Seen]:
    """As it stands once the salt of a person is destroyed and the personal columns are empty."""

    def emptied() -> Iterator[Seen]:
        for seen in chain:
            found = seen
            assert found.entry is not None
            if found.link.subject_salt == SALTS[key].id:
                kept = {
                    name: value
                    for name, value in found.entry.attributes.items()
                    if name in ("risk", "policy")
                }
                is_action = found.entry.kind == "action"
                object_id = found.entry.object_id if is_action else ""
                blank = replace(found.entry, subject_id=None, object_id=object_id, attributes=kept)
                assert is_blank(blank)
                found = replace(found, entry=blank, subject_salt=None)
            if found.link.actor_salt == SALTS[key].id:
                assert found.entry is not None
                found = replace(found, entry=replace(found.entry, actor=""), actor_salt=None)
            yield found

    after = list(emptied())
    if told:
        record = Entry(
            len(chain) + 1,
            "person.erased",
            BEGAN,
            "person",
            str(SALTS[key].id),
            None,
            None,
            "",
            "",
            "",
            "",
            {},
        )
        link = link_of(len(chain) + 1, chain[-1].link.hash, record, None, None)
        after.append(Seen(link, record))
    return after


def test_f47_the_chain_holds_after_somebody_is_forgotten_and_only_if_it_is_told() -> None:
    for key, _ in PEOPLE:
        assert walked(forgotten(WHOLE, key, told=True), VOUCHED) is None
        found = walked(forgotten(WHOLE, key, told=False), VOUCHED)
        assert found is not None
        assert found.kind is Kind.FORGOTTEN_UNTOLD


def test_f47_what_was_forgotten_cannot_be_put_in_again_nor_the_rest_be_changed() -> None:
    chain = forgotten(WHOLE, 1, told=True)
    for place, seen in enumerate(chain):
        assert seen.entry is not None
        for change in ({"subject_id": 2}, {"reason": "forged"}, {"actor": "bob"}):
            if all(getattr(seen.entry, name) == value for name, value in change.items()):
                continue
            forged = replace(seen, entry=replace(seen.entry, **change))
            found = walked([*chain[:place], forged, *chain[place + 1 :]], VOUCHED)
            assert found is not None
            assert found.seq == place + 1


words = st.text(max_size=12)
entries_of_any_kind = st.builds(
    Entry,
    st.integers(1, 2**40),
    st.sampled_from(sorted(NAMES)),
    st.datetimes().map(lambda at: at.replace(tzinfo=BEGAN.tzinfo)),
    st.sampled_from(["action", "session", "presence"]),
    words,
    st.none() | st.integers(1, 3),
    st.none() | st.uuids(),
    words,
    words,
    words,
    words,
    st.dictionaries(words, words | st.integers() | st.none(), max_size=3),
)


@given(entries_of_any_kind, entries_of_any_kind)
def test_f27_two_events_never_have_the_same_hash(one: Entry, two: Entry) -> None:
    """Moving a letter from one column into the next changes the bytes, too."""
    link = Link(1, one.id, b"")
    assert (hash_of(link, START, one) == hash_of(link, START, two)) == (
        replace(one, subject_id=None) == replace(two, subject_id=None)
    )


def test_the_encoding_stays_what_it_is() -> None:
    """Another byte in what is hashed would break every chain there is: that is a new version."""
    assert WHOLE[0].link.hash.hex() == FIRST
    assert WHOLE[-1].link.hash.hex() == LAST


@pytest.mark.parametrize("place", [0, 17, SMALL - 1])
def test_a_checkpoint_vouches_for_its_place_only(place: int) -> None:
    wrong = [(place + 1, bytes(32))]
    found = walked(WHOLE, wrong)
    assert found == Finding(Kind.REWRITTEN, place + 1, WHOLE[place].link.event_id)
