#!/bin/sh
# Runs a command where there is no network but loopback: whatever needs another one fails there. Without a command it
# rehearses: a network with its nodes comes up, is checked, broken, mended and ended. Where the system makes no network
# namespace it says that it is skipped.
#   scripts/without-network.sh npx vitest run test/devnet test/peer
#   scripts/without-network.sh node scripts/demo.mjs --no-keep
set -eu
if [ "${WCN_WITHOUT_NETWORK:-}" != 1 ]; then
  if ! unshare -rn sh -c 'ip link set lo up' 2>/dev/null; then
    echo 'skipped: this system makes no network namespace (unshare -rn)'
    exit 0
  fi
  WCN_WITHOUT_NETWORK=1 exec unshare -rn "$0" "$@"
fi
unset WCN_WITHOUT_NETWORK
ip link set lo up
[ "$(ip -o link show up | wc -l)" = 1 ] || { echo 'there is another network than loopback' >&2; exit 1; }
[ $# = 0 ] || exec "$@"

cd "$(dirname "$0")/.."
folder=$(mktemp -d)
export WCN_CONFIG_DIR="$folder/config"
net="$folder/net.env"
key="$net.services/operator-0-node-0.key"
wcn() { node bin/wcn.js "$@" >"$folder/said" 2>&1 || { code=$?; cat "$folder/said" >&2; return $code; }; }
trap 'wcn devnet down "$net"; rm -rf "$folder"' EXIT
wcn devnet up --detach --out "$net"
if [ ! -f "$key" ]; then
  echo 'skipped: without the QUIC addon there are no nodes to rehearse with'
  exit 0
fi
wcn devnet status --out "$net"
wcn nodes check --env-file "$net" --node-key-file "$key"
wcn doctor --env-file "$net"
wcn devnet break 0/1 wrong-key --out "$net"
if node bin/wcn.js nodes check --env-file "$net" >/dev/null 2>&1; then
  echo 'a node that answers as somebody else was not found' >&2
  exit 1
fi
wcn devnet mend 0/1 --out "$net"
wcn nodes check --env-file "$net" --node-key-file "$key"
echo 'without any network but loopback: devnet up, status, nodes check, doctor, devnet break, mend and down do what they should'
