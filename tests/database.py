"""Loaded first (`-p tests.database`): a running database and compiled translations, before Django reads its settings.

The server is the embedded one, or the one of DATABASE_URL; each run makes and drops its own test database there.
"""

import atexit
import os
from contextlib import ExitStack

from tests.template import template_of
from triplehelix.config import translations
from triplehelix.config.database import held, runtime_folder
from triplehelix.config.env import Env
from triplehelix.config.paths import var_folder

stack = ExitStack()
env = Env()
os.environ.setdefault("TEST_DATABASE", f"test_triplehelix_{os.getpid()}")
alone = not os.environ.get("DATABASE_URL")
# With DATABASE_URL given nothing has set it, and the tests that start a server of their own need it.
os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime_folder()))
os.environ["DATABASE_URL"] = stack.enter_context(held(env, var_folder(env)))
os.environ["TEST_TEMPLATE"] = template_of(os.environ["DATABASE_URL"], alone=alone)
atexit.register(stack.close)
translations.compiled(var_folder(env))
