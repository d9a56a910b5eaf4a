# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian packages that scripts need. Sourced.

# need_packages NAME...: installs those of them that this machine does not have, and says so on stderr.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}\n' "$package" 2> /dev/null | grep -q ' installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "${0##*/}: needs the Debian packages ${missing[*]}; install them, or run as root" >&2
    return 1
  fi
  echo "${0##*/}: installing the Debian packages ${missing[*]}" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null ||
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null; } ||
    { echo "${0##*/}: could not install ${missing[*]}; is the package archive reachable?" >&2; return 1; }
}
