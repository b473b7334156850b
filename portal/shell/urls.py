import os

from django.conf import settings
from django.urls import path

from portal.shell import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
]

if settings.DEBUG or os.environ.get("STYLEGUIDE") == "1":
    from portal.shell.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
