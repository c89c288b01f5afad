"""Real MooseFS daemons of one version each, with everything they need in a scratch directory."""
import os
import shutil
import subprocess
import time

MASTER_IP, RELAY_IP = "10.77.0.1", "10.77.0.2"
CHUNKSERVER_IPS = ["10.77.0.3", "10.77.0.4", "10.77.0.5"]
MOOSEFS_4 = os.environ.get("MOOSEFS_4", os.path.expanduser("~/.cache/mfsha/moosefs-4"))
PREFIX = {"3.0.117": "", "4.56.6": MOOSEFS_4}
AUTH_CODE = "golden auth code"


def program(version, name):
    for folder in ("usr/sbin", "usr/bin"):
        path = f"{PREFIX[version]}/{folder}/{name}"
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"{name} of {version}")


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def wait_for(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.1)


class Deployment:
    def __init__(self, root, peer):
        self.root, self.peer = root, peer
        self.processes = {}

    def folder(self, name):
        path = os.path.join(self.root, name)
        os.makedirs(path, exist_ok=True)
        return path

    def start(self, name, *command):
        log = open(os.path.join(self.root, f"{name}.log"), "ab")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self, name, seconds=20):
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self):
        for name in reversed(list(self.processes)):
            self.stop(name)

    def master(self, version):
        data = self.folder("master")
        empty = f"{PREFIX[version]}/var/lib/mfs/metadata.mfs.empty"
        shutil.copy(empty, os.path.join(data, "metadata.mfs"))
        write(f"{data}/mfsexports.cfg", (
            "* / rw,alldirs,admin,maproot=0:0\n"
            "* /secret rw,alldirs,maproot=0:0,password=golden\n"
            "* . rw\n"))
        write(f"{data}/mfstopology.cfg", "")
        write(f"{data}/master.cfg", "\n".join([
            "WORKING_USER = root", "WORKING_GROUP = root", f"DATA_PATH = {data}",
            f"EXPORTS_FILENAME = {data}/mfsexports.cfg", f"TOPOLOGY_FILENAME = {data}/mfstopology.cfg",
            f"MATOML_LISTEN_HOST = {MASTER_IP}", f"MATOCS_LISTEN_HOST = {MASTER_IP}", f"MATOCL_LISTEN_HOST = {MASTER_IP}",
            "REPLICATIONS_DELAY_INIT = 0", "CHUNKS_LOOP_MIN_TIME = 60", "LOCK_MEMORY = 0", "NICE_LEVEL = 0",
            f"AUTH_CODE = {AUTH_CODE}", ""]))
        self.start("master", program(version, "mfsmaster"), "-f", "-c", f"{data}/master.cfg", "start")

    def chunkserver(self, index, version):
        data, disk = self.folder(f"cs{index}"), self.folder(f"disk{index}")
        write(f"{data}/mfshdd.cfg", f"{disk}\n")
        write(f"{data}/cs.cfg", "\n".join([
            "WORKING_USER = root", "WORKING_GROUP = root", f"DATA_PATH = {data}", f"HDD_CONF_FILENAME = {data}/mfshdd.cfg",
            f"MASTER_HOST = {RELAY_IP}", "MASTER_RECONNECTION_DELAY = 1", f"BIND_HOST = {CHUNKSERVER_IPS[index]}",
            f"CSSERV_LISTEN_HOST = {CHUNKSERVER_IPS[index]}", f"LABELS = {'ABC'[index]}", "HDD_LEAVE_SPACE_DEFAULT = 64MiB",
            "LOCK_MEMORY = 0", "NICE_LEVEL = 0", f"AUTH_CODE = {AUTH_CODE}", ""]))
        self.start(f"cs{index}", program(version, "mfschunkserver"), "-f", "-c", f"{data}/cs.cfg", "start")

    def metalogger(self, version):
        data = self.folder("metalogger")
        write(f"{data}/ml.cfg", "\n".join([
            "WORKING_USER = root", "WORKING_GROUP = root", f"DATA_PATH = {data}", f"MASTER_HOST = {RELAY_IP}",
            "MASTER_RECONNECTION_DELAY = 1", "NICE_LEVEL = 0", "LOCK_MEMORY = 0", ""]))
        self.start("metalogger", program(version, "mfsmetalogger"), "-f", "-c", f"{data}/ml.cfg", "start")

    def mount(self, name, version, *options):
        point = self.folder(name)
        self.start(name, program(version, "mfsmount"), "-f", "-H", RELAY_IP, point, *options)
        wait_for(f"mount {name}", lambda: os.path.ismount(point))
        return point

    def unmount(self, name):
        subprocess.run(["umount", os.path.join(self.root, name)], check=True)
        process = self.processes.pop(name)
        process.wait(20)
