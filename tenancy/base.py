"""What every tenant table is made of: the filtering manager, the operator column and keys inside one operator."""

from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenancy.context import active_operator_id, require_operator_id
from tenancy.walls.spec import Walls

M = TypeVar("M", bound=models.Model, covariant=True)
_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class ActiveOperator(Expression):
    """The active operator's id as a literal, read when SQL is compiled.

    Row-level security is the check; this literal is the filter that gives the planner exact estimates. Reading it
    late lets query sets be defined at module level.
    """

    output_field = models.BigIntegerField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return "%s", (require_operator_id(),)


class TenantManager(models.Manager[M]):
    """Sees the rows of the active operator only; raises ``NoOperator`` when there is none."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(operator_id=ActiveOperator())


class TenantForeignKey(models.ForeignKey[_ST, _GT]):
    """A reference inside one operator.

    The database constraint is ``(operator_id, x_id)``, built by ``tenancy.walls`` because Django cannot express it:
    a plain foreign key ignores row-level security and would let a row of one operator point to another's.

    ``keyed=False`` leaves the constraint out where a check per row would cost too much; the table then has a trigger
    that checks each statement's rows at once (a guard test looks for it).
    """

    def __init__(
        self, to: Any, on_delete: Any = models.PROTECT, *, keyed: bool = True, **kwargs: Any
    ) -> None:
        self.keyed = keyed
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs if self.keyed else {**kwargs, "keyed": False}


class OperatorKey(models.ForeignKey[_ST, _GT]):
    """The operator of a row: the active one. Saving without any raises ``NoOperator`` instead of a database error."""

    def __init__(self, to: Any = "tenancy.Operator", on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs |= {"default": active_operator_id, "editable": False, "related_name": "+", "db_index": False}
        super().__init__(to, on_delete, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return require_operator_id() if value is None else value


class TenantModel(models.Model):
    """A table inside the walls. Each model says in ``walls`` which audiences see which rows.

    Indexes and unique constraints start with ``operator``; references to other tenant tables are ``TenantForeignKey``.
    """

    walls: ClassVar[Walls]
    operator = OperatorKey("tenancy.Operator", models.PROTECT)
    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Named(models.Model):
    """A thing with a name in the operator's main language and, where given, in others (language code -> name)."""

    name = models.CharField(_("name"), max_length=200)
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str | None = None) -> str:
        """The name in ``language`` (default: the reader's), or the main name where there is none."""
        code = (language or get_language() or "en").split("-")[0]
        return str(self.names.get(code) or self.name)
