"""The web server as a clinic runs it, gunicorn and connection pool and all, for tests that break what it stands on."""

from __future__ import annotations

import os

import django
from django.conf import settings


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careplans.settings")
    django.setup()
    # Not before: what it serves needs the applications to be there.
    from careplans.running.forking import close_connections  # noqa: PLC0415
    from careplans.running.serving import Server  # noqa: PLC0415

    # Collecting the static files takes longer than most of these tests.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    close_connections()
    Server(lambda: print("ready", flush=True)).run()  # noqa: T201  # heard by the test


if __name__ == "__main__":
    main()
