# Shared by ./run and ./test, which source it from the project's root: packages, configuring and building.
# It relies on nothing but bash, coreutils and apt, because a bare Debian has nothing else.

assume_yes=no
may_install=yes
jobs=

say() { printf '== %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Takes the flags that both scripts know; false for any other.
common_flag()
{
    case $1 in
        --yes) assume_yes=yes ;;
        --no-install) may_install=no ;;
        -j[1-9]*) jobs=${1#-j} ;;
        *) return 1 ;;
    esac
}

# As many compilers as there are cores, unless memory is short: one may take 1.5 GB.
default_jobs()
{
    local cores kilobytes fit
    cores=$(nproc)
    kilobytes=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
    fit=$((kilobytes / 1500000))
    ((fit >= 1)) || fit=1
    echo $((cores < fit ? cores : fit))
}

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Prints the lines of packages.txt (without WHEN) of which no alternative is installed.
missing_packages()
{
    local wanted=" $* " when choices choice
    while read -r when choices; do
        [[ $wanted == *" $when "* ]] || continue
        for choice in ${choices//|/ }; do
            installed "$choice" && continue 2
        done
        echo "$choices"
    done < <(sed '/^#/d; /^$/d' cmake/packages.txt)
}

# Installs what the named groups of packages.txt lack, after asking.
install_missing()
{
    local missing choices choice chosen=() root=()
    command -v dpkg-query >/dev/null || { say "not a Debian: taking the packages of cmake/packages.txt for granted"; return; }
    missing=$(missing_packages "$@")
    [[ -n $missing ]] || return 0

    say "missing packages:" $(sed 's/|.*//' <<<"$missing")
    [[ $may_install == yes ]] || die "they are needed, and --no-install was given"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "installing them needs root, and there is no sudo"
        root=(sudo)
    fi
    if [[ $assume_yes == no ]]; then
        [[ -t 0 ]] || die "nobody to ask whether to install them; --yes says so"
        read -r -p "install them now with apt-get? [Y/n] " answer
        [[ -z $answer || $answer == [yY]* ]] || die "not installed"
    fi

    say "installing"
    quietly "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update
    for choices in $missing; do
        for choice in ${choices//|/ }; do
            apt-cache show "$choice" >/dev/null 2>&1 && { chosen+=("$choice"); continue 2; }
        done
        die "no package $choices here; it takes Debian 12, or something newer"
    done
    # Servers that tests run are not to be started by their packages, on ports of their own choice.
    local policy=/usr/sbin/policy-rc.d result=0
    if [[ -e $policy ]]; then policy=; else "${root[@]}" install -m 755 /dev/stdin "$policy" <<<$'#!/bin/sh\nexit 101'; fi
    # --no-remove: an older Boost that is in the way is for its owner to remove.
    (quietly "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --no-remove "${chosen[@]}") ||
        result=$?
    [[ -z $policy ]] || "${root[@]}" rm -f "$policy"
    ((result == 0)) || exit $result
}

# Runs a command without its chatter, which is shown if it fails.
quietly()
{
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        die "failed: $*"
    fi
    rm -f "$log"
}

# configure PRESET [option of cmake...]: its chatter goes to build/PRESET/configure.log.
configure()
{
    local preset=$1 generator=() log=build/$1/configure.log
    shift
    command -v ninja >/dev/null || generator=(-G "Unix Makefiles")
    mkdir -p "build/$preset"
    say "configuring build/$preset"
    cmake --preset "$preset" "${generator[@]}" "$@" >"$log" 2>&1 || { cat "$log" >&2; die "configuring failed"; }
}

# build PRESET [TARGET]
build()
{
    say "building build/$1 with ${jobs:=$(default_jobs)} jobs"
    cmake --build --preset "$1" --parallel "$jobs" ${2:+--target "$2"} || die "the build failed; see the errors above"
}
