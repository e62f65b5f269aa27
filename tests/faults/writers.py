"""Processes that write to the same records at once: ``python -m tests.faults.writers PROCESSES TIMES``."""

from __future__ import annotations

import os
import sys
import traceback

import django
from django.db import transaction


def write(times: int) -> None:
    from django.utils import timezone  # noqa: PLC0415  # after django.setup

    from careplans.accounts.models import Clinic  # noqa: PLC0415
    from careplans.audit.record import SYSTEM, record_change  # noqa: PLC0415

    for _ in range(times):
        with transaction.atomic():
            # Read first, then written: that is where a file with Django's own settings is "locked".
            clinic = Clinic.objects.get()
            Clinic.objects.update(version=clinic.version + 1)
            now = timezone.now()
            record_change(by=SYSTEM, action="written", subject=clinic, now=now, clinic_id=clinic.pk)


def start(times: int) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            write(times)
            code = 0
        except Exception:  # noqa: BLE001  # told to the test
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def main(processes: int, times: int) -> int:
    django.setup()
    pids = [start(times) for _ in range(processes)]
    return sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0 for pid in pids)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
