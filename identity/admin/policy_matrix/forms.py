"""The forms of a rule, a profile and the numbers, made from what stands in the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from identity.admin.explaining import outcome_words
from identity.admin.policy_matrix.obliging import (
    left_out,
    listed,
    obligation_fields,
    obligations_from,
    typed,
)
from identity.messages import has, say
from identity.policy.decision import REASON_CODES, Obligations, Outcome
from identity.policy.document import DEFAULT_ID
from identity.policy.editing import Words
from identity.policy.editing.writing import Plain, Wanted
from identity.policy.facts import DIMENSIONS

WHEN = "when_"
_TEXT = {"autocomplete": "off", "spellcheck": "false"}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together; `cells` for those in columns."""

    title: str
    text: str
    fields: Sequence[Any]
    cells: bool = False
    folded: bool = False


class MatrixForm(forms.Form):
    """Adds what the parts of a page share: the fields by group, and how they read.

    Every part says `groups` and `wanted` for itself: there is nothing that fits all.
    """

    tabular = False
    """Whether the groups are the rows of one table."""
    obliged: tuple[str, ...] = ()
    """The names of the fields of obligations, in their order."""

    def add_obligations(self, here: Mapping[str, Plain], above: Obligations | None) -> None:
        """Fields for what is set `here`, with what holds by what stands `above`."""
        found = obligation_fields(here, above)
        self.fields.update(found)
        self.obliged = tuple(found)

    def groups(self) -> Iterator[Group]:
        """The fields as the page shows them."""
        raise NotImplementedError

    def wanted(self) -> Mapping[str, Wanted]:
        """What the form says. Raises PolicyError for what somebody typed and does not read."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """What was filled in but not set is asked about, never quietly left out."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in left_out(said) if self.obliged else ():
            self.add_error(name, say("console.matrix.left_out"))
        return said

    def obligation_group(self, title: str, text: str, *, folded: bool) -> Group:
        """The obligations."""
        fields = [self[name] for name in self.obliged]
        return Group(title, text, fields, cells=True, folded=folded)


class RuleForm(MatrixForm):
    """One rule: for each fact its values, none ticked for any; the outcome; what it obliges to."""

    def __init__(
        self,
        rule: Mapping[str, Any],
        profiles: Mapping[str, Obligations],
        data: Mapping[str, Any] | None = None,
        *,
        default: bool = False,
    ) -> None:
        super().__init__(data)
        self.default = default
        self.because = _words(rule.get("because"))
        if not default:
            self.fields["id"] = forms.CharField(
                label=say("console.label.rule"),
                max_length=60,
                initial=rule.get("id", ""),
                help_text=say("console.matrix.id.hint"),
                widget=UnfoldAdminTextInputWidget(_TEXT),
                error_messages={"required": say("error.required.detail")},
            )
            when = rule.get("when") or {}
            for name, members in DIMENSIONS.items():
                words = [member.word for member in members]
                self.fields[WHEN + name] = _ticked(_named(name), words, _words(when.get(name)))
        outcomes = [Outcome.BLOCK] if default else list(Outcome)
        self.fields["outcome"] = _one_of(
            say("console.label.outcome"),
            [(each.value, outcome_words(each.value)) for each in outcomes],
            rule.get("outcome", ""),
        )
        self.fields["profile"] = _one_of(
            say("console.matrix.profile"),
            [(each, each) for each in profiles],
            rule.get("profile", ""),
        )
        self.fields["because"] = _ticked(
            say("console.label.why"), sorted(REASON_CODES), self.because, required=True
        )
        above = profiles.get(str(rule.get("profile", "")))
        self.own = rule.get("with") or {}
        self.add_obligations(self.own, above)

    def groups(self) -> Iterator[Group]:
        """Name, facts, outcome, reasons, and what is its own."""
        if not self.default:
            yield Group("", "", [self["id"]])
            facts = [self[WHEN + name] for name in DIMENSIONS]
            yield Group(
                say("console.matrix.when"), say("console.matrix.when.text"), facts, cells=True
            )
        yield Group(
            say("console.matrix.then"),
            "",
            [self[each] for each in ("outcome", "profile", "because")],
        )
        yield self.obligation_group(
            say("console.matrix.with"), say("console.matrix.with.text"), folded=not self.own
        )

    def wanted(self) -> Mapping[str, Wanted]:
        """The rule as the document would say it; reasons that were there keep their order."""
        said = self.cleaned_data
        rule: dict[str, Wanted] = {}
        if not self.default:
            rule["id"] = said["id"]
            rule["when"] = {
                name: Words(tuple(said[WHEN + name])) for name in DIMENSIONS if said[WHEN + name]
            }
        rule |= {"outcome": said["outcome"], "profile": said["profile"]}
        own = obligations_from(said)
        if own:
            rule["with"] = own
        kept = [each for each in self.because if each in said["because"]]
        new = [each for each in said["because"] if each not in kept]
        rule["because"] = Words((*kept, *new), ordered=True)
        return rule


