# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two directors of direct routing (DR): only the frame's MAC addresses change. Sourced by lab/lab.
#   lvs    IPVS, round robin, in a user-mode-linux guest whose root is this machine's file system, read only
#   hmark  this kernel's nftables on the director's device: a hash of client address and port picks the real server
# The director loses nothing and delays nothing by itself: the lab's losses are those that a test asks for.

# Packets that may wait for the guest, at its tap and again behind its network device. Ten uploads at line rate overflow the usual
# 1,000 in both places.
GUEST_QUEUE=20000
# The guest sometimes misses the signal that a packet has come, when its own timer's comes at the same moment; the packet then
# waits for the next one. Seconds between the pings that are the next one.
GUEST_PROD=0.01

command_director() {
  [[ ${1:-} =~ ^(lvs|hmark)$ ]] || refuse "director ${1:-}: must be lvs or hmark"
  [ "$(cat "$LAB_STATE/director")" = "$1" ] && return
  director_stop
  director_start "$1"
}

director_start() {
  "director_start_$1"
  echo "$1" > "$LAB_STATE/director"
}

director_stop() {
  command_health stop
  case $(cat "$LAB_STATE/director") in
    lvs)
      kill -KILL "$(cat "$LAB_STATE/prod.pid")" "$(cat "$LAB_STATE/guest.pid")" 2> /dev/null || true
      guest_processes | xargs -r kill -KILL 2> /dev/null || true
      until [ -z "$(guest_processes)" ]; do sleep 0.02; done
      ip -n "$LAB_NAME-switch" link del lvs0
      ip -n "$LAB_NAME-switch" link set director-eth0 master test
      ;;
    hmark) in_host director nft delete table netdev drcopy_lab ;;
  esac
}

guest_processes() {
  local pid
  for pid in $(ip netns pids "$LAB_NAME-switch"); do
    [ "$(readlink "/proc/$pid/exe")" = /usr/bin/linux.uml ] && echo "$pid"
  done
  return 0
}

director_start_hmark() {
  local servers choice='' i
  servers=$(cat "$LAB_STATE/real-servers")
  for i in $(seq "$servers"); do
    choice+="${choice:+, }$((i - 1)) : 02:00:00:00:01:$(printf %02x $((10 + i)))"
  done
  local ports="${LAB_PORTS// /, }, 7000-7199" # those for scripted services
  in_host director nft -f - <<RULES
table netdev drcopy_lab {
  chain forward {
    type filter hook ingress device eth0 priority 0
    ip daddr $VIP tcp dport { $ports } ether saddr set $DIRECTOR_MAC ether daddr set jhash ip saddr . tcp sport mod $servers seed 0x5eed map { $choice } fwd to eth0
    ip6 daddr $VIP6 tcp dport { $ports } ether saddr set $DIRECTOR_MAC ether daddr set jhash ip6 saddr . tcp sport mod $servers seed 0x5eed map { $choice } fwd to eth0
    ip daddr $VIP udp dport 53 ether saddr set $DIRECTOR_MAC ether daddr set jhash ip saddr . udp sport mod $servers seed 0x5eed map { $choice } fwd to eth0
    ip6 daddr $VIP6 udp dport 53 ether saddr set $DIRECTOR_MAC ether daddr set jhash ip6 saddr . udp sport mod $servers seed 0x5eed map { $choice } fwd to eth0
  }
}
RULES
}

