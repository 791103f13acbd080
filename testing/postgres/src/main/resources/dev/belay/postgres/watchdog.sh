# Runs one PostgreSQL server for a JVM and outlives that JVM. Its standard input is a pipe that only
# the JVM holds: when that ends, because the JVM closed it or is gone in whatever way, the server is
# stopped and its folder, if temporary, removed. Prints the server's process id; nothing if there is
# no server, the log in its folder then tells why; something else if there is no folder either.
#
# usage: DATA LOG TEMPLATE OWNER TEMPORARY command...
#   DATA       the server's folder, made if missing
#   LOG        what the server and all that is done for it print is added to this file
#   TEMPLATE   folder to fill DATA from first, or empty
#   OWNER      user to give DATA to, or empty
#   TEMPORARY  "temporary" if DATA is to be removed at the end
data=$1 log=$2 template=$3 owner=$4 temporary=$5
shift 5

# Only the pipe says when to stop: not Ctrl-C in the terminal, not a signal sent to everybody, not a
# JVM that no longer reads what is printed here.
trap '' HUP INT PIPE QUIT TERM

# The folder is made here and not by the JVM, which could be gone before it could tell anybody.
[ -d "$data" ] || mkdir -m 700 "$data" || exit
exec 3<&0 </dev/null 2>>"$log"

# Without a session of its own (macOS), a process group of its own keeps Ctrl-C from the server.
command -v setsid >/dev/null || set -m

prepare() {
  if [ -n "$template" ]; then
    cp -Rp "$template/." "$data" && chmod 700 "$data" || return
  fi
  if [ -n "$owner" ]; then
    chown -R "$owner" "$data"
  fi
}

# A fast shutdown first, asked for again each second since a server that has only just been started
# does not listen yet; then an immediate one; then none of its choice.
stop() {
  for signal in INT INT INT INT INT INT INT INT INT INT QUIT QUIT QUIT KILL; do
    kill -s "$signal" "$1"
    sleep 1
  done
}

# A killed server leaves a shared memory segment, which it would take up again on the same data.
remove() {
  if [ -e "$data/postmaster.pid" ]; then
    ipcrm -m "$(sed -n '7s/.* //p' "$data/postmaster.pid")" 2>/dev/null
  fi
  rm -rf "$data"
}

if prepare; then
  "$@" 3<&- >&2 &
  server=$!
  { read -r ignored <&3; stop "$server"; } >/dev/null 2>&1 &
  stopper=$!
  echo "$server"
  exec >/dev/null
  wait "$server"
  # From here on the number may be another process's.
  kill -s KILL "$stopper" 2>/dev/null
else
  exec >/dev/null
fi

read -r ignored <&3
if [ "$temporary" = temporary ]; then
  remove
fi
