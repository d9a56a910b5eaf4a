# SPDX-License-Identifier: Apache-2.0
# Installs Debian packages that are missing, and says so. Sourced by the scripts in bin/.

# need_packages REASON PACKAGE...: after it the packages are installed, or the script has ended with one sentence.
need_packages() {
    local reason=$1 package missing=()
    shift
    for package; do
        has_package "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local me=${0##*/}
    if ! command -v apt-get >/dev/null; then
        echo "$me: needs ${missing[*]} ($reason), and this is no Debian to install them on" >&2
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        echo "$me: needs ${missing[*]} ($reason): run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "$me: installing ${missing[*]} ($reason)" >&2
    install_packages "${missing[@]}"
}

has_package() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
    local log
    log=$(mktemp)
    if ! apt_install "$@" >"$log" 2>&1 && ! { apt-get -q update && apt_install "$@"; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        echo "${0##*/}: apt-get could not install $*" >&2
        exit 1
    fi
    rm -f "$log"
}

# Services that come with the packages (nginx, redis) are not started: policy-rc.d forbids it while we install.
apt_install() {
    local policy=/usr/sbin/policy-rc.d rc=0 ours=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
        ours=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 install "$@" \
        </dev/null || rc=$?
    [ -z "$ours" ] || rm -f $policy
    return $rc
}
