# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The hosts, nets, addresses and routes of the lab. Sourced by lab/lab, which sets LAB_NAME and LAB_STATE.

VIP=198.18.1.200 VIP6=2001:db8:1::200
DIRECTOR=198.18.1.100 DIRECTOR6=2001:db8:1::100
DIRECTOR_MAC=02:00:00:00:01:64
CLIENT_NET=198.18.8.0/24 CLIENT_NET6=2001:db8:8::/64
CLIENT_COUNT=200

lab_is_up() { [ -e "/run/netns/$LAB_NAME-switch" ]; }

lab_hosts() {
  local i
  printf '%s\n' client online director
  for i in $(seq "$(cat "$LAB_STATE/real-servers")"); do echo "rs$i"; done
  echo assistant
}

in_host() { ip netns exec "$LAB_NAME-$1" "${@:2}"; }

# host_add NAME: a namespace that behaves as a host with foreign addresses on its wires.
host_add() {
  ip netns add "$LAB_NAME-$1"
  in_host "$1" sysctl -qw \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
    net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
    net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.default.accept_redirects=0 \
    net.ipv4.conf.all.accept_local=1 net.ipv4.ip_forward=0 \
    net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_ra=0 \
    net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv6.conf.all.accept_redirects=0 net.ipv6.conf.default.accept_redirects=0 \
    net.ipv4.ip_local_port_range="10240 65000" net.ipv4.ip_local_reserved_ports=36524 net.core.somaxconn=8192 net.ipv4.tcp_max_syn_backlog=8192
  ip -n "$LAB_NAME-$1" link set lo up
}

# port_add HOST DEV BRIDGE LAST-NUMBER: a wire from HOST to a switch; the last number names the host on both nets.
port_add() {
  local host=$1 dev=$2 bridge=$3 number=$4 net=0 prefix6=2001:db8::
  if [ "$bridge" = test ]; then net=1 prefix6=2001:db8:1::; fi
  ip -n "$LAB_NAME-switch" link add "$host-$dev" type veth peer name "$dev" netns "$LAB_NAME-$host"
  ip -n "$LAB_NAME-switch" link set "$host-$dev" master "$bridge" up
  ip -n "$LAB_NAME-$host" -batch - <<BATCH
link set $dev address 02:00:00:00:0$net:$(printf %02x "$number")
link set $dev txqueuelen 10000 up
address add 198.18.$net.$number/24 dev $dev
address add $prefix6$number/64 dev $dev nodad
BATCH
}

topology_build() {
  local servers=$1 host bridge i
  mkdir -p "$LAB_STATE"
  echo "$servers" > "$LAB_STATE/real-servers"
  ip netns add "$LAB_NAME-switch"
  in_host switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  for bridge in production test; do
    ip -n "$LAB_NAME-switch" link add $bridge type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "$LAB_NAME-switch" link set $bridge up
  done
  for host in $(lab_hosts); do host_add "$host"; done
  port_add client eth0 production 20
  port_add client eth1 test 20
  port_add online eth0 production 10
  port_add online eth1 test 10
  port_add director eth0 test 100
  port_add assistant eth0 test 30
  for i in $(seq "$servers"); do port_add "rs$i" eth0 test $((10 + i)); done
  topology_clients
  topology_routes "$servers"
}

topology_clients() {
  local i
  for i in $(seq $CLIENT_COUNT); do
    echo "address add 198.18.8.$i/32 dev lo"
    echo "address add 2001:db8:8::$(printf %x "$i")/128 dev lo nodad"
  done | ip -n "$LAB_NAME-client" -batch -
}

topology_routes() {
  local i host
  ip -n "$LAB_NAME-online" route add $CLIENT_NET via 198.18.0.20
  ip -n "$LAB_NAME-online" route add $CLIENT_NET6 via 2001:db8::20
  for host in online client; do
    ip -n "$LAB_NAME-$host" route add $VIP via $DIRECTOR dev eth1
    ip -n "$LAB_NAME-$host" route add $VIP6 via $DIRECTOR6 dev eth1
  done
  for i in $(seq "$1"); do
    in_host "rs$i" sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
    ip -n "$LAB_NAME-rs$i" addr add $VIP/32 dev lo
    ip -n "$LAB_NAME-rs$i" addr add $VIP6/128 dev lo nodad
  done
  command_returns clients
}

# The return route of the real servers. Toward the clients a response that escapes diversion arrives there and is seen.
command_returns() {
  local via via6 host
  case ${1:-} in
    clients) via=198.18.1.20 via6=2001:db8:1::20 ;;
    assistant) via=198.18.1.30 via6=2001:db8:1::30 ;;
    *) refuse "returns ${1:-}: must be clients or assistant" ;;
  esac
  for host in $(lab_hosts | grep '^rs'); do
    ip -n "$LAB_NAME-$host" route replace default via $via dev eth0
    ip -n "$LAB_NAME-$host" route replace default via $via6 dev eth0
  done
}

# Ends what runs in this lab's namespaces, and nothing else.
lab_down() {
  local namespaces namespace
  namespaces=$(ip netns list | awk '{print $1}' | grep -E "^$LAB_NAME-(switch|client|online|director|assistant|rs[0-9])$" || true)
  for namespace in $namespaces; do
    end_processes TERM "$namespace"
  done
  local wait
  for wait in $(seq 20); do
    processes_left "$namespaces" || break
    sleep 0.05
  done
  for namespace in $namespaces; do
    end_processes KILL "$namespace"
    ip netns del "$namespace"
  done
  rm -rf "$LAB_STATE"
}

end_processes() {
  local pid
  for pid in $(ip netns pids "$2"); do
    kill "-$1" "$pid" 2> /dev/null || true
  done
}

processes_left() {
  local namespace
  for namespace in $1; do
    [ -n "$(ip netns pids "$namespace")" ] && return 0
  done
  return 1
}
