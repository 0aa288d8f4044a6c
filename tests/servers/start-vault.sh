#!/usr/bin/env bash
# HashiCorp Vault, real server in dev mode (in memory, unsealed, root token). Uses $DEKKO_VAULT_BIN, else `bao` or `vault` on PATH, else builds
# Vault 1.21.4 from the Go module proxy into the cache of lib.sh (needs Go >= 1.25, some minutes and some GB of caches, once; BUSL-1.1: test use only, never shipped).
# Usage: start-vault.sh [port]; eval its output.
. "$(dirname "$0")/lib.sh"
port=${1:-$(free_port)}; v=${DEKKO_VAULT_BIN:-$(command -v bao || command -v vault || true)}
if [ -z "$v" ]; then v=$VAULT; [ -x "$v" ] || "$HERE/vault/build.sh" "$v" >&2; fi
launch vault env -u VAULT_TOKEN -u VAULT_NAMESPACE HOME="$STATE" "$v" server -dev -dev-listen-address=127.0.0.1:"$port" -dev-root-token-id=root -dev-no-store-token
wait_http vault "http://127.0.0.1:$port/v1/sys/health"
p() { curl -s -f -o /dev/null -H 'X-Vault-Token: root' -X POST "http://127.0.0.1:$port/v1/$1" -d "$2"; }
p sys/mounts/transit '{"type":"transit"}'; p transit/keys/dekko '{}'; p transit/keys/dekko2 '{}'; p transit/keys/dekko-derived '{"derived":true}'; p sys/audit/f "{\"type\":\"file\",\"options\":{\"file_path\":\"$STATE/vault-audit.jsonl\",\"log_raw\":\"true\"}}"
echo "export VAULT_ADDR=http://127.0.0.1:$port VAULT_TOKEN=root DEKKO_TEST_VAULT=http://127.0.0.1:$port DEKKO_TEST_VAULT_KEY=transit/keys/dekko DEKKO_TEST_VAULT_DERIVED=transit/keys/dekko-derived DEKKO_TEST_VAULT_AUDIT=$STATE/vault-audit.jsonl; unset VAULT_NAMESPACE"
