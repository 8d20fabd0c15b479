"""`python -m local`, started by `make run`: everything on this machine, until Ctrl-C."""

import os
import sys
from functools import partial

from local.banner import announce, begin, end
from local.settings import CannotRun, RunSettings
from local.supervisor import Supervisor
from vault.node import VaultDied
from vault.reconcile import BootstrapError
from vault.state import StateInUse, StateUnusable
from vault.tether import tie_to


def main() -> int:
    if "MAKELEVEL" in os.environ:
        tie_to(os.getppid())
    try:
        settings = RunSettings.read(os.environ)
        Supervisor(settings, os.environ).run(begin, partial(announce, settings))
    except (CannotRun, StateInUse, StateUnusable, VaultDied, BootstrapError) as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
