"""A mypy plugin: what ``tenancy.middleware`` puts on every request."""

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

REQUEST = "django.http.request.HttpRequest"
ATTRIBUTES = ("operator", "actor", "token", "membership_choices", "htmx", "csp_nonce")


def _add(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in ATTRIBUTES:
        if name not in info.names:
            variable = Var(name, AnyType(TypeOfAny.explicit))
            variable.info = info
            variable._fullname = f"{info.fullname}.{name}"
            info.names[name] = SymbolTableNode(MDEF, variable, plugin_generated=True)


class RequestPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _add if fullname == REQUEST else None


def plugin(version: str) -> type[Plugin]:
    return RequestPlugin
