# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Faults and device settings of the lab's wires. Sourced by lab/lab.

# Drops at random at the switch, where neither end's own stack or capture takes part in the loss.
command_loss() {
  local host=${1:-} dev=${2:-} percent=${3:-} way=${4:-both}
  [ $# -ge 3 ] || refuse "loss needs HOST DEV PERCENT|off"
  local port=$host-$dev table=loss_${host}_$dev parts
  ip -n "$LAB_NAME-switch" link show "$port" > /dev/null 2>&1 || refuse "loss $host $dev: no such host or device"
  [[ $way =~ ^(in|out|both)$ ]] || refuse "loss $way: must be in, out or both"
  in_host switch nft delete table netdev "$table" 2> /dev/null || true
  [ "$percent" = off ] && return
  [[ $percent =~ ^[0-9]+(\.[0-9]{1,2})?$ ]] || refuse "loss $percent: must be 0..100 with at most two decimals, or off"
  parts=$(awk -v p="$percent" 'BEGIN {printf "%.0f", p * 100}')
  [ "$parts" -le 10000 ] || refuse "loss $percent: must be 0..100"
  {
    echo "table netdev $table {"
    [ "$way" = in ] || loss_chain out ingress "$port" "$parts"
    [ "$way" = out ] || loss_chain in egress "$port" "$parts"
    echo "}"
  } | in_host switch nft -f -
}

loss_chain() {
  local chance="numgen random mod 10000 < $4"
  [ "$4" -lt 10000 ] || chance=''
  printf 'chain %s {\ntype filter hook %s device %s priority 0\nether type { ip, ip6 } %s counter drop\n}\n' \
    "$1" "$2" "$3" "$chance"
}

# Changes bytes of what a host sends, at the switch, and leaves the checksums, which the host computes: no device on the way vouches for them.
command_damage() {
  local host=${1:-} dev=${2:-} percent=${3:-} kind=${4:-all} parts share kinds='payload flags sequence port option'
  [ $# -ge 3 ] || refuse "damage needs HOST DEV PERCENT|off"
  local port=$host-$dev table=damage_${host}_$dev
  ip -n "$LAB_NAME-switch" link show "$port" > /dev/null 2>&1 || refuse "damage $host $dev: no such host or device"
  in_host switch nft delete table netdev "$table" 2> /dev/null || true
  if [ "$percent" = off ]; then
    in_host "$host" ethtool -K "$dev" tx on > /dev/null
    return
  fi
  in_host "$host" ethtool -K "$dev" tx off > /dev/null
  [[ $percent =~ ^[0-9]+(\.[0-9]{1,2})?$ ]] || refuse "damage $percent: must be 0..100 with at most two decimals, or off"
  [[ " $kinds all " == *" $kind "* ]] || refuse "damage $kind: must be one of $kinds, or all"
  [ "$kind" = all ] || kinds=$kind
  parts=$(awk -v p="$percent" 'BEGIN {printf "%.0f", p * 100}')
  share=$((parts / $(wc -w <<< "$kinds")))
  {
    echo "table netdev $table {"
    echo "chain damage {"
    echo "type filter hook ingress device $port priority 0"
    for kind in $kinds; do
      echo "meta l4proto tcp numgen random mod 10000 < $share $(damage_to "$kind") counter accept"
    done
    echo "meta l4proto udp numgen random mod 10000 < $parts @th,176,16 set 0x7878 counter"
    echo "}"
    echo "}"
  } | in_host switch nft -f -
}

# Places by bit from the TCP header's first, of segments with timestamps.
damage_to() {
  case $1 in
    payload) echo '@th,400,16 set 0x2121' ;;
    flags) echo '@th,104,8 set 0x14' ;; # a reset
    sequence) echo '@th,48,16 set 0x1111' ;;
    port) echo '@th,0,16 set 4444' ;;
    option) echo '@th,192,32 set 0x7fffffff' ;; # a timestamp far ahead
  esac
}

command_offload() {
  [[ ${1:-} =~ ^(on|off)$ ]] || refuse "offload ${1:-}: must be on or off"
  local host dev
  for host in $(lab_hosts) switch; do
    for dev in $(ip -n "$LAB_NAME-$host" -o link show type veth | awk -F'[ :@]+' '{print $2}'); do
      in_host "$host" ethtool -K "$dev" tso "$1" gso "$1" gro "$1" > /dev/null
    done
  done
}

# veth hands a frame to the next host in the sender's name, bridge and receiver's TCP included. With threads, each port of the switch takes
# frames in by a thread of the kernel (threaded NAPI), so that a sender pays for sending, as on a wire. veth does so only for a sender without TSO.
command_ports() {
  [[ ${1:-} =~ ^(threads|direct)$ ]] || refuse "ports ${1:-}: must be threads or direct"
  local port threaded=0 tso=on
  [ "$1" = direct ] || { threaded=1 tso=off; }
  for port in $(ip -n "$LAB_NAME-switch" -o link show type veth | awk -F'[ :@]+' '{print $2}'); do
    in_host "${port%-*}" ethtool -K "${port##*-}" tso $tso > /dev/null
    [ $threaded = 0 ] || in_host switch ethtool -K "$port" gro on > /dev/null
    in_host switch sh -c "echo $threaded > /sys/class/net/$port/threaded"
  done
}
