"""Django's settings, made from `site.options`."""

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from vigie.site import options

OPTIONS = options.load()
PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = OPTIONS.data_folder()
MODELS_DIR = OPTIONS.models_folder()

SECRET_KEY = SimpleLazyObject(OPTIONS.signing_key)  # a command that signs nothing writes none into the data folder
SECRET_KEY_FALLBACKS = [key.strip() for key in OPTIONS.secret_key_fallbacks.split(",") if key.strip()]
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = [host.strip() for host in OPTIONS.allowed_hosts.split(",")]
PUBLIC_URL = OPTIONS.public_url.rstrip("/") or f"http://{OPTIONS.host}:{OPTIONS.port}"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if OPTIONS.public_url else []
ROOT_URLCONF = "vigie.site.urls"

INSTALLED_APPS = [
    "vigie.site.apps.SiteConfig",
    "vigie.people.apps.PeopleConfig",
    "vigie.governance.apps.GovernanceConfig",
    "vigie.runtime.apps.RuntimeConfig",
    "vigie.watch.apps.WatchConfig",
    "vigie.speech.apps.SpeechConfig",
    "vigie.risk.apps.RiskConfig",
    "vigie.rules.apps.RulesConfig",
    "vigie.clips.apps.ClipsConfig",
    "vigie.moderation.apps.ModerationConfig",
    "vigie.notifications.apps.NotificationsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_typer",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "vigie.site.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "vigie.site.middleware.kept_nowhere",
    "vigie.people.middleware.reader_preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vigie.site.context.shell",
            ],
        },
    }
]

# ── storage ──
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": (
        {**dj_database_url.parse(OPTIONS.database_url, conn_max_age=60, conn_health_checks=True)}
        if OPTIONS.database_url
        else {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "vigie.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    )
}
if OPTIONS.database_url:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)  # s; libpq would wait for minutes
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── engine and push ──
CELERY_BROKER_URL = OPTIONS.redis_url or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    # kombu re-delivers after visibility_timeout + interval * throttle: 1 h + 100 s unless told (kombu 5.7, redis.py)
    {"visibility_timeout": 900, "unacked_restore_interval": 2, "unacked_restore_throttle": 1}
    if OPTIONS.redis_url
    else {"polling_interval": 0.05}
)
CHANNEL_LAYERS: dict[str, dict[str, object]] = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [OPTIONS.redis_url]}}
        if OPTIONS.redis_url
        # the default capacity of 100 frames drops silently (channels/layers.py)
        else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 2000}}
    )
}
# The limits on signing in count here: on several machines they must count together.
CACHES: dict[str, dict[str, object]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": OPTIONS.redis_url, "KEY_PREFIX": "vigie"}
        if OPTIONS.redis_url
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# ── people ──
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "vigie.people.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "vigie.people.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Vigie"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nothing is verified by mail here: accounts come by invitation

# ── mails ──
EMAIL_CONFIG = urlsplit(OPTIONS.email_url)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if OPTIONS.email_url else 'console'}.EmailBackend"
EMAIL_HOST = EMAIL_CONFIG.hostname or "localhost"
EMAIL_PORT = EMAIL_CONFIG.port or 25
EMAIL_HOST_USER = EMAIL_CONFIG.username or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.password or ""
EMAIL_USE_TLS = EMAIL_CONFIG.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = OPTIONS.email_from

# ── languages ──
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LANGUAGE_CODE = OPTIONS.default_language
LOCALE_PATHS = [PACKAGE / "site" / "locale"]
TIME_ZONE = OPTIONS.time_zone
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # it would cut ids in two (id="live-1 234"); the filter `number` writes amounts

# ── static files: built by tools/assets.py, served compressed and immutable ──
STATIC_URL = "static/"
STATIC_ROOT = PACKAGE / "site" / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "vigie.site.storage.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# WhiteNoise hands its files over as blocking iterators, which Django reads in a thread; files are small.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

# ── security ──
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.behind_https
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.behind_https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "vigie.site.views.csrf_failure"

LOGGING_CONFIG = None  # site.logs sets structlog up in each program
