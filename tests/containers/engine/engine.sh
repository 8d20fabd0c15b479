#!/usr/bin/env bash
# A Docker engine with Compose v2 for a Debian machine that has none: the binaries are taken out of
# Debian's packages (trixie, sid) into a directory, where the engine keeps its images too.
#
#   eval "$(engine.sh up DIR)"    starts the engine on DIR/docker.sock and prints what to export
#   engine.sh down DIR            stops it
#
# Needs root, overlayfs and network namespaces. Outside DIR it installs runc, iptables, tini and
# debootstrap, and nothing else.
set -euo pipefail
verb=${1:?up or down}
dir=$(realpath -m "${2:?a directory}")
root=$dir/root

fetch() {
    [ -x "$root/usr/sbin/dockerd" ] && return
    mkdir -p "$dir/debs" "$dir/lists/partial" "$root"
    local mirror
    mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -1)
    for suite in trixie sid; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    done > "$dir/sources.list"
    local apt="-qq -o Dir::Etc::SourceList=$dir/sources.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists=$dir/lists"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends runc iptables tini debootstrap
    apt-get $apt update
    # trixie's engine runs on bookworm's libc too; Compose and buildx are static.
    (cd "$dir/debs" && apt-get $apt download docker.io/trixie docker-cli/trixie \
        containerd/trixie docker-buildx/sid docker-compose/sid)
    for package in "$dir"/debs/*.deb; do dpkg -x "$package" "$root"; done
    ln -sf "$(command -v tini-static)" "$root/usr/bin/docker-init"
    mkdir -p "$dir/config/cli-plugins"
    ln -sf "$root"/usr/libexec/docker/cli-plugins/* "$dir/config/cli-plugins/"
}

exports() {
    echo "export PATH=$root/usr/bin:$root/usr/sbin:\$PATH"
    echo "export DOCKER_HOST=unix://$dir/docker.sock DOCKER_CONFIG=$dir/config"
}

start() {
    # A container may not ask for more open files than the engine itself has.
    cat > "$dir/daemon.json" <<JSON
{"data-root": "$dir/data", "exec-root": "$dir/exec", "pidfile": "$dir/dockerd.pid",
 "hosts": ["unix://$dir/docker.sock"],
 "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}}
JSON
    setsid dockerd --config-file "$dir/daemon.json" > "$dir/dockerd.log" 2>&1 < /dev/null &
    for _ in $(seq 60); do
        docker version > /dev/null 2>&1 && return
        sleep 0.5
    done
    tail -20 "$dir/dockerd.log" >&2
    return 1
}

case $verb in
up)
    fetch >&2
    eval "$(exports)"
    docker version > /dev/null 2>&1 || start
    exports
    ;;
down)
    kill "$(cat "$dir/dockerd.pid")"
    ;;
*)
    echo "up or down" >&2
    exit 2
    ;;
esac
