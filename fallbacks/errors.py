"""What fallbacks refuse."""

from __future__ import annotations

from config.lifecycle import HoldfastError


class MalformedCode(HoldfastError):
    """Not a code at all (wrong length or characters); not counted as a guess."""

    code = "malformed_code"
    status = 400


class WrongCode(HoldfastError):
    """The code did not match; `tries_left` before a pause."""

    code = "wrong_code"
    status = 400


class LockedOut(HoldfastError):
    """Too many guesses at this account; `until` says when the pause ends."""

    code = "locked_out"
    status = 429


class RebindNeeded(HoldfastError):
    """A hundred misses in a row: the factors must be bound anew (NIST SP 800-63B-4 §3.2.2)."""

    code = "rebind_needed"
    status = 403


class FactorNotEnrolled(HoldfastError):
    """The person has no such factor."""

    code = "factor_not_enrolled"
    status = 404


class FactorNotPermitted(HoldfastError):
    """Policy does not accept this factor for this action."""

    code = "factor_not_permitted"
    status = 403


class FactorOutOfOrder(HoldfastError):
    """Something that this factor hangs on is down by an open incident (F3); `down` says what."""

    code = "factor_out_of_order"
    status = 409


class ChallengeExpired(HoldfastError):
    """The answer belongs to no question that is still open for this person."""

    code = "challenge_expired"
    status = 410


class NotThisDevice(HoldfastError):
    """A prompt is answered on a browser that takes prompts for this person, and on no other."""

    code = "not_this_device"
    status = 403


class PromptsSpent(HoldfastError):
    """The person was prompted often enough of late (F17), or prompts are switched off."""

    code = "prompts_spent"
    status = 429


class BadSubscription(HoldfastError):
    """What the browser told of itself cannot be sent to."""

    code = "bad_subscription"
    status = 400


class SubscriptionTaken(HoldfastError):
    """This browser takes prompts for somebody else."""

    code = "subscription_taken"
    status = 409


class ChangeOver(HoldfastError):
    """This change of a factor ended, or belongs to another sign-in: begin again."""

    code = "change_over"
    status = 409


class ProofNeeded(HoldfastError):
    """A factor is only changed after a fresh AAL2 proof given for that very change (F12)."""

    code = "proof_needed"
    status = 403


class LastWay(HoldfastError):
    """Without this factor the person would have none that can prove who they are."""

    code = "last_way"
    status = 409


class UnknownCredential(HoldfastError):
    """The person has no such device or set of codes."""

    code = "unknown_credential"
    status = 404


class KeyRefused(HoldfastError):
    """A new security key that did not verify its person, or cannot be checked (F19)."""

    code = "key_refused"
    status = 400


class KeyKnown(HoldfastError):
    """The security key is registered already."""

    code = "key_known"
    status = 409


class KeysElsewhere(HoldfastError):
    """Security keys need a domain name, and Holdfast is reached by a bare address."""

    code = "keys_elsewhere"
    status = 409


class FactorsFrozen(HoldfastError):
    """Security looks at this account: nothing about its factors changes until they answered."""

    code = "factors_frozen"
    status = 423


class SignInAgain(HoldfastError):
    """The first factor is added right after signing in with the password."""

    code = "sign_in_again"
    status = 403


class DormantAccount(HoldfastError):
    """Nobody used the account for so long that its first factor is set up with support (F13)."""

    code = "dormant_account"
    status = 403


class DistinctPeopleNeeded(HoldfastError):
    """The one who proposed cannot also decide (F22)."""

    code = "distinct_people_needed"
    status = 409


class WrongReasonCode(HoldfastError):
    """The reason code does not belong to this verdict."""

    code = "wrong_reason_code"
    status = 422


class PermissionNeeded(HoldfastError):
    """The person may not do this."""

    code = "permission_denied"
    status = 403


class UnknownMessageRow(HoldfastError):
    """There is no such message."""

    code = "not_found"
    status = 404


class TooManyMessages(HoldfastError):
    """So many were sent lately that no more is; `until` says when the next one may go."""

    code = "too_many_messages"
    status = 429


class UnusableNumber(HoldfastError):
    """Not a phone number that texts can be sent to."""

    code = "unusable_number"
    status = 400


class StrongerWayFirst(HoldfastError):
    """E-mail, texts and prompts can prove no change of factors, so something that can is added
    before them; `factor` is the one that has to wait."""

    code = "stronger_way_first"
    status = 403


class LinkOver(HoldfastError):
    """A link that was used, is too old, or was never sent."""

    code = "link_over"
    status = 410


class KnownContact(HoldfastError):
    """The person has this address or number confirmed already."""

    code = "known_contact"
    status = 409
