"""Finds what each package of the portal brings along, so that a new package needs no line elsewhere."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import portal


def import_from_packages(module: str) -> list[ModuleType]:
    """Import ``portal.<package>.<module>`` of every package that has it, in alphabetical order."""
    names = sorted(info.name for info in iter_modules(portal.__path__) if info.ispkg)
    paths = [f"portal.{name}.{module}" for name in names]
    return [import_module(path) for path in paths if find_spec(path) is not None]
