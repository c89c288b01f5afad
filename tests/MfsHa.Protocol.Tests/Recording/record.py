"""Runs real programs against a real master through the relay and writes samples of what passed. See record.sh."""
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time

import golden
import posix_work
from deployment import CHUNKSERVER_IPS, MASTER_IP, RELAY_IP, Deployment, program, wait_for
from relay import Relay

METALOGGERS, CHUNKSERVERS, CLIENTS = 9419, 9420, 9421
CLI_SECTIONS = {
    "3.0.117": ["IN", "IM", "IG", "MU", "IC", "IL", "MF", "CS", "MB", "EX", "MS", "RS", "SC", "OF", "AL", "MO", "QU", "MC"],
    "4.56.6": ["IN", "IM", "IG", "MU", "IC", "IL", "MF", "CS", "MB", "EX", "MS", "RS", "SC", "PA", "OF", "AL", "MO", "QU", "MC"],
}


def cli(version, label, relay, *arguments):
    relay.label = label
    subprocess.run([program(version, "mfscli"), "-H", RELAY_IP, "-s", "|", *arguments],
                   check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def chunk_changes(relay, deployment, peer, a):
    """Files whose changes make the master send every command to chunkservers."""
    relay.label = "chunk commands"
    tool = lambda name, *arguments: posix_work.run(program(peer, name), *arguments)
    folder = f"{a}/chunks"
    os.mkdir(folder)
    for index in range(6):
        with open(f"{folder}/{index}", "wb") as file:
            file.write(b"c" * 70_000)
    tool("mfsmakesnapshot", f"{folder}/0", f"{folder}/duplicated")
    with open(f"{folder}/duplicated", "r+b") as file:
        file.write(b"d")
    tool("mfsmakesnapshot", f"{folder}/1", f"{folder}/cut")
    os.truncate(f"{folder}/cut", 1000)
    os.truncate(f"{folder}/2", 2000)
    tool("mfssettrashtime", "0", f"{folder}/3")
    os.unlink(f"{folder}/3")
    tool("mfssetgoal", "3", f"{folder}/4")
    damage(deployment, f"{folder}/4")
    # a server that goes away makes versions rise at the next write
    deployment.stop("cs1")
    time.sleep(2)
    with open(f"{folder}/5", "r+b") as file:
        file.write(b"version")
    deployment.chunkserver(1, peer)


def damage(deployment, path):
    """Overwrites what chunkservers keep of the newest chunk, so that reading the file makes them complain."""
    chunks = []
    for index in range(2):
        for folder, _, files in os.walk(os.path.join(deployment.root, f"disk{index}")):
            chunks += [os.path.join(folder, file) for file in files if file.startswith("chunk_")]
    wanted = subprocess.run([program(deployment.peer, "mfsfileinfo"), path], check=False, capture_output=True).stdout.decode()
    for chunk in chunks:
        if os.path.basename(chunk)[6:22] in wanted:
            with open(chunk, "r+b") as file:
                file.seek(os.path.getsize(chunk) - 65536)
                file.write(b"damaged" * 9000)
    subprocess.run(["timeout", "5", "dd", f"if={path}", "of=/dev/null", "bs=64k", "iflag=direct"], check=False)


def record(master, peer, root, output):
    deployment, relay = Deployment(root, peer), None
    try:
        deployment.master(master)
        time.sleep(2)
        relay = Relay(RELAY_IP, MASTER_IP, [METALOGGERS, CHUNKSERVERS, CLIENTS])
        for index in range(2):
            deployment.chunkserver(index, peer)
        deployment.metalogger(peer)
        wait_for("a chunkserver with space", lambda: any(
            kind == 101 for c in relay.connections if c.port == CHUNKSERVERS for _, kind, _, _ in list(c.packets)))
        time.sleep(3)
        relay.label = "mount"
        a, b = deployment.mount("a", peer), deployment.mount("b", peer)
        for label, work in [
                ("names", lambda: posix_work.names(a)), ("attributes", lambda: posix_work.attributes(a)),
                ("data", lambda: posix_work.data(a, b)), ("locks", lambda: posix_work.locks(a, b)),
                ("tools", lambda: posix_work.tools(lambda name: existing(peer, name), a))]:
            print(label, flush=True)
            relay.label = label
            work()
        os.mkdir(f"{a}/secret")
        relay.label = "password"
        deployment.mount("c", peer, "-o", "mfspassword=golden,mfssubfolder=/secret")
        deployment.unmount("c")
        with open(f"{a}/dir/kept-open", "wb") as kept:
            kept.write(b"kept")
            kept.flush()
            fcntl.flock(kept, fcntl.LOCK_SH)
            fcntl.lockf(kept, fcntl.LOCK_EX, 10, 5)
            posix_work.run(program(peer, "mfssetquota"), "-i", "100", "-L", "1Gi", f"{a}/dir")
            for section in CLI_SECTIONS[peer]:
                print("mfscli", section, flush=True)
                cli(peer, f"mfscli -S{section}", relay, f"-S{section}")
            relay.label = "pattern"
            posix_work.run(existing(peer, "mfspatadmin"), "delete", "-n", "*.golden", folder=a)
            chunk_changes(relay, deployment, peer, a)
            os.unlink(f"{a}/dir/kept-open")
            print("meta mount", flush=True)
            relay.label = "meta mount"
            meta = deployment.mount("meta", peer, "-o", "mfsmeta")
            posix_work.metadata_mount(meta)
            deployment.unmount("meta")
            print("reconnect", flush=True)
            relay.label = "reconnect"
            for port in (CLIENTS, CHUNKSERVERS, METALOGGERS):
                relay.drop(port)
            time.sleep(12)
            os.listdir(a)
        print("chunk loop", flush=True)
        relay.label = "chunk loop"
        time.sleep(75)
        relay.label = "unmount"
        deployment.unmount("b")
        deployment.unmount("a")
        deployment.stop("cs0")
        relay.label = "refused chunkserver"
        relay.refuse[CHUNKSERVERS] = 3
        deployment.chunkserver(0, peer)
        time.sleep(15)
        for index in range(2):
            deployment.stop(f"cs{index}")
        deployment.stop("metalogger")
        time.sleep(1)
    finally:
        for name in ("a", "b", "c", "meta"):
            if os.path.ismount(os.path.join(root, name)):
                subprocess.run(["umount", "-l", os.path.join(root, name)], check=False)
        deployment.stop_all()
        if relay:
            relay.stop()
    golden.write_all(relay.connections, master, peer, output)


def existing(version, name):
    """A tool, or one that fails in its place where the version has none."""
    try:
        return program(version, name)
    except FileNotFoundError:
        return "/bin/false"


def main():
    master, peer = sys.argv[1], sys.argv[2]
    output = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Golden")
    root = tempfile.mkdtemp(prefix="protocol-rec-")
    try:
        record(master, peer, root, output)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