director_start_lvs() {
  need_packages "for the LVS director" user-mode-linux ipvsadm busybox-static iputils-ping
  local guest=$LAB_STATE/guest uml=(/usr/bin/linux.uml) wait
  # More state than user-mode-linux has room for: it keeps less, and glibc is told to use no more.
  ! grep -qw amx_tile /proc/cpuinfo \
    || uml=("$here/lib/plain-fpu" "${uml[@]}" GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-AVX_Fast_Unaligned_Load)
  rm -rf "$guest"
  mkdir -p "$guest"
  guest_setup > "$guest/setup.sh"
  ip -n "$LAB_NAME-switch" link set director-eth0 nomaster
  in_host switch ip tuntap add lvs0 mode tap
  ip -n "$LAB_NAME-switch" link set lvs0 txqueuelen $GUEST_QUEUE master test up
  in_host switch setsid "${uml[@]}" mem=128M umid=guest uml_dir="$guest/" \
    root=/dev/root rootfstype=hostfs rootflags=/ ro init="$here/lib/guest-init.sh" GUEST="$guest" \
    eth0=tuntap,lvs0,$DIRECTOR_MAC con=null ssl=null con0=null,fd:1 quiet \
    > "$guest/console.log" 2>&1 < /dev/null &
  echo $! > "$LAB_STATE/guest.pid"
  for wait in $(seq 300); do
    [ -e "$guest/ready" ] && break
    kill -0 "$(cat "$LAB_STATE/guest.pid")" 2> /dev/null || break
    sleep 0.05
  done
  if [ ! -e "$guest/ready" ]; then
    tail -20 "$guest/console.log" >&2
    fail "the LVS director did not boot (user-mode-linux); try --director hmark"
  fi
  [ ! -s "$guest/errors" ] || { cat "$guest/errors" >&2; fail "the LVS director booted with errors"; }
  in_host assistant ping -q -n -i $GUEST_PROD $DIRECTOR > /dev/null 2>&1 < /dev/null &
  echo $! > "$LAB_STATE/prod.pid"
}

# What the guest runs once its modules are loaded.
guest_setup() {
  local port
  cat <<SETUP
echo $GUEST_QUEUE > /proc/sys/net/core/netdev_max_backlog
\$B ip link set eth0 up
\$B ip addr add $DIRECTOR/24 dev eth0
\$B ip addr add $VIP/32 dev lo
\$B ip -6 addr add $DIRECTOR6/64 dev eth0
\$B ip -6 addr add $VIP6/128 dev lo
SETUP
  echo "ipvsadm -R <<RULES"
  for port in $LAB_PORTS; do
    ipvs_service t "$port"
  done
  ipvs_service u 53
  echo RULES
  echo "\$B arping -q -c 1 -A -I eth0 $DIRECTOR"
}

# ipvs_service t|u PORT: the rules of one service over TCP or UDP.
ipvs_service() {
  local i
  echo "-A -$1 $VIP:$2 -s rr"
  echo "-A -$1 [$VIP6]:$2 -s rr"
  for i in $(seq "$(cat "$LAB_STATE/real-servers")"); do
    echo "-a -$1 $VIP:$2 -r 198.18.1.$((10 + i)):$2 -g"
    echo "-a -$1 [$VIP6]:$2 -r [2001:db8:1::$((10 + i))]:$2 -g"
  done
}

# director_exec COMMAND...: runs it inside the guest, through a folder that both see. One caller at a time.
director_exec() {
  local guest=$LAB_STATE/guest wait status
  exec 8> "$LAB_STATE/guest.lock"
  flock 8
  rm -f "$guest/output" "$guest/status"
  printf '%q ' "$@" > "$guest/command.new"
  mv "$guest/command.new" "$guest/command"
  for wait in $(seq 400); do
    if [ -e "$guest/status" ]; then
      cat "$guest/output"
      status=$(cat "$guest/status")
      exec 8>&-
      return "$status"
    fi
    sleep 0.025
  done
  fail "the LVS director did not answer within 10 s"
}

# The director's health checks, as keepalived makes them: from its own address to each real server, by HTTP.
command_health() {
  local log=$LAB_STATE/guest/health.log
  case ${1:-} in
    start)
      command_health stop
      mkdir -p "$LAB_STATE/guest"
      need_packages "for health checks" busybox-static
      : > "$log"
      : > "$LAB_STATE/guest/health.run"
      health_start "$(cat "$LAB_STATE/real-servers")" "${2:-/health}"
      ;;
    stop)
      rm -f "$LAB_STATE/guest/health.run"
      ;;
    show)
      [ -e "$log" ] || fail "health: no checks were started"
      awk '{n[$2 " " $3]++} END {for (k in n) print k, n[k]}' "$log" | sort
      ;;
    *) refuse "health ${1:-}: must be start, stop or show" ;;
  esac
}

health_start() {
  if [ "$(cat "$LAB_STATE/director")" = lvs ]; then
    director_exec /bin/busybox sh -c "/bin/busybox sh $here/lib/health-check.sh /mnt/lab $1 $2 < /dev/null > /dev/null 2>&1 &"
  else
    in_host director setsid /bin/busybox sh "$here/lib/health-check.sh" "$LAB_STATE/guest" "$1" "$2" \
      < /dev/null > /dev/null 2>&1 &
  fi
}
