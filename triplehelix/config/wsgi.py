"""The application granian serves."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

from triplehelix.config.parent import die_with_parent

# Each of granian's processes comes by here. Its first one killed, the others would keep the port, and answer with the
# code of yesterday after the next start.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triplehelix.config.settings")
application = get_wsgi_application()


def _warm_up() -> None:
    """Load the encoder before the first visitor asks: a few seconds once, while pages are served already."""
    # Imported when Django is ready.
    from triplehelix.matching import current
    from triplehelix.matching.encode import EncoderDown

    try:
        current.query_vectors(["热身"])
    except EncoderDown as why:
        logging.getLogger(__name__).warning("编码器不可用：%s", why)


threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
