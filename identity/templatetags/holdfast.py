"""The tags of our templates: words by id, icons by name, times in the person's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from identity import messages
from identity.messages import times
from identity.pages.clock import now_of, zone_of
from identity.templatetags.icons import ICONS

register = template.Library()


@register.simple_tag
def say(message_id: str, **facts: Any) -> str:
    """The sentence `message_id` of the catalogue, escaped. Raises UnknownMessage."""
    return messages.say(message_id, **facts)


@register.simple_tag
def say_with(message_id: str, facts: Mapping[str, Any]) -> str:
    """The same, with the facts as one mapping. Raises UnknownMessage."""
    return messages.say(message_id, **facts)


@register.filter
def has_words(message_id: str) -> bool:
    """Whether the catalogue has `message_id`: for words that only some things have."""
    return messages.has(message_id)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing `name`, hidden from those who listen: the word beside it says it all.

    Raises KeyError for a drawing that there is not.
    """
    # Only constants of this project, never anything that came from outside.
    inside = mark_safe(ICONS[name])  # noqa: S308  # nosec B308 B703
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', inside)


@register.simple_tag(takes_context=True)
def when(context: template.Context, moment: datetime, utc: bool = False) -> SafeString:
    """`moment` in words, in the person's zone (or in UTC, and saying so), as a `time` element."""
    request = context["request"]
    words = times.when(moment, now_of(request), UTC if utc else zone_of(request))
    return _time(moment, f"{words} UTC" if utc else words)


@register.simple_tag(takes_context=True)
def by(context: template.Context, moment: datetime) -> SafeString:
    """`moment` in UTC as it reads after "by": for the status page, which everybody reads."""
    return _time(moment, times.by(moment, now_of(context["request"]), UTC, "UTC"))


@register.simple_tag(takes_context=True)
def stamp(
    context: template.Context, moment: datetime, utc: bool = False, no_sooner: bool = False
) -> SafeString:
    """`moment` at the head of a line of a dated list, always with the day; `no_sooner` says that
    what stands there comes then or later."""
    zone = UTC if utc else zone_of(context["request"])
    words = times.stamp(moment, zone)
    return _time(moment, messages.say("rung.no_sooner", at=words) if no_sooner else words, "at")


@register.simple_tag(takes_context=True)
def ago(context: template.Context, moment: datetime) -> str:
    """How long ago `moment` was, in words: "2 hours and 5 minutes"."""
    return times.lasting(now_of(context["request"]) - moment)


def _time(moment: datetime, words: str, css: str = "") -> SafeString:
    machine = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    if css:
        return format_html('<time class="{}" datetime="{}">{}</time>', css, machine, words)
    return format_html('<time datetime="{}">{}</time>', machine, words)
