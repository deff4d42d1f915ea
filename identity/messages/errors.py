"""What is said when something is refused: a title and one sentence that helps.

Facts: `tries_left` (whole number), `until` (moment or words), `field`.
"""

from __future__ import annotations

_SETTLED = "Reload the page to see how it stands now."

MESSAGES: dict[str, str] = {
    "error.name_taken.title": "That name is taken",
    "error.name_taken.detail": "Somebody or something is called {name} already.",
    "error.unknown_role.title": "No such role",
    "error.unknown_role.detail": "There is no role {role}.",
    "error.webhook_refused.title": "That address cannot be a webhook",
    "error.webhook_refused.detail": "A webhook address starts with https:// and names a host.",
    "error.error.title": "That did not work",
    "error.error.detail": "Nothing was changed. Try again.",
    # the request itself
    "error.invalid_request.title": "The request is not right",
    "error.invalid_request.detail": "A field is missing, unknown or of the wrong kind.",
    "error.invalid_json.title": "The request cannot be read",
    "error.invalid_json.detail": "The body is not valid JSON.",
    "error.body_too_large.title": "The request is too large",
    "error.body_too_large.detail": "A request may have at most 64 KiB.",
    "error.not_authenticated.title": "Sign in first",
    "error.not_authenticated.detail": "This needs a valid access token.",
    "error.missing_scope.title": "This access does not reach that far",
    "error.missing_scope.detail": "The access token lacks the scope that this needs.",
    "error.not_found.title": "There is nothing here",
    "error.not_found.detail": "It may be gone, or belong to somebody else.",
    "error.method_not_allowed.title": "That cannot be done here",
    "error.method_not_allowed.detail": "This address does not take that method.",
    "error.unsupported_media_type.title": "The request is in the wrong format",
    "error.unsupported_media_type.detail": "Send application/json.",
    "error.not_acceptable.title": "That format is not on offer",
    "error.not_acceptable.detail": "The answer can only be given as application/json.",
    "error.throttled.title": "Too many requests",
    "error.throttled.detail": "Wait a little before you ask again.",
    "error.wrong_value.title": "That value is not right",
    "error.wrong_value.detail": "A value is missing or not one of those allowed.",
    "error.too_many_items.title": "Too many at once",
    "error.too_many_items.detail": "Send at most 1000 in one request.",
    "error.invalid_cursor.title": "That page is not there",
    "error.invalid_cursor.detail": "The cursor is not one that we gave. Start with the first page.",
    # what an application asks for
    "error.unknown_action_type.title": "There is no such action type",
    "error.unknown_action_type.detail": "The catalogue does not have this action type.",
    "error.unknown_subject.title": "There is no such person",
    "error.unknown_subject.detail": "No active person goes by that name.",
    "error.unknown_session.title": "There is no such sign-in",
    "error.unknown_session.detail": "The sign-in or device is not one of this person’s.",
    "error.unknown_device.title": "There is no such device",
    "error.unknown_device.detail": "The device is not one of this person’s.",
    "error.foreign_session.title": "That sign-in is somebody else’s",
    "error.foreign_session.detail": "The session named belongs to another person.",
    "error.foreign_device.title": "That device is somebody else’s",
    "error.foreign_device.detail": "The device named belongs to another person.",
    "error.revoked_session.title": "That sign-in has ended",
    "error.revoked_session.detail": "Nothing can start from a session that was ended. Sign in "
    "again.",
    "error.revoked_device.title": "That device was removed",
    "error.revoked_device.detail": "Nothing can start from a device that was removed.",
    "error.invalid_payload.title": "What was asked for is not right",
    "error.invalid_payload.detail": "The field “{field}” does not fit this action type.",
    "error.invalid_return_url.title": "That return address is not known",
    "error.invalid_return_url.detail": "The return address is not registered for the application.",
    "error.invalid_expiry.title": "That deadline is not right",
    "error.invalid_expiry.detail": "Ask for a whole number of seconds that policy allows.",
    "error.missing_idempotency_key.title": "The Idempotency-Key is missing",
    "error.missing_idempotency_key.detail": "Send one, so that a repeat cannot happen twice.",
    "error.invalid_idempotency_key.title": "The Idempotency-Key is not right",
    "error.invalid_idempotency_key.detail": "It needs 1 to 255 printable ASCII characters.",
    "error.idempotency_key_reused.title": "That Idempotency-Key was used before",
    "error.idempotency_key_reused.detail": "It came with another body. Use a new key.",
    "error.request_in_flight.title": "The first request is still under way",
    "error.request_in_flight.detail": "A request with this key is being worked on. Ask again soon.",
    "error.no_way_to_deliver.title": "There is no way to tell the application",
    "error.no_way_to_deliver.detail": "The application needs a webhook address before it can ask.",
    # the life of a request
    "error.not_cancellable.title": "It is too late to cancel this",
    "error.not_cancellable.detail": "The change is under way, or the request has ended already.",
    "error.action_closed.title": "This request has moved on",
    "error.action_closed.detail": "It ended, or it cannot be done that way any more. " + _SETTLED,
    "error.superseded.title": "Somebody else was a moment faster",
    "error.superseded.detail": "It changed while you were looking. " + _SETTLED,
    "error.illegal_transition.title": "That is not possible any more",
    "error.illegal_transition.detail": "It changed since you opened this page. " + _SETTLED,
    # codes and ways
    "error.wrong_code.title": "That code did not match",
    "error.wrong_code.detail": "That code did not match. Check it and try again. You have "
    "{tries_left} tries left before a 5-minute pause.",
    "error.wrong_code.detail.one": "That code did not match. Check it and try again. You have 1 "
    "try left before a 5-minute pause.",
    "error.wrong_code.detail.none": "That code did not match. We pause codes for 5 minutes now, so "
    "that nobody can guess one.",
    "error.wrong_code.totp.detail": "That code did not match. Wait for the next one and type it "
    "in. You have {tries_left} tries left before a 5-minute pause.",
    "error.wrong_code.totp.detail.one": "That code did not match. Wait for the next one and type "
    "it in. You have 1 try left before a 5-minute pause.",
    "error.wrong_code.totp.detail.none": "That code did not match. We pause codes for 5 minutes "
    "now, so that nobody can guess one.",
    "error.malformed_code.title": "That does not look like a code",
    "error.malformed_code.detail": "Look at the code again and type all of it. This did not count "
    "as a try.",
    "error.malformed_code.totp.detail": "A code from your app has 6 digits. This did not count as "
    "a try.",
    "error.malformed_code.backup_code.detail": "Type the whole backup code. This did not count as "
    "a try.",
    "error.locked_out.title": "A pause, to be safe",
    "error.locked_out.detail": "There were many tries that did not match, so we pause until "
    "{until}. Nothing is lost meanwhile.",
    "error.rebind_needed.title": "Your ways need to be set up again",
    "error.rebind_needed.detail": "A hundred codes in a row did not match. Support can help you to "
    "set up your ways again.",
    "error.factor_not_permitted.title": "That way is not strong enough here",
    "error.factor_not_permitted.detail": "This request does not take that way. Pick another one.",
    "error.factor_not_enrolled.title": "You have not set up that way",
    "error.factor_not_enrolled.detail": "Pick another way, or ask support to help.",
    "error.factor_out_of_order.title": "That way does not work just now",
    "error.factor_out_of_order.detail": "Something that it needs is down, so nothing was sent and "
    "nothing was checked. Pick another way. It comes back as soon as that works again.",
    "error.challenge_expired.title": "The time for that code is over",
    "error.challenge_expired.detail": "Type a new one. Your request is kept.",
    # signing in
    "error.sign_in_failed.title": "We could not sign you in",
    "error.sign_in_failed.detail": "The name and the password do not go together. Check both and "
    "try again.",
    "error.second_factor_needed.title": "One more step",
    "error.second_factor_needed.detail": "The console opens after a code from your app.",
    "error.csrf_failed.title": "This form is out of date",
    "error.csrf_failed.detail": "Nothing was changed. Go back, reload the page and send it again.",
    # staff
    "error.permission_denied.title": "You may not do this",
    "error.permission_denied.detail": "Your role does not include it, or it is about yourself.",
    "error.distinct_people_needed.title": "A second person is needed",
    "error.distinct_people_needed.detail": "Who proposed it cannot also decide. Ask a colleague.",
    "error.wrong_reason_code.title": "That reason does not fit",
    "error.wrong_reason_code.detail": "Pick a reason that belongs to this decision.",
    # signals and choices
    "error.unknown_kind.title": "There is no such signal",
    "error.unknown_kind.detail": "The kind of signal is not one that we know.",
    "error.clock_ahead.title": "That time is ahead of ours",
    "error.clock_ahead.detail": "The signal’s time is more than 5 minutes in the future.",
    "error.clock_behind.title": "That time is too long ago",
    "error.clock_behind.detail": "The signal is too old to say anything about now.",
    "error.unknown_zone.title": "There is no such time zone",
    "error.unknown_zone.detail": "Pick your time zone from the list.",
    "error.wrong_time.title": "That time does not work",
    "error.wrong_time.detail": "Pick a time that is ahead, within a year.",
    "error.wrong_time.quiet.detail": "Quiet hours need a start and an end, and the two are not "
    "the same.",
    # passwords
    "error.password_incorrect.detail": "That is not your present password.",
    "error.password_mismatch.detail": "The two new passwords are not the same.",
    "error.password_too_short.detail": "The new password is too short. Use at least "
    "{min_length} characters.",
    "error.password_too_common.detail": "Many people use that password. Pick another one.",
    "error.password_entirely_numeric.detail": "A password of only numbers is easy to guess. Add "
    "some letters.",
    "error.password_too_similar.detail": "The new password is too much like your name or address.",
    "error.required.detail": "Fill this in.",
    "error.invalid.detail": "That is not right. Check it and try again.",
    "error.max_length.detail": "That is too long.",
    # ours
    "error.server_error.title": "Something went wrong on our side",
    "error.server_error.detail": "Your requests are safe. Try again in a moment.",
    "error.service_unavailable.title": "We cannot answer just now",
    "error.service_unavailable.detail": "Your requests are safe. Try again in a minute.",
    "error.no_active_policy.title": "There are no rules to decide by",
    "error.no_active_policy.detail": "No policy is active, so nothing is decided. Try again later.",
    "error.cannot_open.title": "We cannot open what was kept",
    "error.cannot_open.detail": "A key is missing on our side. Your request is kept.",
}
