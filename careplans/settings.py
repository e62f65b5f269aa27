"""Settings, all read from the environment; docs/operations.md has the table of them.

Every default suits one clinic on one machine: SQLite, tasks inside the one process, mail kept in the app.
"""

from __future__ import annotations

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from careplans.core.environment import Environment, host_of, url_host
from careplans.core.secret_key import read_or_make_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

TESTING = "pytest" in sys.modules
DEMO = env.yes_no("DEMO", default=True)
# A real clinic and the demo never share a folder, so trying the one spoils nothing of the other.
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ("data" if DEMO else "clinic-data")))).resolve()
DEBUG = env.yes_no("DEBUG", default=False)
HOST = env.text("HOST", "127.0.0.1")
PORT = env.whole("PORT", default=8000, at_least=1, at_most=65535)
# Where links in mails and QR codes lead; patients must be able to open it.
SITE_URL = env.address("SITE_URL", default=f"http://{url_host(HOST)}:{PORT}")
IS_HTTPS = SITE_URL.startswith("https://")

try:
    SECRET_KEY = env.text("SECRET_KEY") or read_or_make_secret_key(DATA_DIR)
except OSError:
    SECRET_KEY = secrets.token_urlsafe(64)  # nothing is served with it: the checks stop the start
    env.note("DATA_DIR", f"is {DATA_DIR}, where this user may not write", "Choose a folder of your own.")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]), host_of(SITE_URL)]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "careplans.core",
    "careplans.audit",
    "careplans.accounts",
    "careplans.outbox",
    "careplans.library",
    "patients",
    "careplans.plans",
    "careplans.handouts",
    "careplans.checkins",
    "careplans.builder",
    "careplans.workshop",
    "careplans.worklist",
    "careplans.demo",
    "careplans.running",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "careplans.core.middleware.no_store",
    "careplans.core.middleware.refuse_nul",
    "careplans.core.database_away.note_writes",
    "careplans.core.uploads.limit_uploads",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "careplans.accounts.middleware.idle_time_out",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "careplans.accounts.middleware.sign_in_whole_page",
    "careplans.accounts.too_late.keep_late_form",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "careplans.accounts.middleware.second_factor",
    "careplans.accounts.middleware.current_clinic",
    "careplans.accounts.right_clinic.right_clinic",
]

ROOT_URLCONF = "careplans.urls"
WSGI_APPLICATION = "careplans.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "careplans.worklist.context.frame",
            ],
            # {% csrf_token %} says for which clinic a form was made, on every page there is.
            "builtins": ["careplans.accounts.templatetags.staff_forms"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL", default="sqlite:///careplans.sqlite3", folder=DATA_DIR),
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start of a transaction: without it, eight writers see "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # After a restart of the server every connection in the pool is dead: each is tried before somebody gets it.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        # A request waits ten seconds for a server that restarts. The pool gives up as soon: by its own waits, which
        # double each time, it would notice minutes late that the server is back.
        "pool": {"min_size": 2, "max_size": 12, "timeout": 10, "reconnect_timeout": 10},
        # A worker that is frozen in the middle of a transaction gives up its rows, sooner than those who wait for them.
        # Compiling a query takes longer than any of ours runs.
        "options": "-c idle_in_transaction_session_timeout=20s -c lock_timeout=30s -c jit=off",
        # A machine that went away without a word is noticed within half a minute.
        "connect_timeout": 5,
        "tcp_user_timeout": 30_000,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    if TESTING:
        DATABASES["default"]["OPTIONS"].pop("pool")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
# In the database, which every node shares: Redis may go away without locking staff out of the sign-in.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "careplans_cache"}
}

MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if TESTING or DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without the files of the few forms that take one (careplans/core/uploads.py); all others keep nothing of a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["careplans.core.uploads.NoFile"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# --- Queue ------------------------------------------------------------------------------------------------------
CELERY_EMBEDDED = not REDIS_URL
WEB_PROCESSES = env.whole("WEB_PROCESSES", default=1 if CELERY_EMBEDDED else 2, at_least=1, at_most=64)
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 10.0, "socket_connect_timeout": 5.0, "retry_on_timeout": True}
    if REDIS_URL
    else {"polling_interval": 0.1}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long Redis is away, nobody has to start the workers again.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Mail -------------------------------------------------------------------------------------------------------
# Empty: nothing leaves; mails are kept and readable in the app. smtp://user:password@host:587?tls=True sends.
EMAIL_URL = env.text("EMAIL_URL")
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", "careplans@localhost")
EMAIL_TIMEOUT = 20
# Mails of the sign-in pages (password reset) leave by the same outbox as all others.
EMAIL_BACKEND = "careplans.outbox.backend.OutboxBackend"
# Named here because the outbox lies above the rooms that write to it in passing.
QUEUE_MESSAGE = "careplans.outbox.queue.queue_message"
CANCEL_MESSAGES = "careplans.outbox.queue.cancel_messages"
COMPOSE_MESSAGE = "careplans.outbox.compose.compose"

# --- Sign-in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "careplans.accounts.passwords.CommonCoreValidator"},
    {"NAME": "careplans.accounts.passwords.ClinicWordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "careplans.accounts.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address, which verifies it
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers must not make the clinic write to strangers
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # ends all other sessions, keeps this one
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "careplans.accounts.sign_in_forms.SignInForm",
    "reset_password": "careplans.accounts.sign_in_forms.AskForNewPasswordForm",
    "reset_password_from_key": "careplans.accounts.sign_in_forms.NewPasswordForm",
    "change_password": "careplans.accounts.sign_in_forms.ChangePasswordForm",
    "reauthenticate": "careplans.accounts.sign_in_forms.PasswordAgainForm",
}
# Back-off without a lasting lock: a passkey still opens an account whose password is being guessed.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "careplans.accounts.second_factor.StaffMFAAdapter"
MFA_FORMS = {
    "authenticate": "careplans.accounts.sign_in_forms.CodeForm",
    "reauthenticate": "careplans.accounts.sign_in_forms.CodeAgainForm",
    "activate_totp": "careplans.accounts.sign_in_forms.FirstCodeForm",
    "add_webauthn": "careplans.accounts.sign_in_forms.AddKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as above: the invitation verified it
MFA_TOTP_ISSUER = "Careplans"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
SECOND_FACTOR_REQUIRED = not DEMO
IDLE_TIME_OUT = timedelta(minutes=env.whole("IDLE_MINUTES", default=15, at_least=1, at_most=480))
SESSION_LIFE = timedelta(hours=8)
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", default=0, at_least=0, at_most=9)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- Security ---------------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = int(SESSION_LIFE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_SSL_REDIRECT = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with every form, and the CSRF check refuses it.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [], "geolocation": [], "microphone": [], "payment": [], "usb": [],
    "publickey-credentials-get": ["self"],
}  # fmt: skip
CSRF_FAILURE_VIEW = "careplans.accounts.too_late.csrf_failure"

# --- Language and time --------------------------------------------------------------------------------------------
# Staff pages are always in this language: no LocaleMiddleware, so that a browser set to Spanish does not get them
# half translated. Pages, mails and handouts of patients switch to the patient's language themselves.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("tr", _("Turkish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "careplans" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "mask": {"()": "careplans.core.logs.MaskLinkTokens"},
        "short": {"()": "careplans.core.logs.OneLineForBadRequests"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask", "short"]}
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="WARNING"),
    },
}

# What could not be read above; careplans.checks turns each into one sentence at the start.
SETTINGS_PROBLEMS = env.problems
