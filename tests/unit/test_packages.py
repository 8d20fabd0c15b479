"""A package's own names hide none of its modules: `app.services` is a package, whatever is imported
into `app`."""

import importlib
import pkgutil
from types import ModuleType

import pytest

OURS = ("app", "deploy", "drills", "sandbox", "serving", "vault")


@pytest.mark.parametrize("name", OURS)
def test_a_module_is_found_by_its_name(name: str) -> None:
    hidden = []
    packages = [importlib.import_module(name)]
    for package in packages:
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            if found.ispkg:
                packages.append(module)
            if not isinstance(getattr(package, found.name.rpartition(".")[2]), ModuleType):
                hidden.append(found.name)
    assert hidden == []
