#!/usr/bin/env bash
# Makes secrets/url and secrets/password.conf with a new password for Valkey. Run it again to
# rotate, then apply: the pods are replaced, because the Secret's name changes with its content.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf 'requirepass %s\n' "$password" > secrets/password.conf
printf 'redis://:%s@team-secrets-cache:6379/0' "$password" > secrets/url
