#!/usr/bin/env bash
# ./x bare COMMAND…: COMMAND of ./x inside a fresh Debian 12 made by debootstrap, from the committed tree, with an
# empty home and cache. It takes the host's apt, pip and npm configuration with it, and nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" = 0 ] || { echo "./x bare needs root (debootstrap, chroot)" >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }

system=$(mktemp -d "${TMPDIR:-/var/tmp}/axonite-bare-XXXXXX")
home=$system/root
cleanup() {
  # Lazily: what still runs inside may hold them open, and nothing of the host may lie below the folder that goes.
  for place in proc dev/pts dev; do umount -ql "$system/$place" 2>/dev/null || true; done
  rm -rf --one-file-system "$system"
}
trap cleanup EXIT

# The host's own mirror, whichever form its lists have; without one debootstrap takes its default.
mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
  sed '/^ *#/d' | awk 'match($0, /https?:[^ ]+/) && !/security/ && !found { print substr($0, RSTART, RLENGTH); found = 1 }')
debootstrap --variant=minbase --include=ca-certificates bookworm "$system" ${mirror:+"$mirror"}
rm -f "$system/etc/apt/sources.list"
cp -a /etc/apt/. "$system/etc/apt/"
cp -aL --remove-destination /etc/ssl/certs/. "$system/etc/ssl/certs/"  # Debian's own are links
cp /etc/resolv.conf /etc/hosts "$system/etc/" 2>/dev/null || true
[ -f /etc/pip.conf ] && cp /etc/pip.conf "$system/etc/"
for file in "$HOME/.npmrc" "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
  [ -f "$file" ] && install -D "$file" "$home/${file#"$HOME"/}"
done
mount -t proc proc "$system/proc"
mount --bind /dev "$system/dev"
mount --bind /dev/pts "$system/dev/pts" 2>/dev/null || true
git clone -q "file://$PWD" "$system/src"
chroot "$system" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" \
  LANG=C.UTF-8 $(env | grep -E '^(PIP_|npm_config_|NPM_CONFIG_|NODE_EXTRA_CA|SSL_CERT|REQUESTS_CA|CURL_CA|[A-Za-z]+_(proxy|PROXY)=)' | grep -vE ' |^PIP_FIND_LINKS' || true) \
  bash -c 'cd /src && exec ./x "$@"' x "$@"
