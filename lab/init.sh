#!/bin/busybox sh
# The guest's first program: loads the radios, lays memory over this machine's file system, runs main.sh, switches off.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
for word in $(cat /proc/cmdline); do case $word in radios=*) radios=${word#radios=} ;; esac; done
for module in $(cat /modules.txt); do
  case $module in mac80211_hwsim.*) options=radios=$radios ;; *) options= ;; esac
  insmod "/modules/$module" $options 2>/dev/null
done

mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /host
mount -t tmpfs tmpfs /overlay
mkdir /overlay/upper /overlay/work
mount -t overlay -o lowerdir=/host,upperdir=/overlay/upper,workdir=/overlay/work overlay /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t debugfs debug /root/sys/kernel/debug
mount --bind /dev /root/dev
mkdir -p /root/dev/shm /root/dev/pts /root/labout /root/tmp
mount -t tmpfs tmpfs /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/run
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 out /root/labout
ip link set lo up

echo
echo "@lab note lab: the guest is up ($(cut -d' ' -f1 /proc/uptime) s)"
chroot /root /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LAB=1 \
  /bin/sh -c 'sh /labout/main.sh </dev/null 2>&1; echo $? > /labout/status'
sync
poweroff -f
