# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian systems in the namespaces of a lab. Sourced by lab/rollout, which sets NAME and WORK. Addresses are those of lab/lab.

CACHE=/var/cache/drcopy-rollout
MIRROR=http://deb.debian.org/debian
RELEASE=bookworm
# What hosts have before drcopy comes, its dependencies among them: Ansible then installs without a network.
CONTENT=systemd,systemd-sysv,dbus,udev,openssh-server,python3,python3-apt,iproute2,nftables,libpcap0.8,openjdk-17-jre-headless
CONTENT+=,nginx-light,curl,ca-certificates,procps,kmod

hosts() { echo online rs1 rs2 rs3 assistant; }

# The address on the test net.
host_address() {
    case $1 in
        online) echo 198.18.1.10 ;;
        rs?) echo "198.18.1.1${1#rs}" ;;
        assistant) echo 198.18.1.30 ;;
    esac
}

root_path() { echo "$CACHE/$RELEASE-$(printf %s "$CONTENT" | sha256sum | cut -c1-12)"; }

# Makes the system that all hosts begin with, unless it is there.
root_make() {
    local root
    root=$(root_path)
    [ -d "$root" ] && return
    echo "rollout: making a Debian root with debootstrap, once"
    mkdir -p "$CACHE"
    rm -rf "$root.part"
    if ! debootstrap --variant=minbase --include="$CONTENT" "$RELEASE" "$root.part" "$MIRROR" >"$CACHE/debootstrap.log" 2>&1; then
        tail -n 5 "$CACHE/debootstrap.log" >&2
        return 1
    fi
    rm -f "$root.part"/etc/ssh/ssh_host_*
    mv "$root.part" "$root"
}

# on HOST COMMAND: by ssh, as Ansible does
on() { ip netns exec "$NAME-switch" ssh -F "$WORK/ssh_config" "root@$(host_address "$1")" "$2"; }

host_start() {
    local host=$1 root=$WORK/$1/root
    mkdir -p "$WORK/$host"/{upper,work,root}
    mount -t overlay overlay -o "lowerdir=$(root_path),upperdir=$WORK/$host/upper,workdir=$WORK/$host/work" "$root"
    mkdir -p "$root/root/.ssh"
    cp "$WORK/key.pub" "$root/root/.ssh/authorized_keys"
    chmod 700 "$root/root/.ssh"
    ssh-keygen -q -A -f "$root" >/dev/null
    echo "$host" >"$root/etc/hostname"
    : >"$root/etc/resolv.conf"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fast" # a host that lives for minutes needs no fsync
    # Writes each request at once.
    sed -i 's,access_log .*,access_log /var/log/nginx/access.log;,' "$root/etc/nginx/nginx.conf"
    SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn -q -b -D "$root" --machine="$NAME-$host" --network-namespace-path="/run/netns/$NAME-$host" --register=no --keep-unit \
        --resolv-conf=off --capability=CAP_NET_ADMIN,CAP_NET_RAW --console=pipe </dev/null >"$WORK/$host/console" 2>&1 &
    echo $! >"$WORK/$host/pid"
}

host_is_up() { on "$1" 'systemctl is-system-running --wait' 2>/dev/null | grep -qE 'running|degraded'; }

hosts_start() {
    local host number
    ssh-keygen -q -t ed25519 -N '' -f "$WORK/key"
    printf 'Host *\nUser root\nIdentityFile %s/key\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\nConnectTimeout 5\nControlMaster auto\nControlPath %s/%%h\nControlPersist 60\n' \
        "$WORK" "$WORK" >"$WORK/ssh_config"
    ip -n "$NAME-switch" addr add 198.18.1.250/24 dev test
    for number in 1 2 3; do # the role puts it there
        ip -n "$NAME-rs$number" addr del 198.18.1.200/32 dev lo
        ip -n "$NAME-rs$number" addr del 2001:db8:1::200/128 dev lo
    done
    for host in $(hosts); do host_start "$host"; done
    for host in $(hosts); do
        eventually host_is_up "$host" || {
            tail -n 20 "$WORK/$host/console" >&2
            return 1
        }
    done
}

hosts_stop() {
    local host pid wait
    for host in $(hosts); do
        [ -e "$WORK/$host/pid" ] || continue
        pid=$(<"$WORK/$host/pid")
        kill -TERM "$pid" 2>/dev/null || true
        for wait in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
        umount -l "$WORK/$host/root" 2>/dev/null || true
    done
}
