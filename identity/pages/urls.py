"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from identity.pages import (
    account,
    availability,
    beacon,
    beforehand,
    consents,
    inventory,
    own_data,
    places,
    public,
    requests,
    signing,
    verifying,
)

urlpatterns = [
    path("", requests.requests_page, name="requests"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.sign_in_code, name="sign_in_code"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("requests/<uuid:action_id>/", requests.request_page, name="request"),
    path("requests/<uuid:action_id>/cancel/", requests.cancel, name="cancel"),
    path("requests/<uuid:action_id>/not-me/", requests.not_me, name="not_me"),
    path("requests/<uuid:action_id>/undo/", requests.refuse, name="undo"),
    path("requests/<uuid:action_id>/support/", requests.support, name="ask_support"),
    path("requests/<uuid:action_id>/verify/", verifying.verify, name="verify"),
    path(
        "requests/<uuid:action_id>/verify/<slug:factor>/",
        verifying.verify_with,
        name="verify_with",
    ),
    path("sessions/", places.sessions_page, name="sessions"),
    path("sessions/end-others/", places.end_other_sessions, name="end_other_sessions"),
    path("sessions/<uuid:session_id>/end/", places.end_session, name="end_session"),
    path("sessions/devices/<uuid:device_id>/remove/", places.remove_device, name="remove_device"),
    path("presence/", availability.presence_page, name="presence"),
    path("presence/here/", availability.here, name="here_now"),
    path("presence/do-not-disturb/", availability.do_not_disturb, name="do_not_disturb"),
    path("presence/away/", availability.away, name="away"),
    path("presence/quiet-hours/", availability.quiet_hours, name="quiet_hours"),
    path("presence/zone/", availability.zone, name="zone"),
    path("presence/channels/", consents.channels, name="channels"),
    path("presence/consent/", consents.consent, name="consent"),
    path("presence/signals/", beacon.signals, name="page_signals"),
    path("presence/data/", own_data.data_page, name="presence_data"),
    path("presence/data/download/", own_data.download, name="presence_download"),
    path("presence/data/delete/", own_data.erase, name="presence_erase"),
    path("presence/inventory/", inventory.inventory_page, name="inventory"),
    path("factors/", account.factors_page, name="factors"),
    path("account/", account.account_page, name="account"),
    path("account/consents/", beforehand.consents_page, name="consents"),
    path(
        "account/consents/<uuid:consent_id>/withdraw/",
        beforehand.withdraw,
        name="withdraw_consent",
    ),
    path("status/", public.status_page, name="status"),
    path("help/", public.help_page, name="help"),
]
