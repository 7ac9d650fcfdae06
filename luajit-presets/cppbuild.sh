#!/bin/bash
#
# Builds the native side of lupa4j for this machine:
#
#   1. obtains the LuaJIT source (once; kept outside target/, so `mvn clean` does not fetch it again),
#   2. builds LuaJIT as a static, position-independent library, plus the luajit program of the same build,
#   3. turns src/main/lua/*.lua into bytecode headers and compiles src/main/cpp against it all.
#
# Result: cppbuild/<platform>/{include,include/internal,generated,lib,bin}, all ignored by git.
# Every step compares a stamp first: a run with nothing to do takes a fraction of a second.
#
# Variables:
#   LUAJIT_SOURCE    folder or tarball to build instead of the pinned version
#   LUAJIT_SHA256    expected checksum of the tarball, whatever its origin
#   LUAJIT_ASSERTS   1: build with LuaJIT's own assertions and API checks, in a tree of its own
#   CXXFLAGS_EXTRA   appended to the compiler flags of the bridge, e.g. "-O0 -g"
#
set -euo pipefail
shopt -s nullglob

cd "$(dirname "${BASH_SOURCE[0]}")"
HERE=$PWD

# -- What is built ---------------------------------------------------------------------------------------------------

# The pinned version, as Debian packages it, and the tag of the same commit upstream.
DEBIAN_VERSION="2.1.0+openresty20251030"
DEBIAN_SHA256="04106b57bb3b089ce21ae606163c6fbd260f245580cfeb45484201fd86835190"
# Where Debian's archive is not at hand. The checksum of this tarball is not recorded here, since a tarball made
# on demand by the host may be packed anew; give the one you trust in LUAJIT_SHA256.
UPSTREAM_URL="https://github.com/openresty/luajit2/archive/refs/tags/v2.1-20251030.tar.gz"

# CHECKHOOK: compiled loops see hooks, so a script can be interrupted. NO_UNWIND: errors by LuaJIT's own unwinder,
# far cheaper; no frame of ours needs unwinding. LUA52COMPAT: __pairs, __len on tables and friends.
LUAJIT_FLAGS="-DLUAJIT_ENABLE_CHECKHOOK -DLUAJIT_NO_UNWIND -DLUAJIT_ENABLE_LUA52COMPAT"
BRIDGE_FLAGS="-O2 -g1 -fPIC -fvisibility=hidden -Wall -Wextra -Werror"
C_FLAGS="-std=gnu11"
CXX_FLAGS="-std=c++17 -fno-exceptions -fno-rtti"

say() { echo "lupa4j: $*" >&2; }
die() { say "$*"; exit 1; }

# -- Platform --------------------------------------------------------------------------------------------------------

# One case per platform, named as JavaCPP names them.
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) PLATFORM=linux-x86_64; JNI_OS=linux ;;
    *) die "unsupported platform $(uname -s)-$(uname -m): a case in luajit-presets/cppbuild.sh and one in the presets make a new one" ;;
esac

if [[ "${LUAJIT_ASSERTS:-0}" == 1 ]]; then
    LUAJIT_FLAGS+=" -DLUA_USE_ASSERT -DLUA_USE_APICHECK"
    VARIANT="$PLATFORM-asserts"
else
    VARIANT="$PLATFORM"
fi

DOWNLOAD="$HERE/cppbuild/download"
TREE="$HERE/cppbuild/build-$VARIANT" # where LuaJIT is unpacked and built
PREFIX="$HERE/cppbuild/$VARIANT"     # what it leaves for the presets
CURRENT="$HERE/cppbuild/current"     # link to the variant built last: where the Java build looks
mkdir -p "$DOWNLOAD" "$PREFIX"/{include/internal,generated,lib,bin,obj}

# -- Tools -----------------------------------------------------------------------------------------------------------

require() { # program, Debian package
    command -v "$1" > /dev/null || die "'$1' not found: install it (Debian: apt-get install $2) and build again"
}
require gcc gcc
require g++ g++
require make make
require sha256sum coreutils

