#!/bin/sh
# Makes .venv with $PYTHON and installs the given requirements files, if they changed since.
set -eu
python=${PYTHON:-python3}
venv=.venv

say() { printf 'holdfast: %s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "Python 3.11 or newer is needed; $python is $("$python" -V 2>/dev/null || echo missing). Set PYTHON to one."
    exit 2
}
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    say "making $venv with $("$python" -V)"
    rm -rf "$venv"
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        say "$python cannot make a virtual environment (on Debian: apt-get install python3-venv)."
        exit 2
    }
fi
for file in "$@"; do
    stamp="$venv/.installed-$file"
    have=$(cat "$stamp" 2>/dev/null || true)
    want=$(cat requirements.txt "$file" | cksum)
    [ "$have" = "$want" ] && continue
    say "installing $(grep -c '==' "$file") packages of $file and what they need; half a minute or so"
    live=no; [ -t 2 ] && live=yes
    rm -f "$venv/.installed"
    {
        "$venv/bin/python" -m pip install --progress-bar off --disable-pip-version-check \
            --no-input -r "$file" 2>"$venv/.pip-errors" && : > "$venv/.installed"
    } | awk -v live="$live" '
        function show(text) { printf(live == "yes" ? "\r\033[K  %s" : "  %s\n", text); fflush() }
        /^Collecting/ { found++; if (live == "yes" || found % 20 == 0) show(found " found, " $2) }
        /^Installing/ { show("unpacking " found " packages") }
        END { if (live == "yes") printf "\r\033[K" }' >&2
    if [ ! -e "$venv/.installed" ]; then
        cat "$venv/.pip-errors" >&2
        say "installing failed; the lines above say why. Try again with: make install"
        exit 2
    fi
    printf '%s\n' "$want" > "$stamp"
done
