"""All settings, from the environment.

`ANSINH_ENV=production` demands every secret and refuses unsafe values; anything else is a machine on which the
project may make its own keys (in the state folder) and start its own servers (`config/services`).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment, logs, network, production, services
from config.database import database_settings, replica_settings

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.choice("ANSINH_ENV", "local", allowed=("local", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEMO = environment.flag("ANSINH_DEMO", not PRODUCTION)
DEBUG = environment.flag("DEBUG", False)


def _local_key(purpose: str) -> bytes:
    """A fixed key for one purpose outside production: synthetic data only, so that two commands read the same rows."""
    return hashlib.sha256(f"an sinh, local, synthetic data only: {purpose}".encode()).digest()


if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG=1 in production shows secrets to visitors. Unset DEBUG.")
    if DEMO:
        raise ImproperlyConfigured(
            "ANSINH_DEMO=1 in production would mix made-up people with real ones. Unset it."
        )
    for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
        environment.text(name)
    if os.environ.get("ANSINH_DB_ROLE") == "owner":
        environment.text("DATABASE_OWNER_URL")  # the site and its workers never hold the owner's password
    production.refuse_unsafe_database(
        application=environment.text("DATABASE_URL"), owner=os.environ.get("DATABASE_OWNER_URL")
    )
    SECRET_KEY = environment.text("SECRET_KEY")
    FIELD_KEYS = environment.keyring("FIELD_KEYS")
    BLIND_INDEX_KEY = environment.key("BLIND_INDEX_KEY")
    production.refuse_unsafe_keys(
        secret_key=SECRET_KEY, field_keys=FIELD_KEYS, blind_index_key=BLIND_INDEX_KEY
    )
else:
    SECRET_KEY = os.environ.get("SECRET_KEY") or _local_key("cookies").hex()
    FIELD_KEYS = (
        environment.keyring("FIELD_KEYS") if os.environ.get("FIELD_KEYS") else {"local": _local_key("fields")}
    )
    BLIND_INDEX_KEY = (
        environment.key("BLIND_INDEX_KEY") if os.environ.get("BLIND_INDEX_KEY") else _local_key("blind index")
    )
# The key until now, for `manage.py rotate_index` alone.
BLIND_INDEX_OLD_KEY = (
    environment.key("BLIND_INDEX_OLD_KEY") if os.environ.get("BLIND_INDEX_OLD_KEY") else None
)
FIELD_KEY_ID = os.environ.get("FIELD_KEY_ID") or next(iter(FIELD_KEYS))
if FIELD_KEY_ID not in FIELD_KEYS:
    raise ImproperlyConfigured(f"FIELD_KEY_ID={FIELD_KEY_ID!r} is not one of the ids in FIELD_KEYS.")

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", "")
LOG_LEVEL = os.environ.get("LOG_LEVEL", "WARNING")
if PRODUCTION:
    production.refuse_unsafe_site(hosts=ALLOWED_HOSTS, trusted=CSRF_TRUSTED_ORIGINS, log_level=LOG_LEVEL)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "axes",
    "audit",
    "areas",
    "accounts",
    "benefits",
    "beneficiaries",
    "payments",
    "postal",
    "banks",
    "reports",
    "desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.RequestLogMiddleware",
    "config.middleware.ActorMiddleware",
    "config.replica.ReplicaMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "desk.context.site",
            ],
        },
    }
]

SERVICES = services.urls(os.environ)
DATABASES = {
    "default": database_settings(
        SERVICES.owner_url if os.environ.get("ANSINH_DB_ROLE") == "owner" else SERVICES.database_url,
        persistent_seconds=environment.number("DATABASE_CONN_MAX_AGE", 60, low=0, high=3600),
    )
}
# Figures and lists come from it while it is no further behind; a write there fails.
REPLICA_SECONDS = environment.number("ANSINH_REPLICA_SECONDS", 10, low=1, high=60)
if os.environ.get("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = replica_settings(
        os.environ["DATABASE_REPLICA_URL"], persistent_seconds=DATABASES["default"]["CONN_MAX_AGE"]
    )
# The role of the site and its workers, also while the owner migrates: what it may not do is granted by name.
DATABASE_APPLICATION_ROLE = database_settings(SERVICES.database_url, persistent_seconds=0)["USER"]
REDIS_URL = SERVICES.redis_url
POSTGRES_PROGRAMS = services.postgres_programs  # the folder of pg_dump and pg_restore, asked for when needed
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A row at a time goes through the ORM; the rest is set-based SQL that names its own transaction.
ATOMIC_REQUESTS = False

CELERY_BROKER_URL = SERVICES.broker_url
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 290
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_keepalive": True,
    "socket_keepalive_options": network.BROKER,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep rounds that stopped half-way": {"task": "payments.tasks.sweep", "schedule": 60.0},
    "seal what was written to history": {"task": "audit.tasks.seal", "schedule": 60.0},
    "keep the figures of coverage": {"task": "reports.tasks.refresh_figures", "schedule": 30.0},
    "tell banks what happened to their lists": {"task": "banks.tasks.notify", "schedule": 15.0},
    "forget old tokens and stored answers": {"task": "banks.tasks.forget", "schedule": 3600.0},
    "look for people registered twice": {
        "task": "desk.tasks.look_for_alike",
        "schedule": crontab(hour=2, minute=40),
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "accounts.locks.Handler"
AXES_CLIENT_IP_CALLABLE = "accounts.locks.address_of"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
MEDIA_ROOT = Path(os.environ.get("ANSINH_FILES") or services.state_dir(os.environ) / "files")

# Of one request with files: more ends the connection before it is stored.
UPLOAD_MAX_BYTES = 40 * 2**20
FILE_UPLOAD_HANDLERS = [
    "config.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SESSION_COOKIE_HTTPONLY = True
# Shared computers: a session ends with the browser, after half an hour without a request, and after a working day.
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_IDLE_SECONDS = 60 * environment.number("ANSINH_IDLE_MINUTES", 30, low=1, high=240)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How long a code of the second factor is good for in its session.
STEP_UP_SECONDS = 600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
WRITTEN_COOKIE_NAME = "written"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # The prefix makes a browser refuse such a cookie from another host of the domain or without TLS.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    WRITTEN_COOKIE_NAME = "__Host-written"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

REST_FRAMEWORK = {
    # Nobody is authenticated by default, so a view that names no permission of its own admits nobody.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "An Sinh: bank API",
    "DESCRIPTION": "What a bank is given to pay, and what it reports back. Begin with the quick start at /banks/api/.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "Apache-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/banks/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/ansinh/mark.svg",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "displayRequestDuration": True,
        "defaultModelsExpandDepth": 0,
    },
}
# Requests of banks: only these networks (our own proxies) may say whom they forward and which certificate it showed.
BANK_PROXIES = environment.words("ANSINH_BANK_PROXIES", "")
# Inner networks that notices may be sent to all the same: a bank's leased line; in a demonstration this machine, where
# the bank's simulator listens.
WEBHOOK_NETWORKS = environment.networks("ANSINH_WEBHOOK_NETWORKS", "127.0.0.0/8,::1/128" if DEMO else "")
if PRODUCTION:
    production.refuse_own_networks(WEBHOOK_NETWORKS)

LOGGING_CONFIG = "config.logs.configure"
LOGGING = logs.logging_settings(
    LOG_LEVEL, as_json=environment.choice("LOG_FORMAT", "text", allowed=("text", "json")) == "json"
)
# Without it nobody reads /metrics.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 32 characters (openssl rand -hex 32).")

# The province's own choices.
PROVINCE_CODE = os.environ.get("ANSINH_PROVINCE", "60")
# Lists close before the 25th of the month before (Decree 20/2021, Art. 34(4)).
LIST_DAY = environment.number("ANSINH_LIST_DAY", 20, low=1, high=28)
# Elderly people often know only their year of birth: taken as its first or last day, everywhere.
BIRTH_CONVENTION = environment.choice("ANSINH_BIRTH_CONVENTION", "first", allowed=("first", "last"))
# Whether who sees figures of one unit sees those of all units; else, beside his own, the province's total alone.
OPEN_FIGURES = environment.flag("ANSINH_OPEN_FIGURES", False)
# Smaller slices cost several times as much (docs/performance.md).
SLICE_PEOPLE = environment.number("ANSINH_SLICE_PEOPLE", 20_000, low=1, high=1_000_000)
