#!/usr/bin/env bash
# Three mfsha nodes, two chunkservers and a mount in network namespaces of their own: writes files, kills the leader, measures the stall,
# proves that everything acknowledged is there. Exit code 0: it is. Needs root and what scripts/install-prerequisites.sh installs.
#   scripts/demo.sh [--keep]      --keep leaves everything running and says how to use it and how to end it
set -euo pipefail
cd "$(dirname "$0")/.."
keep=no; [ "${1:-}" = --keep ] && keep=yes

prefix=mfshad$$
dir=$(mktemp -d /tmp/mfsha-demo.XXXXXX)
net=10.78.78
mfsha=$PWD/dataplane/MfsHa.Node/bin/Release/net10.0/mfsha
admin=$PWD/dataplane/MfsHa.Admin/bin/Release/net10.0/mfsha-admin
hosts=(n1 n2 n3 c1 c2 m1)
pids=()

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
in_host() { nsenter --net="/run/netns/$prefix$1" "${@:2}"; }

cleanup() {
  set +e
  umount -l "$dir/mnt" 2>/dev/null
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null; done
  wait 2>/dev/null
  for host in "${hosts[@]}" br; do ip netns del "$prefix$host" 2>/dev/null; done
  rm -rf "$dir"
}
trap '[ $keep = yes ] && [ "${done_:-no}" = yes ] || cleanup' EXIT

add_host() {
  ip netns add "$prefix$1"
  ip link add "v$1" netns "$prefix$1" type veth peer name "p$1" netns "${prefix}br"
  in_host br ip link set "p$1" master br0 up
  in_host "$1" ip link set lo up
  in_host "$1" ip addr add "$net.$2/24" dev "v$1"
  in_host "$1" ip link set "v$1" up
}

start_node() {
  mkdir -p "$dir/n$1/data"
  cat >"$dir/n$1/mfsha.cfg" <<CFG
MFSHA_NODE_ID = $1
MFSHA_PEERS = $net.1,$net.2,$net.3
BIND_HOST = $net.$1
DATA_PATH = $dir/n$1/data
EXPORTS_FILENAME = $dir/mfsexports.cfg
WORKING_USER = root
WORKING_GROUP = root
CFG
  # Not through a function: the pid must be the node's own.
  nsenter --net="/run/netns/${prefix}n$1" "$mfsha" -c "$dir/n$1/mfsha.cfg" -f start >>"$dir/n$1/log" 2>&1 &
  node_pid[$1]=$!
  pids+=($!)
}

start_chunkserver() {
  mkdir -p "$dir/c$1/data" "$dir/c$1/disk"
  echo "$dir/c$1/disk" >"$dir/c$1/mfshdd.cfg"
  cat >"$dir/c$1/mfschunkserver.cfg" <<CFG
WORKING_USER = root
WORKING_GROUP = root
DATA_PATH = $dir/c$1/data
HDD_CONF_FILENAME = $dir/c$1/mfshdd.cfg
MASTER_HOST = $net.$2
MASTER_RECONNECTION_DELAY = 1
NICE_LEVEL = 0
CFG
  nsenter --net="/run/netns/${prefix}c$1" mfschunkserver -c "$dir/c$1/mfschunkserver.cfg" -f start >>"$dir/c$1/log" 2>&1 &
  pids+=($!)
}

ready() { in_host m1 curl -fs "http://$net.$1:9431/readyz" >/dev/null 2>&1; }
until_true() { # seconds, what, command...
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}"; do
    [ $SECONDS -lt $end ] || { say "FAILED: $what"; tail -n 5 "$dir"/n?/log; exit 1; }
    sleep 0.2
  done
}
leader() {
  in_host m1 "$admin" status --host "$net.$1" 2>/dev/null | awk -F'|' '/^\| 1 \(shard 0\)/ && $3 + 0 > 0 { print $3 + 0; found = 1 } END { exit !found }'
}
has_space() { [ "$(df --output=size "$dir/mnt" | tail -1)" -gt 0 ]; }

declare -A node_pid
say "network: six hosts on one bridge, in namespaces"
ip netns add "${prefix}br"
in_host br ip link add br0 type bridge
in_host br ip link set br0 up
number=0
for host in n1 n2 n3; do add_host "$host" $((++number)); done
add_host c1 11; add_host c2 12; add_host m1 21
echo '* / rw,alldirs,admin,maproot=0:0' >"$dir/mfsexports.cfg"

say "starting three nodes"
for node in 1 2 3; do start_node $node; done
for node in 1 2 3; do until_true 60 "node $node does not become ready" ready $node; done
until_true 30 'no leader is known' leader 1 >/dev/null
victim=$(leader 1)
mount_at=$((victim % 3 + 1))
say "cluster formed; node $victim leads, the client goes to node $mount_at"

say "starting two chunkservers and the mount (unmodified MooseFS programs)"
start_chunkserver 1 $mount_at
start_chunkserver 2 $(((victim + 1) % 3 + 1))
mkdir -p "$dir/mnt"
in_host m1 mfsmount "$dir/mnt" -H "$net.$mount_at" >"$dir/mount.log" 2>&1
until_true 60 "the chunkservers do not register" has_space

say "writing files"
mkdir "$dir/mnt/before"
for i in $(seq 1 20); do head -c 100000 /dev/urandom >"$dir/mnt/before/$i"; done
(cd "$dir/mnt" && sha256sum before/*) >"$dir/before.sums"

say "kill -9 of node $victim, the leader, while files are being created"
mkdir "$dir/mnt/during"
(
  i=0
  while [ ! -e "$dir/stop" ]; do
    begin=$(date +%s%N)
    mkdir "$dir/mnt/during/$i" || exit 1
    end=$(date +%s%N)
    echo "$i $(((end - begin) / 1000000))" >>"$dir/acknowledged"
    i=$((i + 1))
  done
) &
writer=$!
sleep 1
kill -9 "${node_pid[$victim]}"
sleep 4
touch "$dir/stop"
wait $writer || { say "FAILED: an operation failed while the leader died"; exit 1; }
stall=$(sort -k2 -n "$dir/acknowledged" | tail -1 | cut -d' ' -f2)
count=$(wc -l <"$dir/acknowledged")
say "node $(leader $mount_at) leads now; $count directories were made, the longest took $stall ms"

say "restarting node $victim and looking at everything that was acknowledged"
start_node "$victim"
until_true 60 "node $victim does not come back" ready "$victim"
lost=0
while read -r i _; do [ -d "$dir/mnt/during/$i" ] || lost=$((lost + 1)); done <"$dir/acknowledged"
(cd "$dir/mnt" && sha256sum --quiet -c "$dir/before.sums") || lost=$((lost + 1))
in_host m1 "$admin" consistency-check --host "$net.$mount_at" || lost=$((lost + 1))

if [ $lost -ne 0 ]; then
  say "VERDICT: FAILED, $lost acknowledged changes are missing or replicas differ"
  exit 1
fi
if [ $keep = yes ]; then
  done_=yes
  say "left running: mount $dir/mnt; nsenter --net=/run/netns/${prefix}m1 $admin status --host $net.1"
  say "end it: umount -l $dir/mnt; kill ${pids[*]}; for h in ${hosts[*]} br; do ip netns del $prefix\$h; done; rm -rf $dir"
fi
say "VERDICT: OK, nothing acknowledged was lost; the longest stall was $stall ms"
