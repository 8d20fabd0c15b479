"""Documents in folders that are named by the first letters of the documents' names.

Vault reads a folder as a whole for any page of it. So a folder that grows without end has a size
from which no page of it comes in time.
"""

from collections.abc import Iterator

from app.adapters.vault.kv import KvMount


class Folders:
    """`widths`: how many letters of a name are the name of its folder, at each level below
    `root`."""

    def __init__(self, root: str, *widths: int) -> None:
        self._root, self._widths = root, widths

    def path(self, name: str) -> str:
        return self._root + "/".join([*(name[:width] for width in self._widths), name])

    def lists(
        self, kv: KvMount, after: str | None = None, before: str | None = None
    ) -> Iterator[list[str]]:
        """The names in each folder that has any, in order, between the two names. A folder is
        listed when it is its turn. What others put beside them is passed over."""
        return _lists(kv, self._root, self._widths, after or "", before)

    def names(self, kv: KvMount, after: str | None = None) -> Iterator[str]:
        for names in self.lists(kv, after):
            yield from names


def _lists(
    kv: KvMount, path: str, widths: tuple[int, ...], after: str, before: str | None
) -> Iterator[list[str]]:
    names = kv.list_names(path)
    if not widths:
        leaves = [name for name in names if name > after and not name.endswith("/")]
        if here := [name for name in leaves if before is None or name < before]:
            yield here
        return
    width, *deeper = widths
    for name in names:
        is_folder = len(name) == width + 1 and name.endswith("/")
        begun = before is None or name[:-1] <= before[:width]
        if is_folder and begun and name[:-1] >= after[:width]:
            yield from _lists(kv, path + name, tuple(deeper), after, before)
