#!/bin/bash
# Takes pods out of the API whose containers have ended after they were deleted, as the kubelet does: on a busy machine that of 1.20 overlooks
# the end (container and sandbox end between two of its looks, before it has noted the first) and comes back to it only with its collection of
# garbage, once a minute. Whatever waits for the pod's name, a StatefulSet above all, would wait that long each time.
# Ends with its process group (cluster-down.sh signals that).
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"

# Those that were seen so in the look before, too: the kubelet is quicker, as a rule.
before=
while :; do
  sleep 2
  now=$(api /api/v1/pods 2>/dev/null | jq -r '.items[]
    | select(.metadata.deletionTimestamp != null and .spec.nodeName != null and ((.metadata.finalizers // []) | length == 0))
    | select((.status.containerStatuses // []) | length > 0 and all(.state.terminated != null))
    | "\(.metadata.namespace) \(.metadata.name) \(.metadata.uid)"') || continue
  while read -r ns name uid; do
    [ -n "$uid" ] || continue
    case $before in *"$uid"*) ;; *) continue ;; esac
    if api "/api/v1/namespaces/$ns/pods/$name" -X DELETE -H 'Content-Type: application/json' -o /dev/null \
      -d "{\"kind\": \"DeleteOptions\", \"apiVersion\": \"v1\", \"gracePeriodSeconds\": 0, \"preconditions\": {\"uid\": \"$uid\"}}" 2>/dev/null; then
      echo "$(date -u +%T) $ns/$name"
    fi
  done <<<"$now"
  before=$now
done
