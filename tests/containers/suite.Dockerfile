# The whole suite on the Python and the packages of the image that is shipped.
FROM shipped
USER root
# What the tests call besides Python.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl git make > /dev/null \
    && rm -rf /var/lib/apt/lists/*
COPY requirements-dev.txt requirements.txt ./
RUN /venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes \
    -r requirements-dev.txt
COPY . .
# A release is made from a repository.
RUN git init --quiet && git add --all && chmod -R a+rX /srv \
    && git config --system --add safe.directory '*'
USER 10001:10001
ENV HOME=/tmp HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis
HEALTHCHECK NONE
