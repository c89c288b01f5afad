#!/usr/bin/env bash
# Builds everything once (Release), runs every test program, unit tests first, and sums up.
# Last line: "N passed, N failed"; exit code 0 only if nothing failed.
#   scripts/test.sh [NAME...]      only test projects whose name contains one of the words
#   MFSHA_TEST_ARGS                more arguments for the end-to-end tests, e.g. '-class *DifferentialTests'
set -ufo pipefail
cd "$(dirname "$0")/.."

unit_limit=300          # seconds for one unit test program
end_to_end_limit=1500   # seconds for the end-to-end tests
results=artifacts/tests

dotnet build MfsHa.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed"; exit 1; }
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0 skipped=0

# sum NAME: adds the numbers of one result file (xunit's XML: attributes of <assembly>).
sum() {
  local name=$1 code=$2 line
  line=$(grep -m1 -o '<assembly [^>]*>' "$results/$name.xml" 2>/dev/null)
  if [ -z "$line" ]; then
    echo "$name: no results, exit code $code"
    failed=$((failed + 1))
    return
  fi
  attribute() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$line"; }
  local bad=$(($(attribute failed) + $(attribute errors)))
  # A program that ends badly without a failed test has failed as a whole.
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ] && [ "$(attribute total)" -ne 0 ]; then
    bad=1
  fi
  passed=$((passed + $(attribute passed)))
  failed=$((failed + bad))
  skipped=$((skipped + $(attribute skipped)))
}

# run PROJECT LIMIT [ARGUMENT...]
run() {
  local project=$1 limit=$2 name program
  shift 2
  name=$(basename "$project" .csproj)
  program=$(dirname "$project")/bin/Release/net10.0/$name
  echo "== $name"
  timeout --kill-after=30 "$limit" "$program" -noLogo -noColor -result-xml "$results/$name.xml" "$@"
  local code=$?
  # Elections and pings have real deadlines, and these machines are shared: a program that fails is run once more, and said so.
  if [ $code -ne 0 ]; then
    echo "== $name failed (exit code $code): once more"
    timeout --kill-after=30 "$limit" "$program" -noLogo -noColor -result-xml "$results/$name.xml" "$@"
    code=$?
  fi
  sum "$name" $code
}

wanted() {
  [ "${#words[@]}" -eq 0 ] && return
  local word
  for word in "${words[@]}"; do [[ $1 == *"$word"* ]] && return; done
  return 1
}

words=("$@")
mapfile -t projects < <(find tests -name '*.Tests.csproj' | sort)
for project in "${projects[@]}"; do
  [[ $project == tests/e2e/* ]] || ! wanted "$project" || run "$project" "$unit_limit"
done
for project in "${projects[@]}"; do
  # Word splitting is wanted: several arguments in one variable.
  # shellcheck disable=SC2086
  [[ $project != tests/e2e/* ]] || ! wanted "$project" || run "$project" "$end_to_end_limit" ${MFSHA_TEST_ARGS:-}
done

[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
