"""How many files a worker may open, and how many of them may be clients' connections."""

import resource

_WANTED = 65_536
# Connections to Vault and Blawby, logs, shared files.
_OTHER_FILES = 512


def most_files() -> int:
    """How many files this process may open, raised to what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def room_for(files: int) -> int:
    """For how many connections so many open files leave room: half of them where there are few."""
    return max(files - _OTHER_FILES, files // 2)
