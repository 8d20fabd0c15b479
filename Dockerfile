# One image for all that is ours: the app, and the steps around it (`python -m deploy`,
# `python -m vault.bootstrap`). tests/containers builds and runs it.

ARG PYTHON_IMAGE=python:3.13.14-slim

FROM ${PYTHON_IMAGE} AS install
WORKDIR /install
COPY requirements.txt requirements-otel.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r requirements.txt -r requirements-otel.txt

FROM ${PYTHON_IMAGE} AS service
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A new volume takes its owner from the directory that it is first mounted on.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin service \
    && cd / && install -d -o service -g service -m 0700 installation \
        installation/authority installation/trust installation/vault-tls installation/cache \
        installation/cache-login installation/proxy-tls installation/seal installation/keys \
        installation/credentials installation/watcher installation/prometheus-data \
        installation/alertmanager-data installation/vault-data installation/vault-audit \
        installation/vault-2-data installation/vault-2-audit \
        installation/vault-3-data installation/vault-3-audit
COPY --from=install /venv /venv
WORKDIR /srv
COPY vault vault
COPY deploy deploy
COPY app app
COPY serving serving
COPY wsgi.py gunicorn.conf.py pyproject.toml ./
# Whatever the umask of the checkout was.
RUN chmod -R a+rX /srv
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-m", "deploy.probe"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
