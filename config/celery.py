"""Celery rings the bell; PostgreSQL is the queue. Losing, doubling or reordering every message changes no result."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
app = Celery("sharik")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["performance.imports", "portal.workflow", "incentives.simulation"])
app.autodiscover_tasks(["programs.coverage"])
app.autodiscover_tasks(["programs.training"])
