#!/bin/sh
# Installs etl from this folder, without network: sh install.sh [FOLDER], /opt/etl by default.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/etl}
case $target in
    /*) ;;
    *) target=$PWD/$target ;;
esac

fail() {
    echo "install.sh: $1" >&2
    exit 2
}

[ "$(uname -sm)" = "Linux @MACHINE@" ] || fail "this bundle is for Linux on @MACHINE@, not for $(uname -sm)"
fits() {
    "$1" -c 'import sys, venv; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null
}
python=
for candidate in ${PYTHON:-python@PYTHON@ python3 /usr/bin/python@PYTHON@}; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "Python @PYTHON@ was not found: install it, or name it, PYTHON=/path/to/python3 sh install.sh"
(cd "$here" && sha256sum --check --quiet SHA256SUMS) || fail "the bundle is damaged: copy it again"
if [ -e "$target/.venv" ]; then
    echo "replacing $target/.venv"
fi
mkdir -p "$target" || fail "cannot write to $target: run as root, or name another folder"

# pip comes from the bundle: Debian keeps its own in a package that may be missing.
new=$target/.venv
"$python" -m venv --clear --without-pip "$new"
"$python" "$(ls "$here"/wheels/pip-*.whl)/pip" --python "$new/bin/python" --disable-pip-version-check \
    --isolated install --quiet --no-cache-dir --no-index --find-links "$here/wheels" 'etl[@EXTRAS@]'
echo "$("$new/bin/etl" --version | head -1) is installed: $new/bin/etl"
