# shellcheck shell=bash
# What the scripts of this folder share. Sourced, never run.

fail() {
  printf 'run: %s\n' "$*" >&2
  exit 1
}

random_hex() {
  od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

# True when something listens on (TCP) or has bound (UDP) the port, on any address of either family.
is_port_used() {
  local protocol=$1 hex files=()
  hex=$(printf '%04X' "$2")
  for file in "/proc/net/$protocol" "/proc/net/${protocol}6"; do
    [ ! -r "$file" ] || files+=("$file")
  done
  awk -v port="$hex" -v protocol="$protocol" '
    { split($2, local, ":") }
    local[2] == port && (protocol == "udp" || $4 == "0A") { found = 1 }
    END { exit !found }' "${files[@]}"
}

require_free() {
  local protocol=$1 port=$2 setting=$3
  ! is_port_used "$protocol" "$port" ||
    fail "${protocol^^} port $port is in use. Stop what uses it, or choose another: make run $setting=<port>"
}

is_ready() {
  curl --silent --insecure --output /dev/null --fail --max-time 2 "$1"
}

# The addresses under which other machines may reach this one: no loopback, no link-local.
lan_addresses() {
  local address
  for address in $(hostname -I 2>/dev/null); do
    case $address in
      127.* | 169.254.* | fe80:*) ;;
      *:*) printf '[%s]\n' "$address" ;;
      *) printf '%s\n' "$address" ;;
    esac
  done
}

# A certificate for localhost and every address of this machine, kept until the addresses change or 30 days are over.
make_certificate() {
  local folder=$1 names address
  names="DNS:localhost,DNS:$(hostname),IP:127.0.0.1,IP:::1"
  for address in $(lan_addresses | tr -d '[]'); do
    names+=",IP:$address"
  done
  if [ -s "$folder/key.pem" ] && [ "$(cat "$folder/names" 2>/dev/null)" = "$names" ] &&
    openssl x509 -checkend 86400 -noout -in "$folder/certificate.pem" >/dev/null 2>&1; then
    return
  fi
  mkdir -p "$folder"
  chmod 700 "$folder"
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 30 -subj /CN=localhost \
      -addext "subjectAltName=$names" -addext extendedKeyUsage=serverAuth \
      -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl.log"
  ) || fail "openssl could not make the development certificate: $(cat "$folder/openssl.log")"
  printf '%s' "$names" >"$folder/names"
}

# Waits for a process that was told to end, and kills it when it takes longer than the given seconds.
end_child() {
  local child=$1 deadline=$((SECONDS + $2))
  while kill -0 "$child" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      kill -KILL "$child" 2>/dev/null || true
    fi
    sleep 0.1
  done
}
