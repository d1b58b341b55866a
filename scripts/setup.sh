#!/bin/sh
# Sets up what `make run` and `make test` need: system libraries, a font, a virtual environment.
# Safe to run again: it does nothing when nothing changed. Usage: scripts/setup.sh run|dev
set -eu
cd "$(dirname "$0")/.."
variant=${1:-run}
python=${PYTHON:-python3}
venv=.venv

# What Qt (and, the last, the local model) loads at run time on Linux, and the Debian package each comes from.
libraries="libglib-2.0.so.0:libglib2.0-0 libEGL.so.1:libegl1 libGL.so.1:libgl1 libxkbcommon.so.0:libxkbcommon0
libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4
libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-randr.so.0:libxcb-randr0
libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0 libxcb-xkb.so.1:libxcb-xkb1
libdbus-1.so.3:libdbus-1-3 libfontconfig.so.1:libfontconfig1 libwayland-cursor.so.0:libwayland-cursor0
libgomp.so.1:libgomp1"

missing_packages() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    for pair in $libraries; do
        case "$known" in *"${pair%%:*} "*) ;; *) printf '%s ' "${pair#*:}" ;; esac
    done
    if [ -z "$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" \
               -name '*.[to]tf' 2>/dev/null | head -n 1)" ]; then printf 'fonts-dejavu-core '; fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then printf 'python3-venv '; fi
}

install_packages() {
    line="apt-get install --no-install-recommends $1"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "EvalStudio needs these system libraries; install what your system calls them: $1" >&2
        return 1
    fi
    if [ "$(id -u)" = 0 ]; then as=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as="sudo -n"
    else
        echo "EvalStudio needs these system libraries. Run this line, then try again:" >&2
        echo "    sudo $line" >&2
        return 1
    fi
    echo "Installing system libraries: $1" >&2
    $as env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $1 >/dev/null || {
        echo "The system libraries could not be installed. Run this line, then try again:" >&2
        echo "    $line" >&2
        return 1
    }
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "EvalStudio needs Python 3.11 or later; '$python' is $("$python" --version 2>&1 || echo missing)." >&2
    echo "Name another one with: make run PYTHON=python3.12" >&2
    exit 1
fi

if [ "$(uname -s)" = Linux ]; then
    packages=$(missing_packages)
    [ -z "$packages" ] || install_packages "$packages" || exit 1
fi

# Two variants share one environment: dev holds all that run holds.
stamp=$( { cat pyproject.toml constraints.txt scripts/setup.sh; "$python" --version; } | cksum | tr -d ' ')
if [ -x "$venv/bin/evalstudio" ]; then
    [ "$(cat "$venv/stamp-$variant" 2>/dev/null || true)" != "$stamp" ] || exit 0
    [ "$variant" = dev ] || [ "$(cat "$venv/stamp-dev" 2>/dev/null || true)" != "$stamp" ] || exit 0
fi
echo "Setting up $venv (a minute the first time) ..." >&2
"$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    rm -rf "$venv"; "$python" -m venv "$venv"; }
extras=""; [ "$variant" != dev ] || extras="[dev]"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".$extras"
# The tests evaluate a real language model.
[ "$variant" != dev ] || "$venv/bin/evalstudio" local-model install >/dev/null
echo "$stamp" > "$venv/stamp-$variant"
