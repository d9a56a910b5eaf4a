# SPDX-License-Identifier: Apache-2.0
# Adds up what Surefire's reports say. Sourced by bin/test; expects $ROOT.

PASSED=0
FAILED=0
SKIPPED=0
FAILURES=

reports() {
    compgen -G "$ROOT/*/target/surefire-reports/TEST-*.xml"
}

forget_reports() {
    rm -rf "$ROOT"/*/target/surefire-reports
}

# count_reports PHASE: adds the phase's tests to the totals, and its failures to the list.
count_reports() {
    local phase=$1 tests=0 failed=0 skipped=0 names=
    if reports >/dev/null; then
        read -r tests failed skipped < <(reports | xargs cat | awk '
            /<testsuite / {
                tests += value("tests"); failed += value("failures") + value("errors"); skipped += value("skipped")
            }
            function value(key) { return match($0, " " key "=\"[0-9]+\"") ? substr($0, RSTART + length(key) + 3) + 0 : 0 }
            END { print tests + 0, failed + 0, skipped + 0 }')
        names=$(reports | xargs cat | awk -v phase="$phase" '
            /<testcase / {
                match($0, " classname=\"[^\"]*\""); type = substr($0, RSTART + 12, RLENGTH - 13)
                match($0, " name=\"[^\"]*\""); name = substr($0, RSTART + 7, RLENGTH - 8)
            }
            /<(failure|error)[ >]/ { print "  " phase ": " type "." name }')
    fi
    echo "test: $phase: $((tests - failed - skipped)) passed, $failed failed, $skipped skipped"
    PASSED=$((PASSED + tests - failed - skipped))
    FAILED=$((FAILED + failed))
    SKIPPED=$((SKIPPED + skipped))
    [ -z "$names" ] || FAILURES+=$names$'\n'
}

# count_broken PHASE: Maven itself failed, which no report tells.
count_broken() {
    FAILED=$((FAILED + 1))
    FAILURES+="  $1: the build failed, see above"$'\n'
}

# The last line; the status says whether all is well. No test at all is a failure.
print_totals() {
    [ -z "$FAILURES" ] || printf 'failed:\n%s' "$FAILURES"
    [ $((PASSED + FAILED)) -gt 0 ] || echo "test: no test ran"
    echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    [ $FAILED -eq 0 ] && [ $PASSED -gt 0 ]
}
