"""A draft edited as a matrix at the console, over HTTP (D2, D3, F24)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse

from identity.messages import say
from identity.models import Event, PolicyVersion
from identity.policy.document import parse_policy
from identity.policy_lifecycle import draft_policy
from tests.console.conftest import Colleague, has_text, says
from tests.policy.conftest import AUTHOR, SHIPPED, person, stored

LIST = "identity/policyversion/"
Staff = Callable[[str], Colleague]
IDS = [rule.id for rule in parse_policy(SHIPPED).rules]
FORMS = ("rule/high.available", "rule/default", "profile/high", "numbers/risk", "add")


@pytest.fixture
def row() -> PolicyVersion:
    """A draft of the shipped policy."""
    return draft_policy(SHIPPED, by=person(AUTHOR))


def matrix(row: PolicyVersion, tail: str = "") -> str:
    """The address of the matrix, or of something below it."""
    return f"{LIST}{row.pk}/matrix/{tail}{'/' if tail and '?' not in tail else ''}"


def filled(answer: HttpResponse) -> dict[str, Any]:
    """The form of the page as a browser without JavaScript would send it, untouched."""
    text = answer.content.decode()
    text = text[text.index('class="hf-matrix-form"') :].partition("</form>")[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        if name is None or name[1] == "csrfmiddlewaretoken":
            continue
        if 'type="checkbox"' in tag:
            if re.search(r"\schecked(?=[\s>])", tag):
                sent.setdefault(name[1], []).append(unescape(value[1]) if value else "on")
        else:
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = unescape(chosen[1]) if chosen else ""
    return sent


def opened(colleague: Colleague, row: PolicyVersion, form: str) -> dict[str, Any]:
    """The form, opened and not yet changed."""
    answer = colleague.get(matrix(row, form))
    assert answer.status_code == 200, answer.content[:500]
    return filled(answer)


def step(colleague: Colleague, row: PolicyVersion, what: str, made_from: str = "") -> HttpResponse:
    """A button of a row, pressed on the page as it is."""
    return colleague.post(matrix(row, "step"), step=what, made_from=made_from or digest_of(row))


def digest_of(row: PolicyVersion) -> str:
    """What the stored text is told by."""
    return str(stored(row)["digest"])


def text_of(row: PolicyVersion) -> str:
    """The draft as it is stored."""
    return str(stored(row)["document"])


def test_d3_a_draft_begins_as_what_is_in_force(staff: Staff) -> None:
    assert says(staff(AUTHOR).get(f"{LIST}draft/"), "console.matrix.start")
    answer = staff(AUTHOR).post(f"{LIST}draft/matrix/")
    row = PolicyVersion.objects.latest("number")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/{matrix(row)}")
    assert (row.document, row.status, row.author) == (SHIPPED, "draft", person(AUTHOR))
    assert staff(AUTHOR).get(f"{LIST}draft/matrix/").status_code == 405


def test_d2_every_rule_is_a_row_with_what_can_be_done(staff: Staff, row: PolicyVersion) -> None:
    page = staff(AUTHOR).get(matrix(row))
    text = unescape(page.content.decode())
    for rule in IDS:
        assert f'id="rule-{rule}"' in text
        assert f'/admin/{matrix(row, f"rule/{rule}")}"' in text
        for what in ("up", "down", "remove"):
            assert f'value="{what} {rule}"' in text
    assert 'value="remove default"' not in text
    assert "rule/default/" in text
    for way in ("matrix", "edit"):
        assert has_text(page, f'/admin/{LIST}{row.pk}/{way}/"')
    detail = staff(AUTHOR).get(f"{LIST}{row.pk}/change/")
    assert has_text(detail, f'/admin/{matrix(row)}"')
    assert not has_text(staff("security1").get(f"{LIST}{row.pk}/change/"), "/matrix/")


@pytest.mark.parametrize("form", [*FORMS[:-1], "numbers/version_name", "numbers/offline"])
def test_d3_a_form_sent_as_it_came_changes_nothing(
    staff: Staff, row: PolicyVersion, form: str
) -> None:
    events = Event.objects.filter(name="policy.drafted").count()
    answer = staff(AUTHOR).post(matrix(row, form), **opened(staff(AUTHOR), row, form))
    assert answer.status_code == 302
    assert text_of(row) == SHIPPED
    assert Event.objects.filter(name="policy.drafted").count() == events
    assert says(staff(AUTHOR).get(matrix(row)), "console.matrix.done.nothing", name=str(row))


def test_d3_every_rule_and_profile_comes_back_as_it_was(staff: Staff, row: PolicyVersion) -> None:
    policy = parse_policy(SHIPPED)
    forms = [f"rule/{rule}" for rule in IDS[::5]] + [f"profile/{each}" for each in policy.profiles]
    for form in forms:
        answer = staff(AUTHOR).post(matrix(row, form), **opened(staff(AUTHOR), row, form))
        assert (answer.status_code, text_of(row)) == (302, SHIPPED), form


def test_d2_a_rule_is_changed_and_the_page_says_what_that_changes(
    staff: Staff, row: PolicyVersion
) -> None:
    sent = opened(staff(AUTHOR), row, "rule/high.available")
    sent |= {"when_mode": [], "outcome": "queue", "window": "2d", "permitted_factors_own": "on"}
    sent["permitted_factors"] = ["totp", "security_key"]
    answer = staff(AUTHOR).post(matrix(row, "rule/high.available"), **sent)
    assert answer.status_code == 302
    text = text_of(row)
    changed = next(rule for rule in parse_policy(text).rules if rule.id == "high.available")
    assert {name: [each.word for each in words] for name, words in changed.when.items()} == {
        "availability": ["available"]
    }
    assert (changed.outcome, changed.obligations.window) == ("queue", 2 * 86400)
    assert changed.obligations.permitted_factors == {"totp", "security_key"}
    assert [line for line in SHIPPED.splitlines() if line.strip().startswith("#")] == [
        line for line in text.splitlines() if line.strip().startswith("#")
    ]
    page = staff(AUTHOR).get(matrix(row))
    assert says(page, "console.matrix.done", name=str(row))
    assert says(page, "console.policy.difference.against", number=1)
    assert has_text(page, say("console.matrix.breaks"))
    assert says(page, "console.policy.proof")
    assert has_text(page, say("console.matrix.unreached"))  # high.degraded.outage and its like


def test_d3_rules_are_added_moved_and_removed(staff: Staff, row: PolicyVersion) -> None:
    author = staff(AUTHOR)
    sent = opened(author, row, "add/?after=high.available") | {"id": "mine"}
    answer = author.post(matrix(row, "add/?after=high.available"), **sent)
    assert answer.status_code == 302

    def order() -> list[str]:
        return [rule.id for rule in parse_policy(text_of(row)).rules]

    at = IDS.index("high.available") + 1
    assert order() == [*IDS[:at], "mine", *IDS[at:]]
    answer = step(author, row, "up mine")
    assert answer["Location"] == f"/admin/{matrix(row)}#rule-mine"
    assert order() == [*IDS[: at - 1], "mine", *IDS[at - 1 :]]
    assert says(author.get(matrix(row)), "console.matrix.done.up", rule="mine")
    assert step(author, row, "down mine").status_code == 302
    assert step(author, row, "remove mine").status_code == 302
    assert text_of(row) == SHIPPED


def test_d3_a_profile_and_numbers_are_changed(staff: Staff, row: PolicyVersion) -> None:
    author = staff(AUTHOR)
    sent = opened(author, row, "profile/high") | {"max_proof_age": "4m", "approvals": "1"}
    assert author.post(matrix(row, "profile/high"), **sent).status_code == 302
    high = parse_policy(text_of(row)).profiles["high"]
    assert (high.max_proof_age, high.approvals) == (240, 1)
    hours = {"days": ["mon", "fri"], "from": "08:00", "until": "18:30", "zone": "Europe/Lisbon"}
    sent = opened(author, row, "profile/high") | {"execution": "execution"}
    sent |= {f"execution_{part}": value for part, value in hours.items()}
    assert author.post(matrix(row, "profile/high"), **sent).status_code == 302
    window = parse_policy(text_of(row)).profiles["high"].execution
    assert window is not None
    assert (window.days, window.zone) == (("mon", "fri"), "Europe/Lisbon")
    assert f"{window.opens:%H:%M} {window.closes:%H:%M}" == "08:00 18:30"
    before = text_of(row)
    sent = opened(author, row, "profile/high")
    assert {part: sent[f"execution_{part}"] for part in hours} == hours
    assert author.post(matrix(row, "profile/high"), **sent).status_code == 302
    assert text_of(row) == before
    sent = opened(author, row, "numbers/risk")
    device = next(name for name, value in sent.items() if value == "18")
    assert author.post(matrix(row, "numbers/risk"), **sent | {device: "20"}).status_code == 302
    assert parse_policy(text_of(row)).risk.points["device"]["new"] == 20
    sent = opened(author, row, "numbers/version_name") | {"v0": "2027"}
    assert author.post(matrix(row, "numbers/version_name"), **sent).status_code == 302
    assert stored(row)["name"] == "2027"


@pytest.mark.parametrize(
    ("form", "wrong", "words"),
    [
        # a weight above what one signal may weigh
        ("numbers/risk", {"v4": "99"}, "above the cap"),
        # not a time
        ("profile/high", {"window": "soon"}, "must be a time"),
        # a level that no permitted factor can reach
        ("rule/high.available", {"required_aal": "3"}, "can never prove"),
        # a name that stands there already
        ("rule/high.available", {"id": "high.delayed"}, "stands here a second time"),
        # hours without an end
        (
            "profile/high",
            {
                "execution": "execution",
                "execution_days": ["mon"],
                "execution_from": "08:00",
                "execution_zone": "person",
            },
            "“until”",
        ),
        # a clock that nobody has
        (
            "profile/high",
            {
                "execution": "execution",
                "execution_days": ["mon"],
                "execution_from": "08:00",
                "execution_until": "9:00",
                "execution_zone": "Here: {",
            },
            "Line ",
        ),
    ],
)
def test_d3_what_does_not_read_is_not_stored_and_stays_in_the_form(
    staff: Staff, row: PolicyVersion, form: str, wrong: dict[str, str], words: str
) -> None:
    sent = opened(staff(AUTHOR), row, form) | wrong
    answer = staff(AUTHOR).post(matrix(row, form), **sent)
    assert answer.status_code == 422
    assert has_text(answer, "Line ")
    assert has_text(answer, words)
    assert filled(answer) == sent
    assert text_of(row) == SHIPPED


@pytest.mark.parametrize(
    "wrong", [{"permitted_factors": ["totp"]}, {"execution_from": "08:00"}, {"execution": "always",
              "execution_days": ["mon"]}],
)  # fmt: skip
def test_d3_what_was_filled_in_is_never_quietly_left_out(
    staff: Staff, row: PolicyVersion, wrong: dict[str, Any]
) -> None:
    sent = opened(staff(AUTHOR), row, "profile/high") | wrong
    answer = staff(AUTHOR).post(matrix(row, "profile/high"), **sent)
    assert (answer.status_code, text_of(row)) == (422, SHIPPED)
    assert says(answer, "console.matrix.left_out")
    assert filled(answer) == sent


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"because": []}, {"outcome": "perhaps"}, {"when_risk": ["blue"]}]
)
def test_d3_what_no_form_offers_is_refused(
    staff: Staff, row: PolicyVersion, wrong: dict[str, Any]
) -> None:
    sent = opened(staff(AUTHOR), row, "rule/high.available") | wrong
    answer = staff(AUTHOR).post(matrix(row, "rule/high.available"), **sent)
    assert answer.status_code == 422
    assert says(answer, "console.matrix.invalid")
    assert text_of(row) == SHIPPED


def test_d3_the_default_stays_a_block(staff: Staff, row: PolicyVersion) -> None:
    sent = opened(staff(AUTHOR), row, "rule/default")
    assert "id" not in sent
    answer = staff(AUTHOR).post(matrix(row, "rule/default"), **sent | {"outcome": "proceed"})
    assert (answer.status_code, text_of(row)) == (422, SHIPPED)


@pytest.mark.parametrize(
    "where",
    ["rule/nowhere", "profile/nowhere", "numbers/nowhere", "numbers/rules", "add/?after=nowhere"],
)
def test_what_is_not_there_is_404(staff: Staff, row: PolicyVersion, where: str) -> None:
    assert staff(AUTHOR).get(matrix(row, where)).status_code == 404
    for what in ("up nowhere", "sideways low", "", "remove default"):
        assert step(staff(AUTHOR), row, what).status_code == 404
