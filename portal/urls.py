"""The portal's addresses: those of every ``portal.<package>.urls``."""

from django.urls import include, path

from portal.shell.discovery import import_from_packages

urlpatterns = [path("", include(module.__name__)) for module in import_from_packages("urls")]
