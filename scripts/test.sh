#!/usr/bin/env bash
# Builds everything once (Release), runs every test program, unit tests first, and sums up.
# Last line: "N passed, N failed"; exit code 0 only if nothing failed.
#   scripts/test.sh [NAME...]      only test projects whose name contains one of the words
#   MFSHA_TEST_ARGS                more arguments for the end-to-end tests, e.g. '-class *DifferentialTests'
#   MFSHA_ANALYSERS=true           the build runs the analysers, too, as `make build` does: twice as long
set -ufo pipefail
cd "$(dirname "$0")/.."

unit_limit=1200         # seconds for one unit test program
end_to_end_limit=3300  # seconds for one run of the end-to-end tests
lanes=2                 # unit test programs at once: they wait more than they compute
results=artifacts/tests
# End-to-end tests that wait a lot, or do not care how long things take: they run beside the unit tests.
patient=('*.CopyCareWith3Tests' '*.CopyCareWith4Tests' '*.CachingWith4Tests' '*.MetaMountTests' '*.ReloadTests' '*.ToolTests' '*.HeldFileTests' '*.ImportFrom3Tests' '*.SeveralShardsTests' '*.SecureClusterTests' '*.Operating.AdminCommandTests')
# Three groups that work rather than wait, when the unit tests are done, beside what is left of those that wait. Not beside each other: tried, a mount's registration timed out.
working=('*.Posix.PosixOnMfsHa*') comparing=('*.Differential.*' '*.Disks.*' '*.Links.*') losing=('*.Ledger.*')
# Those that only MFSHA_LONG=true runs, as continuous integration does: other versions of what runs anyway, the POSIX suite on real mfsmasters, a minute with metaloggers, a restore, nodes that come and go, rare incidents.
long=('*.MetaMountOnEightShards' '*.ExportWith4Tests' '*.ImportFrom4Tests' '*.MetaLoggerTests' '*.RestoreTests' '*.GrowAndShrinkTests' '*.MoveShardTests' '*.RebalanceTests' '*.ShippingPaceTests' '*.Incidents.*' '*.ClusterConfigurationTests' '*.JoinAsDaemonTests' '*.LargeMetadataTests' '*.Membership.RegionTests' '*.Upgrades.*' '*.ChangelogsOf3Tests' '*.ChangelogsOf4Tests')

# Those that only MFSHA_LONG=nightly runs, with the long ones: an hour has no room for them. What they look at is looked at by a sister of each, too; the POSIX suite on real mfsmasters changes only with the suite.
nightly=('*.ToolsOnEightShards' '*.ExportWith3Tests' '*.PosixOnMfsMaster3' '*.PosixOnMfsMaster4')
if [ "${MFSHA_LONG:-false}" = nightly ]; then
  long+=("${nightly[@]}") nightly=() MFSHA_LONG=true
fi

dotnet build MfsHa.sln -c Release --nologo -v quiet -p:RunAnalyzers="${MFSHA_ANALYSERS:-false}" || { echo "0 passed, 1 failed"; exit 1; }
[ "${MFSHA_LONG:-false}" != true ] || scripts/build-next-format.sh || { echo "0 passed, 1 failed"; exit 1; }
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0 skipped=0 flaky=0

# phase WHAT: says how long it has all taken so far.
phase() { echo "== $SECONDS s: $1"; }
phase "built"

# attribute FILE NAME: a number of a result file (xunit's XML: attributes of <assembly>); nothing if there is none.
attribute() {
  grep -m1 -o '<assembly [^>]*>' "$1" 2>/dev/null | sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p"
}

# failures FILE: the failed tests of a result file as "class.method", each once.
failures() {
  grep -o '<test [^>]*result="Fail"[^>]*>' "$1" 2>/dev/null | sed -n 's/.* type="\([^"]*\)".* method="\([^"]*\)".*/\1.\2/p' | sort -u
}

# messages FILE: each failed test of a result file and the beginning of its message.
messages() {
  awk '
    /<test [^>]*result="Fail"/ { name = $0; sub(/.*<test [^>]*name="/, "", name); sub(/".*/, "", name) }
    /<message>/ { print "* " name; left = 12; sub(/.*<message>/, "") }
    left > 0 { last = /<\/message>/; sub(/<\/message>.*/, ""); print "    " substr($0, 1, 300); left = last ? 0 : left - 1 }
  ' "$1"
}

