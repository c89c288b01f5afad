# Shared settings and functions. Sourced by the other scripts, never run alone.
#
# Everything lives under KUBE_HOME. Nothing outside it is written, except what a
# NODE=1 cluster needs from the kernel (bridge, iptables rules, sysctls, mounts,
# cgroups); cluster-down.sh takes all of that away again.

KUBE_HOME=${KUBE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/mfsha/kubernetes}
KUBE_BIN=${KUBE_BIN:-$KUBE_HOME/bin}          # kube-apiserver, kubelet, ... live here
KUBE_RUN=${KUBE_RUN:-$KUBE_HOME/run}          # state of the running cluster: pids, logs, pki, etcd
CONTAINERD_ROOT=${CONTAINERD_ROOT:-$KUBE_HOME/containerd}   # image store, survives cluster-down
BUILDAH_HOME=${BUILDAH_HOME:-$KUBE_HOME/buildah}            # image build store, ditto

# Ports: a block of ten from PORT_BASE, so two control planes can run side by
# side with different PORT_BASE and KUBE_RUN.
PORT_BASE=${PORT_BASE:-16440}
ETCD_PORT=$PORT_BASE
ETCD_PEER_PORT=$((PORT_BASE + 1))
API_PORT=$((PORT_BASE + 3))
KCM_PORT=$((PORT_BASE + 4))
SCHEDULER_PORT=$((PORT_BASE + 5))
KUBELET_PORT=$((PORT_BASE + 6))
KUBELET_HEALTHZ_PORT=$((PORT_BASE + 7))
PROXY_HEALTHZ_PORT=$((PORT_BASE + 8))
PROXY_METRICS_PORT=$((PORT_BASE + 9))

# Node network (NODE=1 only; one such cluster per machine and network namespace).
NODE_NAME=${NODE_NAME:-node1}
BRIDGE=${BRIDGE:-mfsk0}
POD_NET=${POD_NET:-10.244.0}                  # a /24; .1 is the bridge, the node and the DNS server
SERVICE_NET=${SERVICE_NET:-10.96}             # a /16; .0.1 is the kubernetes service
POD_CIDR=$POD_NET.0/24
NODE_IP=$POD_NET.1
SERVICE_CIDR=$SERVICE_NET.0.0/16
CLUSTER_DOMAIN=cluster.local
CNI_BIN=${CNI_BIN:-/usr/lib/cni}              # containernetworking-plugins
KUBELET_ROOT=${KUBELET_ROOT:-$KUBE_RUN/kubelet}
STORAGE_DIR=${STORAGE_DIR:-$KUBE_RUN/volumes} # where PersistentVolumes keep their data
PAUSE_IMAGE=localhost/mfsha/pause:1
CONTAINERD_SOCK=$KUBE_RUN/containerd.sock

say()  { printf '%s\n' "$*" >&2; }
die()  { printf 'error: %s\n' "$*" >&2; exit 1; }
need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || die "'$1' is missing: apt-get install $2"
}
PATH=$PATH:/usr/sbin:/sbin

# --- processes -------------------------------------------------------------
# A pid file holds "pid starttime": the start time (field 22 of /proc/PID/stat)
# makes sure that a recycled pid is never taken for ours. Zombies do not count.
proc_start() { sed -n 's/^.*) \([^ZX] .*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

spawn() { # spawn NAME COMMAND...: run in the background, as leader of a process group, log in logs/NAME.log
  local name=$1; shift
  mkdir -p "$KUBE_RUN/pids" "$KUBE_RUN/logs"
  setsid "$@" >>"$KUBE_RUN/logs/$name.log" 2>&1 </dev/null &
  local pid=$!
  printf '%s %s\n' "$pid" "$(proc_start "$pid")" >"$KUBE_RUN/pids/$name"
}

alive() { # alive NAME: is the process that we started still there?
  local pid start
  read -r pid start 2>/dev/null <"$KUBE_RUN/pids/$1" || return 1
  [ -n "$start" ] && [ "$(proc_start "$pid")" = "$start" ]
}

stop() { # stop NAME [SECONDS [group]]: TERM, then KILL after SECONDS (default 10); "group": its children too
  local pid start i
  if alive "$1"; then
    read -r pid start <"$KUBE_RUN/pids/$1"
    if [ "${3:-}" = group ]; then pid=-$pid; fi        # spawn made it the leader of its process group
    kill -TERM -- "$pid" 2>/dev/null || true
    for ((i = 0; i < ${2:-10} * 10; i++)); do alive "$1" || break; sleep 0.1; done
    if alive "$1"; then kill -KILL -- "$pid" 2>/dev/null || true; fi
    for ((i = 0; i < 50; i++)); do alive "$1" || break; sleep 0.1; done
  fi
  rm -f "$KUBE_RUN/pids/$1"
}

# --- containerd ------------------------------------------------------------
# Used by cluster-up.sh and by load-image.sh (which starts it for a moment when
# no cluster runs).
start_containerd() {
  alive containerd && return 0
  need containerd containerd; need runc runc; need ctr containerd
  mkdir -p "$KUBE_RUN/cni/net.d" "$CONTAINERD_ROOT"
  cat >"$KUBE_RUN/containerd.toml" <<TOML
version = 2
root = "$CONTAINERD_ROOT"
state = "$KUBE_RUN/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$CONTAINERD_SOCK"
[plugins."io.containerd.internal.v1.opt"]
  path = "$KUBE_HOME/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  tolerate_missing_hugetlb_controller = true
  # Where root may not lower oom_score_adj (no CAP_SYS_RESOURCE: containers, some
  # virtual machines) no pod would start without this.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI_BIN"
    conf_dir = "$KUBE_RUN/cni/net.d"
TOML
  spawn containerd containerd --config "$KUBE_RUN/containerd.toml"
  local i
  for ((i = 0; i < 100; i++)); do
    ctr -a "$CONTAINERD_SOCK" version >/dev/null 2>&1 && return 0
    alive containerd || break
    sleep 0.1
  done
  tail -5 "$KUBE_RUN/logs/containerd.log" >&2
  die "containerd did not start"
}

k8s_ctr() { ctr -a "$CONTAINERD_SOCK" -n k8s.io "$@"; }

# --- Debian sources --------------------------------------------------------
# Prints "URI SUITE" for the Debian bookworm repositories that this machine
# already uses, the release itself first.
debian_sources() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    awk '$3 == "main" && $2 ~ /^bookworm(-security|-updates)?$/ && ($4 == "Debian" || $4 ~ /ORIGIN/) { print $1, $2 }' |
    sort -u -k2,2 | sort -k2,2
}

# The API server's address, as written by cluster-up.sh, and a plain HTTPS call.
api() { # api PATH [CURL ARGS...]
  local path=$1; shift
  curl -sS --fail-with-body --cacert "$KUBE_RUN/pki/ca.crt" --cert "$KUBE_RUN/pki/admin.crt" --key "$KUBE_RUN/pki/admin.key" \
    "$(cat "$KUBE_RUN/server")$path" "$@"
}
