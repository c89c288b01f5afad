"""POSIX work on two mounts of the same file system, chosen so that every request of a mount is sent."""
import ctypes
import fcntl
import os
import signal
import socket
import stat
import subprocess
import threading
import time

RENAME_NOREPLACE, RENAME_EXCHANGE, AT_FDCWD = 1, 2, -100
libc = ctypes.CDLL(None, use_errno=True)


def renameat2(old, new, flags):
    if libc.renameat2(AT_FDCWD, old.encode(), AT_FDCWD, new.encode(), flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def expect_error(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return
    raise AssertionError(f"{action} was expected to fail")


def as_user(uid, groups, action):
    """Runs an action in a child process with other credentials."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(groups)
            os.setgid(groups[0])
            os.setuid(uid)
            action()
        except OSError:
            pass
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def run(*command, folder=None):
    """Runs a program whose result is of no interest; what it says goes to the log."""
    result = subprocess.run(command, check=False, cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print("$", *command, "->", result.returncode, result.stdout[:300].decode(errors="replace"), flush=True)


def names(a):
    os.mkdir(f"{a}/dir", 0o755)
    expect_error(os.mkdir, f"{a}/dir")
    os.mkdir(f"{a}/dir/sub", 0o2775)
    expect_error(os.stat, f"{a}/dir/absent")
    os.symlink("target/of link", f"{a}/dir/symlink")
    os.readlink(f"{a}/dir/symlink")
    os.mkfifo(f"{a}/dir/fifo", 0o640)
    os.mknod(f"{a}/dir/chardev", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(f"{a}/dir/blockdev", 0o600 | stat.S_IFBLK, os.makedev(259, 65537))
    with socket.socket(socket.AF_UNIX) as s:
        os.chdir(a)
        s.bind("dir/socket")
        os.chdir("/")
    open(f"{a}/dir/file", "wb").close()
    for node in ("chardev", "blockdev", "socket", "fifo", "symlink", "sub", "file"):
        os.lstat(f"{a}/dir/{node}")
    os.link(f"{a}/dir/file", f"{a}/dir/sub/hard link")
    expect_error(os.link, f"{a}/dir/file", f"{a}/dir/sub/hard link")
    os.listdir(f"{a}/dir")
    with os.scandir(f"{a}/dir") as entries:
        for entry in entries:
            entry.stat(follow_symlinks=False)
    run("ls", "-la", f"{a}/dir")
    os.rename(f"{a}/dir/fifo", f"{a}/dir/sub/fifo")
    os.rename(f"{a}/dir/sub/fifo", f"{a}/dir/sub/renamed")
    expect_error(os.rename, f"{a}/dir", f"{a}/dir/sub/dir")
    for flags, target in ((RENAME_NOREPLACE, "fresh"), (RENAME_EXCHANGE, "file")):
        try:
            renameat2(f"{a}/dir/chardev", f"{a}/dir/{target}", flags)
            renameat2(f"{a}/dir/{target}", f"{a}/dir/chardev", flags)
        except OSError as error:
            print("rename with flags", flags, error)
    os.unlink(f"{a}/dir/sub/renamed")
    expect_error(os.unlink, f"{a}/dir/sub/renamed")
    expect_error(os.rmdir, f"{a}/dir")
    os.mkdir(f"{a}/dir/empty")
    os.rmdir(f"{a}/dir/empty")
    os.statvfs(a)


def attributes(a):
    path = f"{a}/dir/file"
    os.chmod(path, 0o6755)
    os.chown(path, 1000, 1001)
    os.utime(path)
    os.utime(path, (1_000_000_000, 1_100_000_000))
    os.access(path, os.W_OK | os.R_OK)
    as_user(4242, [4343, 7, 8, 9], lambda: os.access(path, os.W_OK))
    as_user(4242, [4343, 7, 8, 9], lambda: os.chmod(path, 0o777))
    as_user(4242, [4343], lambda: os.listdir(f"{a}/dir"))
    as_user(4242, [4343], lambda: open(path, "wb").close())
    os.setxattr(path, "user.golden", b"value", 0)
    os.setxattr(path, "user.golden", b"other value", os.XATTR_REPLACE)
    os.setxattr(path, "user.second", b"", os.XATTR_CREATE)
    expect_error(os.setxattr, path, "user.second", b"x", os.XATTR_CREATE)
    os.listxattr(path)
    os.getxattr(path, "user.golden")
    expect_error(os.getxattr, path, "user.absent")
    libc.getxattr(path.encode(), b"user.golden", None, 0)
    libc.listxattr(path.encode(), None, 0)
    os.removexattr(path, "user.golden")
    fd = os.open(path, os.O_RDWR)
    os.setxattr(fd, "user.third", b"3")
    os.getxattr(fd, "user.third")
    os.close(fd)
    run("setfacl", "-m", "u:1234:rw,u:1235:r,g:77:rx,m::rwx", path)
    run("getfacl", path)
    run("setfacl", "-d", "-m", "u:1234:rwx", f"{a}/dir/sub")
    run("getfacl", f"{a}/dir/sub")
    run("setfacl", "-b", path)
    os.mkdir(f"{a}/dir/sub/inherits", 0o777)


def data(a, b):
    path = f"{a}/dir/data"
    with open(path, "wb") as file:
        file.write(b"golden" * 20_000)
        file.flush()
        os.fsync(file.fileno())
    time.sleep(0.2)
    os.stat(f"{b}/dir/data")
    with open(f"{b}/dir/data", "rb") as reader:
        reader.read()
        with open(path, "r+b") as writer:
            writer.seek(1000)
            writer.write(b"changed")
            writer.flush()
            os.fsync(writer.fileno())
            time.sleep(0.3)
            os.ftruncate(writer.fileno(), 5000)
            time.sleep(0.3)
            os.ftruncate(writer.fileno(), 200_000_000)
            time.sleep(0.3)
            writer.seek(150_000_000)
            writer.write(b"behind a hole")
            writer.flush()
            os.fsync(writer.fileno())
            time.sleep(0.3)
        reader.seek(0)
        reader.read(100)
        reader.seek(100_000_000)
        reader.read(100)
        reader.seek(150_000_000)
        reader.read(100)
    with open(path, "ab") as file:
        file.write(b"appended")
    os.truncate(path, 3000)
    with open(path, "wb") as file:
        file.write(b"anew")
    with open(f"{b}/dir/data", "rb") as file:
        file.read()
    with open(f"{a}/dir/open-unlinked", "wb") as file:
        file.write(b"x" * 100)
        file.flush()
        os.unlink(f"{a}/dir/open-unlinked")
        os.fstat(file.fileno())
        os.fchmod(file.fileno(), 0o600)
        os.ftruncate(file.fileno(), 10)
    with open(f"{a}/dir/to-trash", "wb") as file:
        file.write(b"trash")
    os.unlink(f"{a}/dir/to-trash")
    expect_error(os.unlink, f"{a}/dir")


def locks(a, b):
    path = f"{a}/dir/locked"
    open(path, "wb").close()
    first, second = open(path, "r+b"), open(f"{b}/dir/locked", "r+b")
    fcntl.flock(first, fcntl.LOCK_EX)
    expect_error(fcntl.flock, second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    expect_error(fcntl.flock, second, fcntl.LOCK_SH | fcntl.LOCK_NB)
    run("timeout", "-s", "TERM", "1", "flock", f"{b}/dir/locked", "true")
    waiter = threading.Thread(target=fcntl.flock, args=(second, fcntl.LOCK_SH))
    waiter.start()
    time.sleep(0.3)
    fcntl.flock(first, fcntl.LOCK_UN)
    waiter.join()
    fcntl.flock(second, fcntl.LOCK_UN)
    fcntl.lockf(first, fcntl.LOCK_EX, 100, 50)
    describe = bytes(fcntl.fcntl(second, fcntl.F_GETLK, _flock_structure()))
    assert describe
    expect_error(fcntl.lockf, second, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 60)
    run("timeout", "-s", "TERM", "1", "python3", "-c",
        f"import fcntl; fcntl.lockf(open('{b}/dir/locked','r+b'), fcntl.LOCK_EX)")
    waiter = threading.Thread(target=fcntl.lockf, args=(second, fcntl.LOCK_EX))
    waiter.start()
    time.sleep(0.3)
    fcntl.lockf(first, fcntl.LOCK_UN)
    waiter.join()
    fcntl.fcntl(first, fcntl.F_GETLK, _flock_structure())
    fcntl.lockf(second, fcntl.LOCK_UN)
    fcntl.fcntl(first, fcntl.F_GETLK, _flock_structure())
    first.close()
    second.close()


def _flock_structure():
    import struct
    return struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


def tools(version_tools, a):
    """mfstools on a mount; every one of them is a request of the mount's session."""
    path, folder = f"{a}/dir/data", f"{a}/dir"
    def tool(name, *arguments):
        run(version_tools(name), *arguments)
    for name in ("mfscheckfile", "mfsfileinfo", "mfsgetgoal", "mfsgetsclass", "mfsgeteattr", "mfsgettrashtime",
                 "mfschkarchive", "mfsfilepaths", "mfsfilerepair"):
        tool(name, path)
    for name in ("mfsdirinfo", "mfsgetquota"):
        tool(name, folder)
    for name in ("mfsgetgoal", "mfsgeteattr", "mfsgettrashtime", "mfschkarchive"):
        tool(name, "-r", folder)
    tool("mfssettrashtime", "7200", path)
    tool("mfssettrashtime", "-r", "3600+", folder)
    tool("mfsseteattr", "-f", "noattrcache", path)
    tool("mfsdeleattr", "-f", "noattrcache", path)
    tool("mfssetgoal", "1", path)
    tool("mfssetsclass", "2", path)
    tool("mfsxchgsclass", "2", "1", path)
    tool("mfssetarchive", path)
    tool("mfsclrarchive", path)
    tool("mfssetquota", "-i", "100", "-I", "200", "-L", "1Gi", "-p", "3600", folder)
    tool("mfsgetquota", folder)
    tool("mfsdelquota", "-i", folder)
    tool("mfsdelquota", "-iIlLsSrR", folder)
    tool("mfsappendchunks", f"{folder}/appended", path, path)
    tool("mfsmakesnapshot", path, f"{folder}/snapshot")
    tool("mfsmakesnapshot", folder, f"{a}/dir-snapshot")
    tool("mfsrmsnapshot", f"{a}/dir-snapshot")
    tool("mfsgettrashretention", "-r", folder)
    run(version_tools("mfstrashtool"), "trashlist", folder=a)
    run(version_tools("mfstrashtool"), "trashlist", "-l", folder=a)
    run(version_tools("mfstrashtool"), "sustainedlist", folder=a)
    tool("mfsgetfacl", path)
    tool("mfsdiagtools", "fileinfo", path)
    for arguments in (["create", "-K", "A,B", "golden"], ["create", "-C", "A", "-K", "A,B", "-A", "B", "-d", "1", "archived"],
                      ["list"], ["list", "-l"], ["modify", "-K", "A", "golden"], ["copy", "golden", "silver"],
                      ["rename", "silver", "bronze"], ["delete", "bronze"], ["delete", "absent"]):
        run(version_tools("mfsscadmin"), *arguments, folder=a)
    for arguments in (["create", "-n", "*.golden", "-c", "1", "-t", "5h", "-f", "+noowner"], ["list"]):
        run(version_tools("mfspatadmin"), *arguments, folder=a)


def metadata_mount(meta):
    for folder in ("trash", "sustained"):
        for root, folders, files in os.walk(f"{meta}/{folder}"):
            folders[:] = folders if folder == "sustained" else [f for f in folders if f in ("undel", "000", "001") or len(f) != 3]
            for file in files:
                run("stat", f"{root}/{file}")
    run("sh", "-c", f"find {meta}/trash -type f | head -1 | while read f; do cat \"$f\"; echo dir/recovered > \"$f\"; "
        f"mv \"$f\" {meta}/trash/undel/; done")
    run("sh", "-c", f"find {meta}/trash -type f | head -1 | while read f; do rm \"$f\"; done")


def interrupted(signum, frame):
    raise InterruptedError


signal.signal(signal.SIGALRM, interrupted)
