"""Forms of an import: the file, and what its columns mean."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from performance.imports.columns import as_template
from performance.imports.kinds import ImportKind, kinds_for
from performance.models import ImportJob
from tenancy.actors import Actor


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it holds"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (also .gz) or XLSX, at most 20 MB. The first line names the columns."),
        widget=forms.FileInput({"accept": ".csv,.gz,.txt,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=_("Text encoding"),
        choices=[("", _("Unicode (UTF-8)")), ("windows-1256", _("Windows-1256 (older Arabic and Persian)"))],
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.name, kind.label) for kind in kinds_for(actor)]
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds


def _fixed_attrs(label: str) -> dict[str, str]:
    hint = gettext("One value for all lines")
    return {"class": "form-control", "dir": "auto", "placeholder": hint, "aria-label": f"{label} · {hint}"}


class ColumnsForm(forms.Form):
    """For each field of the kind a choice of the file's columns, or a fixed value (or template) instead.

    Field ``x`` has the form fields ``column_x`` and ``fixed_x``.
    """

    def __init__(
        self, *args: Any, job: ImportJob, kind: ImportKind, header: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        columns, constants = job.mapping.get("columns", {}), job.mapping.get("constants", {})
        plain = {as_template(name): name for name in header}
        choices = [("", "---------"), *((name, name) for name in header)]
        for column in kind.columns:
            template = columns.get(column.name, "")
            fixed = constants.get(column.name, "") or ("" if template in plain else template)
            label = str(column.label)
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=False,
                initial=plain.get(template, ""),
                widget=forms.Select({"class": "form-select", "aria-label": label}),
            )
            self.fields[f"fixed_{column.name}"] = forms.CharField(
                required=False,
                max_length=200,
                initial=fixed,
                label=label,
                widget=forms.TextInput(_fixed_attrs(label)),
            )

    def rows(self) -> list[dict[str, Any]]:
        """What the template draws: a line per field."""
        return [
            {
                "column": column,
                "choice": self[f"column_{column.name}"],
                "fixed": self[f"fixed_{column.name}"],
            }
            for column in self.kind.columns
        ]

    def columns(self) -> dict[str, str]:
        """Field -> template; a fixed value with braces is a template too."""
        chosen = {}
        for column in self.kind.columns:
            name, fixed = (
                self.cleaned_data[f"column_{column.name}"],
                self.cleaned_data[f"fixed_{column.name}"],
            )
            if fixed and "{" in fixed:
                chosen[column.name] = fixed
            elif name and not fixed:
                chosen[column.name] = as_template(name)
        return chosen

    def constants(self) -> dict[str, str]:
        fixed = {column.name: self.cleaned_data[f"fixed_{column.name}"] for column in self.kind.columns}
        return {name: value for name, value in fixed.items() if value and "{" not in value}

    def put_errors(self, errors: list[Any]) -> None:
        """A service's errors at the fields to blame."""
        for error in errors:
            name = f"column_{error.field}"
            self.add_error(name if name in self.fields else None, error.message)
