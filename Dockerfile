# syntax=docker/dockerfile:1

# Built nowhere yet: no Docker engine runs where this is developed. Pin the images by digest where
# you build. tests/deploy/test_compose.py checks what can be checked without an engine.

FROM python:3.13.14-slim AS install
WORKDIR /install
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r requirements.txt

FROM python:3.13.14-slim AS base
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin service \
    && install -d -o service -g service -m 0700 /credentials
COPY --from=install /venv /venv
WORKDIR /srv
USER 10001:10001

# Prepares a Vault: `docker compose run --rm bootstrap`.
FROM base AS bootstrap
COPY vault vault
ENTRYPOINT ["python", "-m", "vault.bootstrap"]

FROM base AS app
COPY app app
COPY serving serving
COPY wsgi.py gunicorn.conf.py pyproject.toml ./
EXPOSE 8000
CMD ["gunicorn", "--no-control-socket", "-c", "gunicorn.conf.py", "wsgi:app"]
