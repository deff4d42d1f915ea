"""The message catalogue: every sentence a person reads, by its id, in one place (U1).

Pages, API, e-mail, console and status page all take their words from here. Each module of this
package that has a theme exports `MESSAGES: dict[str, str]`; the placeholders are those of
`str.format`, so that the dictionaries can become gettext catalogues as they are.

A message with a number may have a variant `<id>.one`, used when a whole number among its facts is
1, and `<id>.none`, used when one is 0.
"""

from __future__ import annotations

from identity.messages.catalogue import UnknownMessage, all_ids, has, say

__all__ = ["UnknownMessage", "all_ids", "has", "say"]
