#!/bin/sh
# Copies Node, the libraries it is linked with, and tini into a folder that can be the root of an image.
set -eu
root=$1

mkdir -p "$root/usr/local/bin" "$root/etc" "$root/tmp" "$root/run/penstock" "$root/var/lib/dpkg/status.d"
chmod 1777 "$root/tmp"
cp /usr/local/bin/node /usr/bin/tini "$root/usr/local/bin/"
for program in /usr/local/bin/node /usr/bin/tini; do ldd "$program"; done | grep -o '/[^ )]*' | while read -r library; do
  cp --parents --dereference "$library" "$root"
done

# The packages that they come from, where scanners look for them, and their licences.
for package in base-files libc6 libgcc-s1 libstdc++6 tini; do
  dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
  cp --parents --dereference "/usr/share/doc/$package/copyright" "$root" 2>/dev/null || true
done
[ ! -e /usr/local/LICENSE ] || cp --parents /usr/local/LICENSE "$root"
cp --dereference /etc/os-release "$root/etc/os-release"

echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo 'penstock:x:65532:65532:Penstock:/app:/sbin/nologin' >"$root/etc/passwd"
echo 'penstock:x:65532:' >"$root/etc/group"
# A volume that is mounted there begins as they are: for columnar files, and for copies of them.
mkdir -p "$root/var/lib/penstock/columnar" "$root/var/cache/penstock"
chown 65532:65532 "$root/run/penstock" "$root/var/lib/penstock/columnar" "$root/var/cache/penstock"