jni_include() {
    local home=${JAVA_HOME:-}
    if [[ ! -e "$home/include/jni.h" ]]; then
        require javac openjdk-17-jdk-headless
        home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    fi
    [[ -e "$home/include/jni.h" ]] || die "jni.h not found: set JAVA_HOME to a JDK (Debian: apt-get install openjdk-17-jdk-headless)"
    echo "$home/include"
}

# -- Source ----------------------------------------------------------------------------------------------------------

check_sha256() { # file, expected
    [[ "$(sha256sum < "$1")" == "$2  -" ]]
}

# Lines "deb-src [options] address SUITE main" for every address apt takes packages of the Debian archive from on this
# machine, with the suite left open. Both forms of its configuration are read: *.sources (deb822) and *.list.
apt_archives() {
    local parts=(/etc/apt/sources.list.d/*.sources) lists=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list)
    local list
    {
        ((${#parts[@]})) && awk -v RS= '
            {
                uris = suites = key = ""; enabled = 1; n = split($0, lines, "\n")
                for (i = 1; i <= n; i++) {
                    if (lines[i] ~ /^#/) continue
                    value = lines[i]; sub(/^[^:]*:[ \t]*/, "", value)
                    name = tolower(lines[i]); sub(/:.*/, "", name)
                    if (name == "uris") uris = value
                    else if (name == "suites") suites = value
                    else if (name == "signed-by") key = value
                    else if (name == "enabled" && tolower(value) == "no") enabled = 0
                }
                if (!enabled || suites ~ /security/) next
                m = split(uris, uri, /[ \t]+/)
                for (i = 1; i <= m; i++)
                    if (uri[i] != "") print (key ~ /^\// ? "[signed-by=" key "] " : "") uri[i]
            }' "${parts[@]}"
        for list in "${lists[@]}"; do
            [[ -r "$list" ]] && sed -nE '/security/d; s/^[[:space:]]*deb(-src)?[[:space:]]+((\[[^]]*\][[:space:]]+)?[^[:space:]]+)[[:space:]].*/\2/p' "$list"
        done
    } | awk '/debian/ && !seen[$0]++ { print "deb-src " $0 " SUITE main" }' || true
}

# Debian's source package through a private apt state: needs no root and leaves the machine's own state alone. apt
# verifies what it fetches against the signed index. Only the original tarball is used, not Debian's patches.
fetch_debian() {
    command -v apt-get > /dev/null && command -v dpkg > /dev/null || return 1
    local archives state suite options version
    archives=$(apt_archives)
    [[ -n "$archives" ]] || return 1
    state=$(mktemp -d "$DOWNLOAD/apt.XXXXXX")
    mkdir -p "$state"/{lists/partial,archives/partial}
    touch "$state/status"
    options=(-q=2 -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state"
             -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
             -o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=20
             -o APT::Sandbox::User="$(id -un)")
    # The pinned version lives in unstable; a mirror that has moved on may still offer an older or a newer one.
    for suite in unstable testing stable bookworm; do
        sed "s/ SUITE / $suite /" <<< "$archives" > "$state/sources.list"
        apt-get "${options[@]}" update > "$state/log" 2>&1 || continue
        (cd "$state" && apt-get "${options[@]}" source --only-source --download-only luajit) >> "$state/log" 2>&1 || true
        for file in "$state"/luajit_2.1*.orig.tar.*; do
            [[ "$file" == *.asc ]] || echo "$file"
        done | grep -q "_$DEBIAN_VERSION\.orig" && break
    done
    version=$(cd "$state" && printf '%s\n' luajit_2.1*.orig.tar.?z | sort -V | tail -n 1)
    if [[ -z "$version" ]]; then
        rm -rf "$state"
        return 1
    fi
    mv "$state/$version" "$DOWNLOAD/"
    rm -rf "$state"
    SOURCE="$DOWNLOAD/$version"
}

