#!/bin/sh
# Puts in place what pip can't: libraries for the window and the embedded database ("run"), and the
# tools that tests start ("test"). Installs on Debian and Ubuntu when started by root; else prints
# the line to type. Nothing happens where nothing is missing.
#
#   sh packaging/system-setup.sh run|test [python3]
set -eu

purpose=${1:?run or test}
python=${2:-python3}

# What a PySide6 window, its fonts and MongoDB need beyond a bare system.
libraries="libcurl4 libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libwayland-cursor0
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
  libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libxkbcommon0 fonts-inter fonts-noto-color-emoji"

# command:package; tests that lack one of them are skipped and say so.
tools="node:nodejs npm:npm g++:g++ make:make dbus-run-session:dbus
  gnome-keyring-daemon:gnome-keyring faketime:faketime"

say() { printf '%s\n' "$*" >&2; }

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_for_run() {
  "$python" -c 'import ensurepip, venv' 2>/dev/null || printf ' python3-venv'
  for package in $libraries; do
    installed "$package" || printf ' %s' "$package"
  done
}

missing_for_test() {
  for pair in $tools; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || printf ' %s' "${pair#*:}"
  done
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  say "PostFlow needs Python 3.11 or newer; '$python' is not. Name another: make PYTHON=python3.12"
  exit 1
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
  # macOS brings its libraries along; other Linux systems name theirs differently.
  [ "$(uname -s)" = Darwin ] || [ "$purpose" = test ] ||
    say "If the window or the database does not start, install the counterparts of:" $libraries
  exit 0
fi

packages=$("missing_for_$purpose")
[ -n "$packages" ] || exit 0
line="apt-get install --yes --no-install-recommends$packages"

if [ "$(id -u)" -eq 0 ]; then
  say "Installing system packages:$packages"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update >"$log" 2>&1 && $line >>"$log" 2>&1; then
    exit 0
  fi
  tail -n 15 "$log" >&2
  say "That did not work. The line was: $line"
else
  say "Some system packages are missing. Type:  sudo $line"
fi

# Without venv nothing can go on; without the rest PostFlow says later what it lacks.
case $packages in *python3-venv*) exit 1 ;; esac
exit 0
