"""Django's settings, made from the environment (`config.environment`)."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from config import environment
from config.logs import logging_settings
from identity.admin.theme import UNFOLD as UNFOLD

ENVIRONMENT = environment.load_or_exit()
BASE_DIR = environment.ROOT
STATE_DIR = ENVIRONMENT.state_dir

# -- this product --------------------------------------------------------------------------------
BASE_URL = ENVIRONMENT.base_url
DEMO = ENVIRONMENT.demo
PORT = ENVIRONMENT.port
SEAL_KEYS = ENVIRONMENT.seal_keys
# With demo data the example application is told over loopback, and without TLS there alone.
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128")) if DEMO else ()
WEBHOOK_ALLOWED_NETWORKS = (*ENVIRONMENT.webhook_allowed_networks, *LOOPBACK)
WEBHOOK_PLAIN_NETWORKS = LOOPBACK
PUSH_KEY, PUSH_CONTACT = ENVIRONMENT.push_key, ENVIRONMENT.push_contact
PUSH_ALLOWED_NETWORKS = PUSH_PLAIN_NETWORKS = LOOPBACK
AUDIT_KEYS = ENVIRONMENT.audit_keys
AUDIT_CHECKPOINT_DIR = ENVIRONMENT.audit_checkpoint_dir
TRUSTED_PROXY_HOPS = ENVIRONMENT.trusted_proxy_hops
SIGNAL_RETENTION_DAYS = ENVIRONMENT.signal_retention_days
METRICS_TOKEN = ENVIRONMENT.metrics_token
# -- how people are reached ----------------------------------------------------------------------
MAIL = ENVIRONMENT.mail
TEXTS = ENVIRONMENT.texts
MAIL_FROM = ENVIRONMENT.mail_from
CHANNEL_SLOTS = ENVIRONMENT.channel_slots
TEXTS_AN_HOUR = ENVIRONMENT.texts_an_hour
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "E164"

# -- Django --------------------------------------------------------------------------------------
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

INSTALLED_APPS = [
    "unfold",  # before the admin, whose templates it replaces
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "phonenumber_field",
    "presence",
    "fallbacks",
    "identity",
    "config.apps.WiringConfig",
]

MIDDLEWARE = [
    "config.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.admin_csp.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "identity.pages.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "identity.admin.long_texts.LongTextMiddleware",
    "identity.pages.middleware.ReadableMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "identity.pages.context.chrome",
            ],
        },
    }
]

# -- database ------------------------------------------------------------------------------------
# Connections are kept by the thread that opened them: the web server's threads live as long as it
# does, so their number bounds the connections, and no request pays for opening one (five times
# the cost of the request itself). A pool would only add its own threads to that. The health check
# lets a restart of the database cost one reconnect and not one failed request a thread.
KEPT = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
CONNECT_SECONDS = 5
# `fetch_planned` and the statement that takes signals in are planned once in each connection, for
# any parameters.
PLANNED = {"prepare_threshold": 5, "options": "-c plan_cache_mode=force_generic_plan"}

if ENVIRONMENT.database is None:
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {
            "ENGINE": "config.embedded",
            "NAME": "holdfast",
            "EMBEDDED": {"state_dir": str(STATE_DIR), "durable": True},
            "OPTIONS": {"connect_timeout": CONNECT_SECONDS, **PLANNED},
            **KEPT,
        }
    }
else:
    DATABASES = {"default": {**ENVIRONMENT.database, **KEPT}}
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": CONNECT_SECONDS,
        **PLANNED,
        **ENVIRONMENT.database.get("OPTIONS", {}),
    }

# -- who is who ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# NIST SP 800-63B-4 3.1.1.2: length and known-bad passwords count, composition rules do not.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
OTP_TOTP_ISSUER = "Holdfast"

# A guesser is locked out where the guesses come from, so that nobody can lock out another (F07).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "identity.pages.failures.locked_out"
AXES_CLIENT_IP_CALLABLE = "config.client_address.coarse_address"

# -- API -----------------------------------------------------------------------------------------
# Bodies over 64 KiB are refused before they are read; identity.admin.long_texts has the exception.
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 65_536

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.api.authentication.ApplicationAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "identity.api.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Holdfast",
    "DESCRIPTION": "Ask for actions that need a person who may be away; nothing is lost.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "identity.Application"
OAUTH2_PROVIDER: dict[str, Any] = {
    # A server that knows no other grant than client credentials (RFC 6749 4.4).
    "OAUTH2_VALIDATOR_CLASS": "identity.api.tokens.ApplicationTokenValidator",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "SCOPES": {
        "actions": "Ask for actions and cancel them",
        "signals": "Send signals about people's devices and channels",
        "read": "Read actions, decisions and availability",
        "offline": "Issue offline grants and send their journals",
    },
    "DEFAULT_SCOPES": [],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["client_credentials"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": [],
    # RFC 9700, all of it.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

# -- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# One hour without a content hash in the names: a new release is seen within it.
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# -- headers -------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# What the theme of the console needs; granted under /admin/ only (`config.admin_csp`).
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# NIST SP 800-63B-4 2.2.3: at most 24 h; the shorter idle bound is judged at use, by our own row.
SESSION_COOKIE_AGE = 24 * 60 * 60
PUSH_COOKIE_NAME = "holdfast-browser"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "identity.pages.failures.csrf_failed"

if ENVIRONMENT.secure:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    PUSH_COOKIE_NAME = "__Host-holdfast-browser"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # probes speak to the process itself
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if TRUSTED_PROXY_HOPS:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- logs ----------------------------------------------------------------------------------------
LOGGING_CONFIG = "config.logs.configure"
LOGGING = logging_settings(ENVIRONMENT.log_level)

# -- workers -------------------------------------------------------------------------------------
# The broker's address is made when it is first needed (`config.celery`): it may be the embedded
# server's. Tasks carry nothing and are only sweeps, so results are of no use and a repeated one
# does no harm.
CELERY_BROKER_URL = ENVIRONMENT.broker_url
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "holdfast"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_LIMIT = 2
