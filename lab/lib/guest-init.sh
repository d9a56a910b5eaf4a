#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# Process 1 of the director's user-mode-linux guest. Its root is the machine's file system through hostfs, read only; GUEST is
# the folder it shares with lab/lib/director.sh: setup.sh, then one command at a time.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
B=/bin/busybox
$B mount -t proc proc /proc
$B mount -t sysfs sysfs /sys
$B mount -t tmpfs tmpfs /mnt
$B mkdir /mnt/lab
$B mount -t hostfs none /mnt/lab -o "$GUEST"
exec 2> /mnt/lab/errors
modules=/usr/lib/uml/modules/$($B uname -r)/kernel
for module in lib/crc-ccitt net/ipv6/ipv6 net/ipv4/netfilter/nf_defrag_ipv4 net/ipv6/netfilter/nf_defrag_ipv6 \
  net/netfilter/nf_conntrack net/netfilter/ipvs/ip_vs net/netfilter/ipvs/ip_vs_rr; do
  $B insmod "$modules/$module.ko"
done
for dev in all default eth0 lo; do
  echo 0 > /proc/sys/net/ipv4/conf/$dev/rp_filter
  echo 0 > /proc/sys/net/ipv4/conf/$dev/send_redirects
  echo 0 > /proc/sys/net/ipv6/conf/$dev/accept_dad
done
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
$B ip link set lo up
. /mnt/lab/setup.sh
: > /mnt/lab/ready
while :; do
  if [ -e /mnt/lab/command ]; then
    $B mv /mnt/lab/command /mnt/lab/command.run
    $B sh /mnt/lab/command.run > /mnt/lab/output 2>&1
    echo $? > /mnt/lab/status.new
    $B mv /mnt/lab/status.new /mnt/lab/status
  fi
  $B usleep 25000
done