# program PROJECT: the test program of a project.
program() {
  echo "$(dirname "$1")/bin/Release/net10.0/$(basename "$1" .csproj)"
}

# run LABEL PROJECT LIMIT [ARGUMENT...]: runs a test program; its results and its exit code stay in files named by the label.
run() {
  local label=$1 project=$2 limit=$3
  shift 3
  echo "== $label"
  timeout --kill-after=30 "$limit" "$(program "$project")" -noLogo -noColor -result-xml "$results/$label.xml" "$@"
  echo $? > "$results/$label.code"
}

# quietly RUN...: what a program says is shown when it has ended, so that two do not speak at once.
quietly() {
  local said
  said=$(run "$@" 2>&1)
  echo "$said"
}

# count LABEL PROJECT LIMIT: counts what a test program has left.
count() {
  local name=$1 project=$2 limit=$3 result code bad
  result=$results/$name.xml
  code=$(cat "$results/$name.code" 2>/dev/null || echo none)
  if [ -z "$(attribute "$result" total)" ] && [ "$code" = 124 ] && [ "$limit" = "$unit_limit" ]; then
    echo "== $name has not ended in $limit s, once more"
    run "$name" "$project" "$limit"
    [ -z "$(attribute "$result" total)" ] || flaky=$((flaky + 1))
    code=$(cat "$results/$name.code")
  fi
  if [ -z "$(attribute "$result" total)" ]; then
    echo "$name: no results, exit code $code"
    failed=$((failed + 1))
    return
  fi
  bad=$(($(attribute "$result" failed) + $(attribute "$result" errors)))
  # A program that ends badly without a failed test has failed as a whole.
  if [ "$code" != 0 ] && [ "$bad" -eq 0 ] && [ "$(attribute "$result" total)" -ne 0 ]; then
    bad=1
  fi
  passed=$((passed + $(attribute "$result" passed)))
  skipped=$((skipped + $(attribute "$result" skipped)))
  if [ "$bad" -ne 0 ]; then
    again "$name" "$(program "$project")" "$limit" "$bad"
  fi
}

# again NAME PROGRAM LIMIT BAD: elections and pings have real deadlines and these machines are shared, so a test that failed is run once more, alone. It passes
# then or counts as failed; that it failed first is said at the end.
again() {
  local name=$1 program=$2 limit=$3 bad=$4 once=$results/$1.again.xml tests methods=() test
  mapfile -t tests < <(failures "$results/$name.xml")
  for test in "${tests[@]}"; do methods+=(-method "$test"); done
  # All tests of a class fail when the file system that they share could not be started: that is one failure.
  if [ "$(grep -c 'Class fixture type .* threw in InitializeAsync' "$results/$name.xml")" -eq "$bad" ]; then
    mapfile -t tests < <(printf '%s\n' "${tests[@]%.*}" | sort -u)
    methods=()
    for test in "${tests[@]}"; do methods+=(-class "$test"); done
  fi
  # A ledger or a simulation that finds something lost once has found it.
  if [ "${#methods[@]}" -eq 0 ] || [ "${#tests[@]}" -gt 5 ] || grep -q 'exception-type="[^"]*\.LedgerException"' "$results/$name.xml" || printf '%s\n' "${tests[@]}" | grep -q 'Simulation'; then
    failed=$((failed + bad))
    return
  fi
  echo "== $name, once more: ${tests[*]}"
  if timeout --kill-after=30 "$limit" "$program" -noLogo -noColor -result-xml "$once" "${methods[@]}" \
    && [ "$(attribute "$once" passed)" -ge "$bad" ]; then
    passed=$((passed + bad))
    flaky=$((flaky + bad))
  else
    failed=$((failed + bad))
  fi
}

wanted() {
  [ "${#words[@]}" -eq 0 ] && return
  local word
  for word in "${words[@]}"; do [[ $1 == *"$word"* ]] && return; done
  return 1
}