class ProfileForm(MatrixForm):
    """One profile: which it is like, and what it says itself."""

    def __init__(
        self,
        name: str,
        profile: Mapping[str, Any],
        profiles: Mapping[str, Obligations],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        others = [("", say("console.matrix.like.none"))]
        others += [(each, each) for each in profiles if each != name]
        like = str(profile.get("like", ""))
        self.fields["like"] = forms.ChoiceField(
            label=say("console.matrix.like"),
            required=False,
            choices=others,
            initial=like,
            widget=UnfoldAdminSelectWidget,
        )
        self.add_obligations(profile, profiles.get(like))

    def groups(self) -> Iterator[Group]:
        """Whom it is like, then everything else."""
        yield Group("", "", [self["like"]])
        yield self.obligation_group(
            say("console.matrix.obligations"), say("console.matrix.obligations.text"), folded=False
        )

    def wanted(self) -> Mapping[str, Wanted]:
        """The profile as the document would say it."""
        like = self.cleaned_data["like"]
        return ({"like": like} if like else {}) | obligations_from(self.cleaned_data)


class NumbersForm(MatrixForm):
    """Every single value of a section, as it is written."""

    def __init__(self, section: str, found: Plain, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.leaves = list(_leaves((section,), found))
        for number, (path, value) in enumerate(self.leaves):
            self.fields[f"v{number}"] = forms.CharField(
                label=path[-1].replace("_", " "),
                max_length=200,
                initial=value if isinstance(value, str) else ", ".join(map(str, value)),
                widget=UnfoldAdminTextInputWidget(_TEXT),
                error_messages={"required": say("error.required.detail")},
            )

    tabular = True

    def groups(self) -> Iterator[Group]:
        """A row for each name, with its values."""
        rows: dict[tuple[str, ...], list[Any]] = {}
        for number, (path, _) in enumerate(self.leaves):
            rows.setdefault(path[1:-1], []).append(self[f"v{number}"])
        for path, fields in rows.items():
            title = " · ".join(each.replace("_", " ") for each in path)
            yield Group(title.capitalize() or say("console.matrix.whole"), "", fields, cells=True)

    def changes(self) -> list[tuple[tuple[str, ...], Wanted]]:
        """What was typed otherwise than it stands there, with its place."""
        found: list[tuple[tuple[str, ...], Wanted]] = []
        for number, (path, value) in enumerate(self.leaves):
            said = str(self.cleaned_data[f"v{number}"]).strip()
            if isinstance(value, list):
                words = listed(said)
                if [str(each) for each in words.words] != value:
                    found.append((path, words))
            elif said != value:
                found.append((path, typed(said) if len(path) > 1 else said))
        return found


def sections_of(document: Plain | None) -> list[str]:
    """The sections of a document that hold numbers, and its name."""
    if not isinstance(document, dict):
        return []
    return [each for each in document if each not in ("profiles", "rules", DEFAULT_ID)]


def _leaves(path: tuple[str, ...], found: Plain) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(found, dict):
        for key, each in found.items():
            yield from _leaves((*path, key), each)
    else:
        yield path, found


def _named(dimension: str) -> str:
    message_id = f"console.input.{dimension}"
    return say(message_id) if has(message_id) else dimension.replace("_", " ")


def _words(found: Any) -> list[str]:
    return [found] if isinstance(found, str) else [str(each) for each in found or []]


def _ticked(
    label: str, words: Sequence[str], ticked: Sequence[str], *, required: bool = False
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=required,
        choices=[(each, each.replace("_", " ")) for each in words],
        initial=list(ticked),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": say("error.required.detail")},
    )


def _one_of(label: str, choices: Sequence[tuple[str, str]], chosen: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=chosen,
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": say("error.required.detail")},
    )
