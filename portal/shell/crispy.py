"""Forms in our look."""

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString


def form_html(form: forms.BaseForm, request: HttpRequest) -> SafeString:
    """The fields of a form in our look; the template writes ``<form>`` and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.error_text_inline = True
    return SafeString(render_crispy_form(form, helper, {"request": request}))
