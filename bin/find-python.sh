# Sets PYTHON to a Python 3.11 or newer that really runs, or says what to install. Sourced by run and test.
PYTHON_SEEN=""

is_new_enough() {
    command -v "$1" >/dev/null 2>&1 || return 1
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return 0
    PYTHON_SEEN=${PYTHON_SEEN:-$("$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true)}
    return 1
}

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if is_new_enough "$candidate"; then
        PYTHON=$candidate
        return 0
    fi
done

if [ -n "$PYTHON_SEEN" ]; then
    echo "Careplans needs Python 3.11 or newer and found only $PYTHON_SEEN: install python3.11 or newer, or use Debian 12, Ubuntu 24.04 or later." >&2
else
    echo "Careplans needs Python 3.11 or newer and found none: install it (on Debian and Ubuntu: apt-get install python3), then run this again." >&2
fi
exit 1
