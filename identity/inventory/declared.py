"""What each column holds, why, and for how long: declared model by model. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from identity.inventory.sent import SENT
from identity.inventory.shape import Kept, Table

DECLARED: Mapping[str, Table] = {
    **SENT,
    "presence.Signal": Table(
        (
            Kept(
                "signals",
                "reach",
                "signals",
                "id subject kind value device source observed_at received_at",
            ),
        )
    ),
    "presence.Presence": Table(
        (
            Kept(
                "conclusion",
                "reach",
                "newest",
                "subject status version since reasons changes_at heartbeat_at"
                " heartbeat_foreground push_accepted_at push_acknowledged_at push_bounced_at"
                " device_seen_at permission_at permission_denied_at network_lost_at"
                " network_returned_at application_signal_at unsettled_since dark_since"
                " returned_at",
            ),
        )
    ),
    "presence.Preference": Table(
        (
            Kept(
                "quiet",
                "peace",
                "choice",
                "subject zone dnd_until away_until quiet_days quiet_start quiet_end",
            ),
            Kept(
                "consents",
                "agreed",
                "choice",
                "presence_consent presence_consent_at page_signals_consent"
                " page_signals_consent_at metrics_consent metrics_consent_at",
            ),
            Kept("channels", "contact", "choice", "push_permitted email_permitted sms_permitted"),
            Kept(
                "overridden", "safety", "account", "overridden_at overridden_until overridden_for"
            ),
        )
    ),
    "presence.RulesInForce": Table(technical="id policy_number rules"),
    "fallbacks.Challenge": Table(
        (
            Kept(
                "prompts",
                "prove",
                "requests",
                "id subject action factor status issued_at expires_at ended_at",
            ),
        ),
        "version",
    ),
    "fallbacks.GuessBudget": Table(
        (
            Kept(
                "guesses",
                "guess",
                "account",
                "subject short_started_at short_count day_started_at day_count in_a_row",
            ),
        )
    ),
    "fallbacks.BackupCodeDevice": Table(
        (Kept("codes", "prove", "replaced", "id user name confirmed"),)
    ),
    "fallbacks.BackupCode": Table(
        (Kept("codes", "prove", "replaced", "id device digest hashed spent_at"),)
    ),
    "fallbacks.SecurityKey": Table(
        (
            Kept(
                "keys",
                "prove",
                "replaced",
                "id user name confirmed credential_id credential_digest public_key handle"
                " sign_count backup_eligible backed_up attestation aaguid transports added_at"
                " last_used_at",
            ),
        )
    ),
    "fallbacks.KeyCeremony": Table(
        (
            Kept(
                "key_questions",
                "prove",
                "question",
                "id subject session purpose about challenge handle issued_at expires_at",
            ),
        )
    ),
    "fallbacks.FactorChange": Table(
        (
            Kept(
                "factor_changes",
                "safety",
                "account",
                "id subject session factor kind credential name status begun_at expires_at"
                " proved_at proved_with",
            ),
        ),
        "version",
    ),
    "fallbacks.PushSubscription": Table(
        (
            Kept(
                "browsers",
                "prove",
                "removed",
                "id subject device name endpoint endpoint_digest p256dh auth secret_digest"
                " added_at last_used_at",
            ),
        )
    ),
    "fallbacks.PushPrompt": Table(
        (Kept("prompts", "prove", "requests", "id challenge subscription status created_at"),),
        "version attempts next_attempt_at last_answer",
    ),
    "fallbacks.PromptBudget": Table((Kept("prompt_times", "peace", "account", "subject sent_at"),)),
    "fallbacks.SecurityNotice": Table(
        (Kept("notices", "safety", "account", "id subject session message_id facts status at"),),
        "version",
    ),
    "fallbacks.Incident": Table(
        technical="id title mode fails works what_to_do dependencies opened_at next_update_at"
        " closed_at"
    ),
    "fallbacks.IncidentUpdate": Table(technical="id incident at title text"),
    "fallbacks.Escalation": Table(
        (
            Kept(
                "escalations",
                "safety",
                "requests",
                "id subject action notice status queue reasons facts opened_at due_at verdict"
                " reason_code note",
            ),
            Kept("staff_verdicts", "answer", "requests", "resolved_by resolved_at", staff=True),
        ),
        "version",
    ),
    "fallbacks.VerificationCase": Table(
        (
            Kept(
                "cases",
                "safety",
                "requests",
                "id subject action status opened_because asks needed opened_at due_at reason_code"
                " note",
            ),
            Kept(
                "staff_verdicts",
                "answer",
                "requests",
                "proposed_by proposed_at decided_by decided_at",
                staff=True,
            ),
        ),
        "version",
    ),
    "fallbacks.Approval": Table(
        (Kept("staff_verdicts", "answer", "requests", "id case person at", staff=True),)
    ),
    "identity.Action": Table(
        (
            Kept(
                "requests",
                "carry_out",
                "requests",
                "id application subject type status outcome mode read_only reason rule reasons"
                " facts binding_message return_url requested_expiry attempts ladder created_at"
                " updated_at expires_at next_attempt_at challenge_ends_at due_at confirm_by",
            ),
            Kept("payload", "carry_out", "payload", "sealed_payload"),
            Kept("fingerprint", "twice", "requests", "payload_fingerprint"),
            Kept("origin", "risk", "requests", "session device network country device_class"),
        ),
        "version decision_id policy_number obligations window",
    ),
    "identity.Decision": Table(
        (
            Kept(
                "decisions",
                "explain",
                "requests",
                "id action at rule outcome mode facts reasons inputs risk_score",
            ),
        ),
        "policy_number",
    ),
    "identity.IdempotencyKey": Table(
        (Kept("fingerprint", "twice", "requests", "id key fingerprint action joined created_at"),),
        "application look_at",
    ),
    "identity.Application": Table(
        (Kept("unused", "unused", "unused", "user"),),
        "id client_id redirect_uris post_logout_redirect_uris client_type"
        " authorization_grant_type client_secret hash_client_secret name skip_authorization"
        " created updated algorithm allowed_origins registration_source cimd_expires_at"
        " webhook_url webhook_secret_sealed return_urls",
    ),
    "identity.Event": Table(
        (
            Kept(
                "record",
                "explain",
                "record",
                "id name at kind object_id subject action_id from_state to_state reason actor"
                " attributes",
            ),
        )
    ),
    "identity.EventLink": Table(
        technical="seq event_id hash subject_salt subject_mark actor_salt actor_mark"
    ),
    "identity.EventSalt": Table((Kept("salt", "answer", "account", "id person_id salt"),)),
    "identity.ChainProgress": Table(technical="id settled candidate fence newest looked_at"),
    "identity.AuditMark": Table(technical="name at holds seq finding"),
    "identity.ActionType": Table(
        technical="name title sensitivity reversibility fraud_cost time_sensitivity journey reach"
        " payload value_rule handler"
    ),
    "identity.Consent": Table(
        (
            Kept(
                "standing",
                "agreed",
                "account",
                "id user application type status given_at until withdrawn_at",
            ),
        ),
        "version",
    ),
    "identity.Delivery": Table(
        (
            Kept(
                "messages",
                "carry_out",
                "requests",
                "id application action type data status last_answer created_at delivered_at",
            ),
        ),
        "version attempts next_attempt_at",
    ),
    "identity.CostAssumption": Table(
        technical="type fraud_loss fraud_at_0 fraud_at_100 abandonment completed_value"
        " support_cost"
    ),
    "identity.SweepRun": Table(technical="name at"),
    "identity.SweepBatch": Table(technical="token actions lease_until"),
    "identity.SweepAttempt": Table(
        technical="action status version count last_error last_at retry_at"
    ),
    "identity.Endpoint": Table(
        technical="application status version changed_at previous_secret_sealed previous_until"
    ),
    "identity.Depth": Table(technical="id kind status number"),
    "identity.DepthChange": Table(technical="id kind status change"),
    "identity.PolicyVersion": Table(
        (Kept("staff_policy", "answer", "record", "author", staff=True),),
        "id number name status version document digest created_at submitted_at compared_with"
        " returned_because activated_at retired_at",
    ),
    "identity.SignOff": Table(
        (Kept("staff_policy", "answer", "record", "id area person at", staff=True),), "policy"
    ),
    "identity.Device": Table(
        (
            Kept(
                "devices",
                "trust",
                "account",
                "id user reference name kind status first_seen_at last_seen_at",
            ),
        ),
        "version",
    ),
    "identity.Session": Table(
        (
            Kept(
                "sessions",
                "trust",
                "account",
                "id user device application reference status started_at last_seen_at"
                " last_proof_at",
            ),
            Kept("places", "risk", "account", "network country"),
        ),
        "version",
    ),
    "identity.Evidence": Table(
        (
            Kept(
                "proofs",
                "trust",
                "account",
                "id user session device application action factor aal issuer credentials"
                " verified_at expires_at",
            ),
            Kept("places", "risk", "account", "network country"),
        )
    ),
    "identity.User": Table(
        (
            Kept("name", "account", "account", "id username first_name last_name email"),
            Kept("password", "prove", "account", "password"),
            Kept("joined", "account", "account", "last_login date_joined is_active"),
            Kept(
                "role", "account", "account", "is_staff is_superuser groups user_permissions"
            ),
            Kept("places", "risk", "account", "usual_network usual_country"),
            Kept("anomaly", "safety", "account", "anomaly_points anomaly_at"),
        )
    ),
}  # fmt: skip
"""Every model of ours."""

BORROWED: Mapping[str, Kept] = {
    "otp_totp.TOTPDevice": Kept("authenticator", "prove", "account"),
    "sessions.Session": Kept("browser", "account", "day"),
    "axes.AccessAttempt": Kept("misses", "guess", "pause"),
    "axes.AccessFailureLog": Kept("misses", "guess", "unused"),
    "axes.AccessLog": Kept("misses", "guess", "unused"),
    "admin.LogEntry": Kept("staff_changes", "answer", "record", staff=True),
    "oauth2_provider.AccessToken": Kept("unused", "unused", "unused"),
    "oauth2_provider.RefreshToken": Kept("unused", "unused", "unused"),
    "oauth2_provider.IDToken": Kept("unused", "unused", "unused"),
    "oauth2_provider.Grant": Kept("unused", "unused", "unused"),
    "oauth2_provider.DeviceGrant": Kept("unused", "unused", "unused"),
}
"""Tables that come with libraries and can hold something about a person, as wholes."""
