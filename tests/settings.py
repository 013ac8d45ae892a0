"""The settings of the site, with what tests need: quick password hashes, mail kept in memory, plain static files."""

import os

from triplehelix.config.paths import ROOT
from triplehelix.config.settings import *  # noqa: F403
from triplehelix.config.settings import DATABASES, STATIC_ROOT, STORAGES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that is not there
# The live server answers each request in a thread of its own; a kept connection would be lost with it.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A commit need not reach the disk: a test's database is dropped at the end.
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
DATABASES["default"]["TEST"]["TEMPLATE"] = os.environ["TEST_TEMPLATE"]
MEDIA_ROOT = VAR / f"test-media-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
CITY_FILE = ""
# Tests that live by today's clock go on when the pack has no table of the year yet.
CITY_CALENDARS = [ROOT / "demo"]