words=("$@")
unit=() end_to_end=()
while read -r project; do
  if wanted "$project"; then
    case $project in
      tests/e2e/*) end_to_end+=("$project") ;;
      *) unit+=("$project") ;;
    esac
  fi
done < <(find tests -name '*.Tests.csproj' | sort)

# Some end-to-end tests can run beside the unit tests. Word splitting of MFSHA_TEST_ARGS is wanted: several arguments in one variable.
# shellcheck disable=SC2206
chosen=(${MFSHA_TEST_ARGS:-})
waiting=() works=() compares=() loses=() rest=()
[ "${MFSHA_LONG:-false}" != true ] || patient+=("${long[@]}")
for class in "${patient[@]}"; do waiting+=(-class "$class"); done
for class in "${working[@]}"; do works+=(-class "$class"); done
for class in "${comparing[@]}"; do compares+=(-class "$class"); done
for class in "${losing[@]}"; do loses+=(-class "$class"); done
for class in "${patient[@]}" "${long[@]}" ${nightly[@]+"${nightly[@]}"} "${working[@]}" "${comparing[@]}" "${losing[@]}"; do rest+=(-class- "$class"); done
if [ "${#chosen[@]}" -gt 0 ] || [ "${#unit[@]}" -eq 0 ]; then
  waiting=() works=() compares=() loses=() rest=(${chosen[@]+"${chosen[@]}"})
fi

if [ "${#waiting[@]}" -gt 0 ]; then
  for project in ${end_to_end[@]+"${end_to_end[@]}"}; do
    quietly "$(basename "$project" .csproj).patient" "$project" "$end_to_end_limit" "${waiting[@]}" &
  done
fi
export -f run quietly program
export results
# They allocate much and live briefly: with a large youngest generation, and without compiling again by a profile, the simulation takes half of the processor time.
quick=(DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x4000000)
[ "${#unit[@]}" -eq 0 ] || printf '%s\0' "${unit[@]}" | env "${quick[@]}" xargs -0 -n 1 -P "$lanes" bash -c 'quietly "$(basename "$1" .csproj)" "$1" "$0"' "$unit_limit"
phase "unit tests are over"
# What waits may still be waiting: it leaves room for work.
for project in ${end_to_end[@]+"${end_to_end[@]}"}; do
  [ "${#waiting[@]}" -gt 0 ] || continue
  quietly "$(basename "$project" .csproj).working" "$project" "$end_to_end_limit" "${works[@]}"
  phase "the POSIX suite is over"
  quietly "$(basename "$project" .csproj).comparing" "$project" "$end_to_end_limit" "${compares[@]}"
  phase "comparisons are over"
  quietly "$(basename "$project" .csproj).losing" "$project" "$end_to_end_limit" "${loses[@]}"
  phase "ledgers are over"
done
wait
phase "what waits is over"
for project in ${unit[@]+"${unit[@]}"}; do
  count "$(basename "$project" .csproj)" "$project" "$unit_limit"
done
for project in ${end_to_end[@]+"${end_to_end[@]}"}; do
  name=$(basename "$project" .csproj)
  if [ "${#waiting[@]}" -gt 0 ]; then
    for group in patient working comparing losing; do count "$name.$group" "$project" "$end_to_end_limit"; done
  fi
  run "$name" "$project" "$end_to_end_limit" ${rest[@]+"${rest[@]}"}
  count "$name" "$project" "$end_to_end_limit"
done

phase "all tests are over"

# slowest FILE...: the classes that take longest.
slowest() {
  awk 'BEGIN { RS = "<test " } / time="/ {
    sub(/>.*/, "")
    type = $0; sub(/.*type="/, "", type); sub(/".*/, "", type); sub(/.*\./, "", type)
    time = $0; sub(/.* time="/, "", time); sub(/".*/, "", time)
    seconds[type] += time
  } END { for (type in seconds) { printf "%6.0f s  %s\n", seconds[type], type } }' "$@" | sort -rn | head -40
}
echo "== seconds by class"
find "$results" -name '*.xml' -print0 | xargs -0 -r bash -c "$(declare -f slowest)"'; slowest "$@"' bash

# What failed is said once more where it is seen: what the programs print is long.
if [ "$failed" -ne 0 ] || [ "$flaky" -ne 0 ]; then
  echo "== what failed, or passed only when run once more"
  find "$results" -name '*.xml' | sort | while read -r file; do messages "$file"; done
fi
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
[ "$flaky" -eq 0 ] || echo "$flaky passed only when run once more"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
