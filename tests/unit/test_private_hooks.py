"""Private parts of libraries that the app depends on: few, known, and looked at with each release.

A private method can change without notice, as `logging.Handler.lock` did in Python 3.13. This test
walks every class of ours for private names of foreign base classes, and every module for private
names of foreign modules. A new one, or another release of a library below, fails it: read what the
library does there now, then name the release.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

OURS = ("app", "serving", "vault")
FRAMES = ("builtins", "abc", "enum", "typing", "_io")  # what classes are made of
# Private by name, documented for subclasses all the same.
DOCUMENTED = {
    "marshmallow": {"_serialize", "_deserialize"},
    "logging": {"_srcfile"},  # "Optimization", logging HOWTO
}
KNOWN = {
    # library: the releases that were read (the oldest allowed, the locked one), and the names
    "cachelib": (
        {"0.16.0", "0.17.0"},
        {"_cache", "_fs_transaction_suffix", "_get_filename", "_over_threshold", "_path", "_prune"},
    ),
    "flask_smorest": (
        {"0.46.2", "0.47.0"},
        {
            "_make_doc_response_schema",
            "_prepare_response_content",
            "_prepare_response_doc",
            "_register_error_handlers",
            "_register_pagination_header",
            "_register_responses",
        },
    ),
    # What of it is used is in tests/serving/test_gunicorn_hooks.py, with gunicorn's.
    "prometheus_client": (
        {"0.21.1", "0.26.0"},
        {"_capacity", "_f", "_init_value", "_used"},
    ),
    "urllib3": ({"2.6.3", "2.8.0"}, {"_new_conn"}),
}


def test_private_parts_of_libraries_are_known() -> None:
    assert borrowed() == {library: names for library, (_, names) in KNOWN.items()}


@pytest.mark.parametrize("library", KNOWN)
def test_the_release_of_the_library_was_read(library: str) -> None:
    assert version(library) in KNOWN[library][0]


def borrowed() -> dict[str, set[str]]:
    """For each foreign package its private names that ours override or use."""
    found: dict[str, set[str]] = {}
    for module in modules():
        tree = ast.parse(Path(module.__file__ or "").read_text())
        for library, name in [*through_inheritance(module, tree), *through_imports(tree)]:
            if name not in DOCUMENTED.get(library, ()):
                found.setdefault(library, set()).add(name)
    return found


def modules() -> Iterator[ModuleType]:
    for name in OURS:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def through_inheritance(module: ModuleType, tree: ast.Module) -> Iterator[tuple[str, str]]:
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    overridden = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for kind in vars(module).values():
        if not inspect.isclass(kind) or kind.__module__ != module.__name__:
            continue
        for base in kind.__mro__[1:]:
            library = base.__module__.split(".")[0]
            if library not in {*OURS, *FRAMES}:
                for name in private_names(base) & (used | overridden):
                    yield library, name


def private_names(kind: type) -> set[str]:
    """Of its methods, and of the attributes that its methods set."""
    set_there = {
        node.attr
        for method in methods(kind)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method))))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    return {name for name in set_there | set(vars(kind)) if is_private(name)} - {"_abc_impl"}


def methods(kind: type) -> Iterator[FunctionType]:
    """Those with a source. One by one, because a library may give its classes another module."""
    for each in vars(kind).values():
        method = getattr(each, "__func__", getattr(each, "fget", each))
        if inspect.isfunction(method) and not method.__code__.co_filename.startswith("<"):
            yield method


def through_imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """`module._name` and `from module import _name`."""
    imported = {
        alias.asname or alias.name: alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            library = imported.get(node.value.id)
            if library and is_private(node.attr):
                yield library, node.attr
        elif isinstance(node, ast.ImportFrom) and node.module:
            library = node.module.split(".")[0]
            yield from ((library, a.name) for a in node.names if is_private(a.name))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
