"""Where benchmarks run: a temporary database and folder, never the clinic's own data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment

PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@contextmanager
def temporary_place() -> Iterator[None]:
    """A fresh database of the kind that is set, emptied again afterwards."""
    setup_test_environment(debug=False)
    own_name = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="careplans-bench-") as folder:
        media, static = (Path(folder) / name for name in ("media", "static"))
        static.mkdir()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(
                MEDIA_ROOT=media,
                STATIC_ROOT=static,
                STORAGES=PLAIN_STATIC,
                SECOND_FACTOR_REQUIRED=False,
                SECURE_SSL_REDIRECT=False,
                CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            ):
                yield
        finally:
            connection.creation.destroy_test_db(own_name, verbosity=0)
            teardown_test_environment()
