#!/bin/sh
# Installs a .deb in a minimal Debian that holds no Python, runs the smoke test there, and removes the package again.
# Usage: sh packaging/clean_root.sh FILE.deb [FOLDER]. Needs root and debootstrap. The folder keeps the system for the next time.
set -eu
package=$(readlink -f "$1")
root=$(readlink -m "${2:-build/clean-root}")
mirror=${DEBIAN_MIRROR:-https://deb.debian.org/debian}

in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
apt() { in_root apt-get -qq -o Acquire::https::CAInfo=/build-certificates.crt "$@" >&2; }
leave() { for part in dev/shm dev proc; do umount "$root/$part" 2>/dev/null || true; done; rm -f "$root/evalstudio.deb" "$root/build-certificates.crt"; }
trap leave EXIT

if [ ! -e "$root/usr/bin/apt-get" ]; then
    mkdir -p "$(dirname "$root")"
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; exit 1; }
fi
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/build-certificates.crt"
cp "$package" "$root/evalstudio.deb"
apt update
apt install -y --no-install-recommends /evalstudio.deb
if in_root sh -c 'command -v python3' >&2; then echo "There is a Python in the clean root." >&2; exit 1; fi
status=0
in_root evalstudio --smoke-test || status=$?
apt purge -y evalstudio
for left in usr/lib/evalstudio usr/bin/evalstudio usr/share/doc/evalstudio; do
    if [ -e "$root/$left" ]; then echo "/$left is left after the removal." >&2; status=1; fi
done
exit $status
