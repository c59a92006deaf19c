# What the scripts of this folder share; they source it from the root of the repository.

# The key pair of the server that is measured, and of the driver that signs with it.
export AWS_ACCESS_KEY_ID=AKIABENCH00000000001 AWS_SECRET_ACCESS_KEY=bench+secret/0001
export OBJECTSERVER_ACCESS_KEY="$AWS_ACCESS_KEY_ID" OBJECTSERVER_SECRET_KEY="$AWS_SECRET_ACCESS_KEY"

free_port() {
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    return 1
}

now() { date +%s%N; }

# since NANOSECONDS: seconds from what "now" said to now.
since() { awk -v ns=$(($(now) - $1)) 'BEGIN { printf "%.2f", ns / 1e9 }'; }
