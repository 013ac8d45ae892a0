"""The application granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triplehelix.config.settings")
application = get_wsgi_application()