fetch_upstream() {
    command -v curl > /dev/null || return 1
    curl -fsSL --retry 2 --connect-timeout 15 -o "$DOWNLOAD/luajit.part" "$UPSTREAM_URL" 2> /dev/null || { rm -f "$DOWNLOAD/luajit.part"; return 1; }
    SOURCE="$DOWNLOAD/$(basename "$UPSTREAM_URL")"
    mv "$DOWNLOAD/luajit.part" "$SOURCE"
}

# Sets SOURCE to a folder or a tarball.
find_source() {
    local cached=("$DOWNLOAD"/luajit_"$DEBIAN_VERSION".orig.tar.* "$DOWNLOAD"/luajit_2.1*.orig.tar.* "$DOWNLOAD"/v2.1*.tar.gz)
    if [[ -n "${LUAJIT_SOURCE:-}" ]]; then
        [[ -e "$LUAJIT_SOURCE" ]] || die "LUAJIT_SOURCE=$LUAJIT_SOURCE does not exist"
        SOURCE=$(readlink -f "$LUAJIT_SOURCE")
    elif ((${#cached[@]})); then
        SOURCE=${cached[0]}
    else
        say "fetching the source of LuaJIT $DEBIAN_VERSION"
        fetch_debian || fetch_upstream ||
            die "no LuaJIT source: the Debian archive and $UPSTREAM_URL are out of reach; set LUAJIT_SOURCE to a folder or tarball of LuaJIT 2.1"
    fi
}

# Before a tarball is unpacked: is it the pinned one, or the one the user means?
check_source() {
    [[ -f "$SOURCE" ]] || return 0
    if [[ -n "${LUAJIT_SHA256:-}" ]]; then
        check_sha256 "$SOURCE" "$LUAJIT_SHA256" || die "checksum of $SOURCE is not LUAJIT_SHA256"
    elif [[ "$SOURCE" == "$DOWNLOAD/luajit_$DEBIAN_VERSION.orig."* ]]; then
        check_sha256 "$SOURCE" "$DEBIAN_SHA256" ||
            die "checksum of $SOURCE is not the pinned one: remove the file to fetch it again"
    elif [[ "$SOURCE" == "$DOWNLOAD/luajit_"* ]]; then
        say "warning: the archive has no LuaJIT $DEBIAN_VERSION, building $(basename "$SOURCE" | sed 's/.orig.*//') instead"
    fi
}

# What identifies a source without unpacking it: name, size and time of a tarball, of every file of a folder.
source_id() {
    if [[ -d "$SOURCE" ]]; then
        find "$SOURCE/src" "$SOURCE/Makefile" -type f ! -name '*.o' -printf '%P %s %T@\n' | sort | sha256sum
    else
        stat -c '%n %s %Y' "$SOURCE"
    fi
}

# -- LuaJIT ----------------------------------------------------------------------------------------------------------

# Makes an object file get its memory from functions of the bridge.
redirect_memory() { # object, prefix of the functions
    local map
    map=$(nm -u "$1" | grep -oE '\bmmap(64)?$') || die "$(basename "$1") does not map memory any more"
    objcopy --redefine-sym "$map=$2_map" --redefine-sym "munmap=$2_unmap" "$1"
}

build_luajit() {
    check_source
    say "building LuaJIT from $(basename "$SOURCE") for $VARIANT (about a minute)"
    rm -rf "$TREE"
    mkdir -p "$TREE"
    if [[ -d "$SOURCE" ]]; then
        cp -a "$SOURCE/." "$TREE/"
        make -s -C "$TREE" clean > /dev/null 2>&1 || true
    else
        tar -xf "$SOURCE" -C "$TREE" --strip-components=1 || die "cannot unpack $SOURCE (xz: apt-get install xz-utils)"
    fi
    [[ -e "$TREE/src/lj_obj.h" ]] || die "$SOURCE holds no LuaJIT source"
    if [[ -e adapt-luajit.sh ]]; then
        bash adapt-luajit.sh "$TREE" || die "adapt-luajit.sh does not fit $(basename "$SOURCE")"
    fi

    # Not `amalg`: that makes internal functions static, and the bridge calls or wraps some of them.
    make -s -C "$TREE" -j "$(nproc)" XCFLAGS="$LUAJIT_FLAGS" STATIC_CC='$(CROSS)$(CC) -DLUAJIT_HOSTED=0' \
        DYNAMIC_CC='$(CROSS)$(CC) -DLUAJIT_HOSTED=1 -fPIC' $LUAJIT_PATHS > "$TREE/build.log" 2>&1 ||
        { tail -n 20 "$TREE/build.log" >&2; die "LuaJIT did not build, see $TREE/build.log"; }

    # The program, with the jit.* modules where it looks for them: `luajit -b` needs them.
    rm -rf "$PREFIX/bin/jit"
    install -m 755 "$TREE/src/luajit" "$PREFIX/bin/luajit"
    cp -r "$TREE/src/jit" "$PREFIX/bin/jit"
    # libluajit.a as LuaJIT makes it is not position-independent; the objects of its shared library are.
    rm -f "$PREFIX/lib/libluajit.a"
    # Memory for machine code comes from the bridge's arena, that for objects from its segments: arena.c, segments.c.
    redirect_memory "$TREE/src/lj_mcode_dyn.o" bridge_arena
    redirect_memory "$TREE/src/lj_alloc_dyn.o" bridge_segment
    # How fast the interpreter is depends on how it lies in cache lines: not on what is linked before it, then.
    objcopy --set-section-alignment .text=4096 "$TREE/src/lj_vm_dyn.o"
    ar rcs "$PREFIX/lib/libluajit.a" "$TREE"/src/*_dyn.o
    # The library as it is, for the C program that benchmarks compare with.
    install -D -m 644 "$TREE/src/libluajit.a" "$PREFIX/lib/plain/libluajit.a"
    # The public headers, and apart from them the internal ones for the files that look inside. JavaCPP's parser does
    # not know declarations such as `int (lua_gettop) (lua_State *L)`: they lose their brackets.
    for header in lua.h lauxlib.h lualib.h luajit.h luaconf.h; do
        sed -E 's/\((luaL?_[a-z_]+)\) ?\(/\1(/' "$TREE/src/$header" > "$PREFIX/include/$header"
    done
    install -m 644 "$TREE"/src/lj_*.h "$PREFIX/include/internal/"
    rm -f "$PREFIX"/obj/* "$PREFIX"/generated/*
}

# package.path and package.cpath: where the system keeps Lua modules. That of C modules differs between distributions.
multiarch=$(gcc -print-multiarch 2> /dev/null || true)
multilib=lib
if [[ -n "$multiarch" ]]; then multilib=lib/$multiarch; elif [[ -d /usr/lib64 ]]; then multilib=lib64; fi
LUAJIT_PATHS="PREFIX=/usr MULTILIB=$multilib"

find_source
BUILD_ID=$( (declare -f build_luajit redirect_memory; cat adapt-luajit.s[h] /dev/null) | sha256sum)
LUAJIT_STAMP="$(source_id) $LUAJIT_FLAGS $LUAJIT_PATHS $BUILD_ID"
if [[ "$(cat "$PREFIX/luajit.stamp" 2> /dev/null)" != "$LUAJIT_STAMP" ]]; then
    rm -f "$PREFIX/luajit.stamp"
    build_luajit
    echo "$LUAJIT_STAMP" > "$PREFIX/luajit.stamp"
fi
ln -sfn "$VARIANT" "$CURRENT"

# -- The bridge ------------------------------------------------------------------------------------------------------

JNI_INCLUDE=$(jni_include)
INCLUDES="-I$PREFIX/include -I$PREFIX/include/internal -I$PREFIX/generated -I$HERE/src/main/cpp -I$JNI_INCLUDE -I$JNI_INCLUDE/$JNI_OS"
COMPILE_STAMP="$BRIDGE_FLAGS $C_FLAGS $CXX_FLAGS ${CXXFLAGS_EXTRA:-} $INCLUDES"

if [[ "$(cat "$PREFIX/bridge.stamp" 2> /dev/null)" != "$COMPILE_STAMP" ]]; then
    rm -f "$PREFIX"/obj/*
    echo "$COMPILE_STAMP" > "$PREFIX/bridge.stamp"
fi

# src/main/lua/name.lua -> generated/name.h: `static const unsigned char luaJIT_BC_name[]` with debug information, so
# that errors inside name their line. The chunk is called [name], as no file of a script is.
for file in src/main/lua/*.lua; do
    name=$(basename "$file" .lua)
    if [[ ! "$PREFIX/generated/$name.h" -nt "$file" || ! "$PREFIX/generated/$name.h" -nt "$HERE/cppbuild.sh" ]]; then
        (cd "$(dirname "$file")" && LUA_PATH="$PREFIX/bin/?.lua" "$PREFIX/bin/luajit" -b -g -n "$name" -F "[$name]" -t h "$name.lua" "$PREFIX/generated/$name.h")
    fi
done

# True when an object is missing or older than one of the files the compiler saw when it made it.
stale() { # object
    local dependency
    [[ -e "$1" && -e "${1%.o}.d" ]] || return 0
    for dependency in $(sed -e 's/^[^:]*://' -e 's/\\$//' "${1%.o}.d"); do
        [[ -e "$dependency" && ! "$dependency" -nt "$1" ]] || return 0
    done
    return 1
}

compile() { # source, object
    case "$1" in
        *.c) gcc $C_FLAGS $BRIDGE_FLAGS ${CXXFLAGS_EXTRA:-} $INCLUDES -MMD -c -o "$2" "$1" ;;
        *) g++ $CXX_FLAGS $BRIDGE_FLAGS ${CXXFLAGS_EXTRA:-} $INCLUDES -MMD -c -o "$2" "$1" ;;
    esac
}

objects=()
jobs=()
for file in src/main/cpp/*.c src/main/cpp/*.cpp; do
    object="$PREFIX/obj/$(basename "$file").o"
    objects+=("$object")
    if stale "$object"; then
        rm -f "$object"
        compile "$file" "$object" &
        jobs+=($!)
        ((${#jobs[@]} % $(nproc) == 0)) && { wait "${jobs[@]}" || true; }
    fi
done
for job in "${jobs[@]}"; do
    wait "$job" || die "the bridge did not compile"
done

archive="$PREFIX/lib/liblupa4j-bridge.a"
if ((${#jobs[@]})) || [[ ! -e "$archive" || "$(ar t "$archive" | sort)" != "$(printf '%s\n' "${objects[@]##*/}" | sort)" ]]; then
    rm -f "$archive"
    ar rcs "$archive" "${objects[@]}"
fi

# -- How to link it --------------------------------------------------------------------------------------------------

# A response file for the linker step of the Java build. Both libraries go in whole: the bridge is called by generated
# code, LuaJIT's API by binary modules loaded later. No part of the C++ runtime is expected on the user's machine.
#
# JavaCPP puts the natives of its own Pointers into every library. Ours must not show them: without JavaCPP's start-up
# code, which NativeLibrary leaves out, they crash, and the JVM would find them before those of JavaCPP's own library.
echo '{ global: *; local: Java_org_bytedeco_*; };' > "$PREFIX/lib/exports.map"
{
    echo "-Wl,--version-script=$PREFIX/lib/exports.map"
    echo "-Wl,--whole-archive $archive $PREFIX/lib/libluajit.a -Wl,--no-whole-archive"
    # A bridge that defines __wrap_NAME steps into calls of NAME, and may go on to __real_NAME.
    grep -ohE '__wrap_\w+' src/main/cpp/*.c src/main/cpp/*.cpp | sort -u | sed 's/__wrap_/-Wl,--wrap=/' || true
    echo "-Wl,-z,defs -static-libgcc -static-libstdc++ -lm -ldl -lpthread"
} > "$PREFIX/lib/link.options"
