# SPDX-License-Identifier: Apache-2.0
# Adds up what Surefire's reports say. Sourced by bin/test; expects $ROOT.

PASSED=0
FAILED=0
SKIPPED=0
FAILURES=
FLAKES=

reports() {
    compgen -G "$ROOT/*/target/surefire-reports/TEST-*.xml"
}

forget_reports() {
    rm -rf "$ROOT"/*/target/surefire-reports
}

# count_reports PHASE: adds the phase's tests to the totals, its failures to one list, and to another what failed at first and
# passed when it ran again.
count_reports() {
    local phase=$1 passed=0 failed=0 skipped=0 kind name
    while read -r kind name; do
        case $kind in
            passed) passed=$((passed + 1)) ;;
            skipped) skipped=$((skipped + 1)) ;;
            failed)
                failed=$((failed + 1))
                FAILURES+="  $phase: $name"$'\n'
                ;;
            flaky)
                passed=$((passed + 1))
                FLAKES+="  $phase: $name"$'\n'
                ;;
        esac
    done < <(reports | xargs -r cat | outcomes)
    echo "test: $phase: $passed passed, $failed failed, $skipped skipped"
    PASSED=$((PASSED + passed))
    FAILED=$((FAILED + failed))
    SKIPPED=$((SKIPPED + skipped))
}

# Reports on stdin become lines "OUTCOME CLASS.TEST".
outcomes() {
    awk '
        function told() { if (name != "") print outcome, name; name = "" }
        /<testcase / {
            told()
            match($0, " classname=\"[^\"]*\""); type = substr($0, RSTART + 12, RLENGTH - 13)
            match($0, " name=\"[^\"]*\""); name = type "." substr($0, RSTART + 7, RLENGTH - 8)
            outcome = "passed"
        }
        /<(failure|error)[ >]/ { outcome = "failed" }
        /<(flakyFailure|flakyError)[ >]/ { outcome = "flaky" }
        /<skipped/ { outcome = "skipped" }
        END { told() }'
}

# count_checks PHASE LOG STATUS: like count_reports, from lines "PHASE: passed: ..." of a script that ends at the first that fails.
count_checks() {
    local passed failed=0
    passed=$(grep -c "^$1: passed: " "$2" || true)
    if [ "$3" -ne 0 ]; then
        failed=1
        FAILURES+="  $1: $(failed_check "$2")"$'\n'
    fi
    echo "test: $1: $passed passed, $failed failed"
    PASSED=$((PASSED + passed))
    FAILED=$((FAILED + failed))
}

# failed_check LOG: which check failed, or what was said last
failed_check() { grep -m 1 -o 'failed: .*' "$1" || echo "it did not end by itself; its last line: $(tail -n 1 "$1")"; }

# count_broken PHASE: Maven itself failed, which no report tells.
count_broken() {
    FAILED=$((FAILED + 1))
    FAILURES+="  $1: the build failed, see above"$'\n'
}

# The last line; the status says whether all is well. No test at all is a failure.
print_totals() {
    [ -z "$FLAKES" ] || printf 'passed only when run again:\n%s' "$FLAKES"
    [ -z "$FAILURES" ] || printf 'failed:\n%s' "$FAILURES"
    [ $((PASSED + FAILED)) -gt 0 ] || echo "test: no test ran"
    echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    [ $FAILED -eq 0 ] && [ $PASSED -gt 0 ]
}
