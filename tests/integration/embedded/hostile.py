"""Hostile programs. Each prints ESCAPED if it got what it wanted.

`GIVEN` holds what the attacker would know: paths, ports and names on the host. Those marked
harmless do succeed outside of a sandbox, which a test shows: their silence inside is the guard's.
Those marked deadly may end their own sandbox, which is no escape.
"""

from __future__ import annotations

from dataclasses import dataclass

PRELUDE = """
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    return libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
def won(condition):
    if condition:
        print("ESCAPED")
"""


@dataclass(frozen=True)
class Program:
    name: str
    code: str
    harmless: bool = False
    deadly: bool = False


PROGRAMS = [
    Program("read /etc/passwd", "won(open('/etc/passwd').read())", harmless=True),
    Program(
        "read the environment's settings", "won(os.listdir(sys.prefix + '/etc'))", harmless=True
    ),
    Program("read the home", "won(open(GIVEN['canary']).read())", harmless=True),
    Program("list the home", "won(os.listdir(os.path.dirname(GIVEN['canary'])))", harmless=True),
    Program(
        "read environments",
        """
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    if path.split('/')[2] != str(os.getpid()):
        try:
            won(open(path).read())
        except OSError:
            pass
""",
        harmless=True,
    ),
    Program("own environment", "won('PLANTED' in os.environ)", harmless=True),
    Program(
        "TCP to a port of the host",
        "socket.create_connection(('127.0.0.1', GIVEN['port']), 2); won(True)",
        harmless=True,
    ),
    Program("UDP for DNS", "won(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))", harmless=True),
    Program("socket by hand", "won(call(41, 2, 1, 0) >= 0)", harmless=True),
    Program(
        "host unix socket",
        "s = socket.socket(socket.AF_UNIX); s.connect(GIVEN['unix']); won(True)",
        harmless=True,
    ),
    Program(
        "sendto over a datagram pair",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); "
        "won(a.sendto(b'x', GIVEN['datagram']))",
        harmless=True,
    ),
    Program("fork", "pid = os.fork()\nif pid == 0: os._exit(0)\nwon(True)", harmless=True),
    Program("fork by hand", "pid = call(57)\nif pid == 0: os._exit(0)\nwon(pid > 0)"),
    Program(
        "clone by hand", "pid = call(56, 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)\nwon(pid > 0)"
    ),
    Program(
        "clone3 by hand",
        "args = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17); pid = call(435, ctypes.byref(args), 64)\n"
        "if pid == 0: os._exit(0)\nwon(pid > 0)",
    ),
    Program(
        "2,000 threads",
        """
import threading
hold = threading.Event()
threads = []
try:
    for _ in range(2000):
        thread = threading.Thread(target=hold.wait, daemon=True)
        thread.start()
        threads.append(thread)
    won(True)
finally:
    hold.set()
""",
        harmless=True,
    ),
    Program("10 GB of bytes", "won(bytearray(10 << 30))"),
    Program("10 GB shared", "import mmap; won(mmap.mmap(-1, 10 << 30))", harmless=True),
    Program(
        "a file beyond its limit",
        "f = open('big', 'wb'); f.seek(5 << 30); f.write(b'x'); f.flush(); won(True)",
        harmless=True,
    ),
    Program("ptrace", "won(call(101, 16, os.getppid(), 0, 0) == 0 or call(101, 0, 0, 0, 0) == 0)"),
    Program("mount", "won(call(165, b'none', b'/tmp', b'tmpfs', 0, 0) == 0)"),
    Program("chroot", "os.chroot('/'); won(True)"),
    Program("signal the parent", "os.kill(os.getppid(), 0); won(True)", harmless=True),
    Program("kill everyone", "os.kill(-1, 9); won(True)"),
    Program("kill the group", "os.kill(0, 9); won(True)"),
    Program("open a foreign pidfd", "won(call(434, os.getppid(), 0) >= 0)", harmless=True),
    Program("write outside", "open('/var/tmp/datalens-hostile', 'w'); won(True)", harmless=True),
    Program("write a host file", "open(GIVEN['file'], 'a').write('x'); won(True)", harmless=True),
    Program("truncate a host file", "won(call(76, GIVEN['file'].encode(), 0) == 0)", harmless=True),
    Program("delete a host file", "os.unlink(GIVEN['file']); won(True)", harmless=True),
    Program("hard link to a host file", "os.link(GIVEN['file'], 'x'); won(True)"),
    Program(
        "follow a link to a host file",
        "os.symlink(GIVEN['file'], 'link'); won(open('link').read())",
        harmless=True,
    ),
    Program("write into pandas", "import pandas; open(pandas.__file__, 'a'); won(True)"),
    Program("unshare a user namespace", "won(call(272, 0x10000000) == 0)"),
    Program("setns", "f = os.open('/proc/self/ns/user', 0); won(call(308, f, 0) == 0)"),
    Program("run a shell", "os.execv('/bin/sh', ['sh', '-c', 'echo ESCAPED'])", harmless=True),
    Program(
        "run Python again",
        "os.execv('/proc/self/exe', ['python', '-c', 'print(\"ESCAPED\")'])",
        harmless=True,
    ),
    Program(
        "subprocess", "import subprocess; won(subprocess.run([sys.executable, '-c', '']))", True
    ),
    Program("write own memory", "open('/proc/self/mem', 'r+b'); won(True)", harmless=True),
    Program("read init's memory", "open('/proc/1/mem', 'rb'); won(True)"),
    Program(
        "raise own limits", "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1)); won(True)"
    ),
    Program(
        "prlimit of another",
        "pair = (ctypes.c_uint64 * 2)(); "
        "won(call(302, os.getppid(), 7, 0, ctypes.byref(pair)) == 0)",
        harmless=True,
    ),
    Program("become root", "os.setuid(0); won(os.getuid() == 0 and open('/etc/shadow'))"),
    Program("make a device", "os.mknod('null', 0o20666, os.makedev(1, 3)); won(True)"),
    Program(
        "inherited descriptors",
        """
for fd in range(4, 256):
    if fd == 9:
        continue
    try:
        os.fstat(fd)
    except OSError:
        continue
    won(True)
""",
    ),
    Program("F_SETOWN", "import fcntl; fcntl.fcntl(3, 8, os.getpid()); won(True)"),
    Program("TIOCSTI", "import fcntl; fcntl.ioctl(0, 0x5412, b'x'); won(True)"),
    Program("inotify", "won(call(294, 0) >= 0)", harmless=True),
    Program("io_uring", "p = ctypes.create_string_buffer(120); won(call(425, 1, p) >= 0)"),
    Program("bpf", "a = ctypes.create_string_buffer(128); won(call(321, 0, a, 128) >= 0)"),
    Program("userfaultfd", "won(call(323, 1) >= 0)"),
    Program("memfd_create", "won(call(319, b'x', 0) >= 0)", harmless=True),
    Program("shmget", "won(call(29, 0, 4096, 0o1600) >= 0)", harmless=True),
    Program("keyring", "won(call(248, b'user', b'k', b'v', 1, -4) >= 0)"),
    Program(
        "perf_event_open",
        "a = ctypes.create_string_buffer(128); won(call(298, a, 0, -1, -1, 0) >= 0)",
    ),
    Program("another architecture's calls", "won(call(0x40000000 + 39) >= 0)", deadly=True),
    Program("read a sibling's file", "won(open(GIVEN['sibling'] + '/secret.txt').read())"),
    Program(
        "list the siblings",
        "won(os.listdir(os.path.dirname(os.path.realpath('/proc/self/cwd'))))",
        harmless=True,
    ),
    Program("write to a sibling", "open(GIVEN['sibling'] + '/x', 'w'); won(True)"),
    # at the start, before anybody looks
    Program(
        "a thread from the first moment",
        "import threading\nt = threading.Thread(target=lambda: won(os.access(GIVEN['canary'], "
        "os.R_OK) and open(GIVEN['canary']).read()))\nt.start(); t.join()",
    ),
    Program(
        "the parent's memory by number",
        "m = ctypes.create_string_buffer(64); v = (ctypes.c_uint64 * 2)(ctypes.addressof(m), "
        "64); r = (ctypes.c_uint64 * 2)(0x400000, 64); won(call(310, os.getppid(), "
        "ctypes.byref(v), 1, ctypes.byref(r), 1, 0) > 0)",
    ),
    Program(
        "a descriptor of the parent",
        "p = call(434, os.getppid(), 0); won(p >= 0 and call(438, p, 0, 0) >= 0)",
    ),
    Program(
        "the parent's descriptors", "won(os.listdir(f'/proc/{os.getppid()}/fd'))", harmless=True
    ),
    Program("the zygote's root", "won(os.listdir(f'/proc/{os.getppid()}/root/home'))"),
    Program(
        "walk out by the folder's descriptor",
        "won(os.listdir(os.open('..', os.O_RDONLY, dir_fd=9)))",
    ),
    Program("walk out by /proc/self/cwd", "won(os.listdir('/proc/self/cwd/..'))", harmless=True),
    Program(
        "walk out by /proc/self/root",
        "won(open('/proc/self/root/etc/passwd').read())",
        harmless=True,
    ),
    Program(
        "a link in the folder to the folder above",
        "os.symlink('..', 'up'); won(os.listdir('up'))",
        harmless=True,
    ),
    Program(
        "a link to the canary, renamed over",
        "os.symlink(GIVEN['canary'], 'a'); os.rename('a', 'x.csv'); won(open('x.csv').read())",
        harmless=True,
    ),
    Program("a link to a descriptor", "os.symlink('/proc/self/fd/3', 'f'); won(open('f').read(1))"),
    Program(
        "a hard link by /proc", "os.link('/proc/self/exe', 'exe', follow_symlinks=True); won(True)"
    ),
    Program("move a neighbour's folder", "os.rename(GIVEN['sibling'], 'mine'); won(True)"),
    Program(
        "move the own folder away",
        "os.rename(os.path.realpath('/proc/self/cwd'), GIVEN['sibling'] + '/x'); won(True)",
    ),
    Program("a FIFO", "os.mkfifo('pipe'); won(True)", harmless=True),
    Program(
        "a socket in the folder",
        "s = socket.socket(socket.AF_UNIX); s.bind('sock'); won(True)",
        harmless=True,
    ),
    Program(
        "an abstract socket",
        "s = socket.socket(socket.AF_UNIX); s.bind('\\0datalens'); won(True)",
        harmless=True,
    ),
    Program("netlink", "won(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))", harmless=True),
    Program("packets", "won(socket.socket(socket.AF_PACKET, socket.SOCK_RAW))"),
    Program("vsock", "won(call(41, 40, 1, 0) >= 0)"),
    Program("accept on the channel", "won(call(43, 3, 0, 0) >= 0)"),
    Program(
        "connect the channel elsewhere",
        "a = b'\\1\\0' + GIVEN['unix'].encode() + b'\\0'; won(call(42, 3, a, len(a)) == 0)",
    ),
    Program(
        "descriptors over a socketpair",
        "a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [os.open('/etc/passwd', "
        "os.O_RDONLY)]); won(socket.recv_fds(b, 1, 1)[1])",
        harmless=True,
    ),
    Program(
        "write kernel settings", "open('/proc/sys/kernel/hostname', 'w').write('x'); won(True)"
    ),
    Program(
        "the kernel's log", "b = ctypes.create_string_buffer(64); won(call(103, 3, b, 64) >= 0)"
    ),
    Program("reboot", "won(call(169, 0xfee1dead, 672274793, 0x89abcdef, 0) == 0)"),
    Program(
        "set the clock", "t = (ctypes.c_long * 2)(1, 0); won(call(227, 0, ctypes.byref(t)) == 0)"
    ),
    Program("set the host's name", "won(call(170, b'x', 1) == 0)"),
    Program("load a module", "won(call(313, 0, b'', 0) == 0)"),
    Program("a new root", "won(call(155, b'/', b'/') == 0)"),
    Program("new mounts", "won(call(430, b'tmpfs', 0) >= 0 or call(428, -100, b'/', 1) >= 0)"),
    Program("personality", "won(call(135, 0x0040000) >= 0)"),
    Program("a new session", "os.setsid(); won(True)"),
    Program("a nicer process", "os.setpriority(os.PRIO_PROCESS, 0, 0); won(True)"),
    Program(
        "a real-time scheduler",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)); won(True)",
    ),
    Program("all processors", "os.sched_setaffinity(0, range(64)); won(True)", harmless=True),
    Program("lock memory", "won(call(149, ctypes.create_string_buffer(1 << 20), 1 << 20) == 0)"),
    Program(
        "a message queue",
        "a = (ctypes.c_long * 4)(0, 1, 1, 0); won(call(240, b'q', 0o102, 0o600, "
        "ctypes.byref(a)) >= 0)",
    ),
    Program("System V messages", "won(call(68, 0, 0o1600) >= 0)", harmless=True),
    Program("secret memory", "won(call(447, 0) >= 0)"),
    Program("fanotify", "won(call(300, 0, 0) >= 0)"),
    Program(
        "signals by a descriptor",
        "m = (ctypes.c_uint64 * 1)(2); won(call(289, -1, ctypes.byref(m), 8, 0) >= 0)",
        harmless=True,
    ),
    Program("timers of another kind", "won(call(283, 1, 0) >= 0)", harmless=True),
    Program(
        "a signal with a value",
        "i = ctypes.create_string_buffer(128); won(call(129, os.getppid(), 0, i) == 0)",
    ),
    Program("kill by thread alone", "won(call(200, os.getppid(), 0) == 0)", harmless=True),
    Program(
        "a signal by a descriptor",
        "p = call(434, os.getppid(), 0); won(call(424, p, 0, 0, 0) == 0)",
        harmless=True,
    ),
    Program(
        "another seccomp filter",
        "won(call(317, 1, 0, (ctypes.c_uint64 * 2)()) >= 0 or call(157, 22, 2, 0) == 0)",
    ),
    Program(
        "a looser Landlock",
        "a = (ctypes.c_uint64 * 3)(1, 0, 0); won(call(444, ctypes.byref(a), 8, 0) >= 0)",
    ),
    Program("dumpable", "won(call(157, 4, 1, 0, 0, 0) == 0)", harmless=True),
    Program("forget the parent", "won(call(157, 1, 0, 0, 0, 0) == 0)", harmless=True),
    Program("keep capabilities", "won(call(157, 8, 1, 0, 0, 0) == 0)", harmless=True),
    Program(
        "set the own ids",
        "won(call(117, 0, 0, 0) == 0 or call(119, 0, 0, 0) == 0 or call(116, 0, 0) == 0)",
    ),
    Program(
        "set capabilities",
        "h = (ctypes.c_uint32 * 2)(0x20080522, 0); d = (ctypes.c_uint32 * 6)(0xFFFFFFFF, "
        "0xFFFFFFFF); won(call(126, h, d) == 0)",
    ),
    Program(
        "run code from memory", "f = call(319, b'x', 0)\nwon(f >= 0 and os.execve(f, ['x'], {}))"
    ),
    Program(
        "execveat",
        "a = (ctypes.c_char_p * 3)(b'python', b'-c', b''); won(call(322, -100, "
        "b'/proc/self/exe', a, 0, 0) == 0)",
    ),
    Program(
        "the 32-bit door",
        "import mmap\nm = mmap.mmap(-1, 4096, prot=7)\n"
        "m.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\n"
        "f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)));"
        " won(f() > 0)",
        deadly=True,
    ),
    Program("vfork by hand", "pid = call(58)\nif pid == 0: os._exit(0)\nwon(pid > 0)"),
    Program(
        "posix_spawn",
        "won(os.posix_spawn(sys.executable, [sys.executable, '-c', ''], {}))",
        harmless=True,
    ),
    Program(
        "multiprocessing",
        "import multiprocessing as m; p = m.get_context('fork').Process(target=int);"
        " p.start(); won(True)",
        harmless=True,
    ),
    Program(
        "a core dump",
        "import resource as r; r.setrlimit(r.RLIMIT_CORE, (1 << 20, 1 << 20)); won(True)",
    ),
    Program(
        "300 descriptors",
        "won(len([os.open('/dev/null', 0) for _ in range(300)]) == 300)",
        harmless=True,
    ),
    Program("a terminal", "won(os.open('/dev/tty', os.O_RDWR) or os.openpty())"),
    Program(
        "the host's devices",
        "won([n for n in ('sda', 'mem', 'kmsg', 'kvm', 'fuse') if os.access('/dev/' "
        "+ n, os.R_OK) and os.open('/dev/' + n, 0)])",
    ),
    Program(
        "other users' work",
        "import glob; won([p for p in glob.glob('/tmp/*') + glob.glob('/var/tmp/*') "
        "if os.access(p, os.R_OK) and "
        "not os.path.realpath(p).startswith(os.path.realpath('/proc/self/cwd')) "
        "and os.path.isfile(p) and open(p, 'rb').read(1)])",
    ),
    # without a name, or by what is already there
    Program(
        "deleted files that stay open",
        """
import time
kept = []
for _ in range(6):
    kept.append(open('big', 'wb', buffering=0)); os.unlink('big')
    for _ in range(40): kept[-1].write(bytes(10_000_000))
    time.sleep(0.1)
time.sleep(3); won(sum(os.fstat(f.fileno()).st_size for f in kept) > 2_000_000_000)
""",
        deadly=True,
    ),
    Program(
        "deleted files that stay mapped",
        """
import time
libc.mmap.restype = ctypes.c_void_p
for n in range(6):
    with open('big', 'w+b', buffering=0) as f:
        os.unlink('big')
        for _ in range(40): f.write(bytes(10_000_000))
        libc.mmap(None, ctypes.c_size_t(4096), 3, 1, f.fileno(), 0)
time.sleep(3); won(n == 5)
""",
        deadly=True,
    ),
    Program(
        "files in flight",
        """
a, b = socket.socketpair()
for n in range(3):
    with open('big', 'wb') as f:
        os.unlink('big')
        socket.send_fds(a, [b'x'], [f.fileno()])
won(n == 2)
""",
        harmless=True,
    ),
    Program(
        "the host's connections",
        "won(len(open('/proc/self/net/tcp').read().splitlines()) > 1)",
        harmless=True,
    ),
    Program(
        "the host's sockets, by a thread",
        "won(len(open('/proc/thread-self/net/unix').read().splitlines()) > 1)",
        harmless=True,
    ),
    Program("the host's mounts", "won(open('/proc/self/mountinfo').read())", harmless=True),
    Program(
        "who the server is",
        "import struct; won(struct.unpack('3i', socket.socket(fileno=os.dup(3)).getsockopt("
        "socket.SOL_SOCKET, socket.SO_PEERCRED, 12)))",
    ),
    Program(
        "a process descriptor of the server",
        "b, n = ctypes.create_string_buffer(4), ctypes.c_uint32(4)\n"
        "won(call(55, 3, 1, 77, b, ctypes.byref(n)) == 0)",
    ),
    Program(
        "a filter on a socket",
        "import struct; p = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 1))\n"
        "f = struct.pack('HxxxxxxQ', 1, ctypes.addressof(p)); s, _ = socket.socketpair()\n"
        "won(call(54, s.fileno(), 1, 26, f, len(f)) == 0)",
        harmless=True,
    ),
    Program(
        "an address in a message",
        "a, b = socket.socketpair(); won(a.sendmsg([b'x'], [], 0, GIVEN['datagram']))",
    ),
    Program(
        "a thread with descriptors of its own",
        """
stack = ctypes.create_string_buffer(65536)
top = ctypes.c_void_p(ctypes.addressof(stack) + 65024)
made = libc.clone(libc.pause, top, 0x10900, None)
won(made > 0)
""",
        harmless=True,
    ),
    Program(
        "descriptors of its own, for who has too many",
        "import threading\nt = threading.Thread(target=lambda: won(call(436, 900, 901, 2) == 0))\n"
        "t.start(); t.join()",
        harmless=True,
    ),
    Program(
        "buffers of the kernel",
        "a, b = socket.socketpair(); d = a.getsockopt(1, 7)\n"
        "a.setsockopt(1, 7, d // 4); won(a.getsockopt(1, 7) != d)",
        harmless=True,
    ),
    Program(
        "locks",
        """
import fcntl
files = [open('f', 'w'), open('f', 'w')]
try:
    for file in files: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    won(True)
""",
        harmless=True,
    ),
    Program(
        "more space than there is time to look at",
        "f = os.open('f', os.O_CREAT | 2); won(call(285, f, 0, 0, 1 << 20) == 0)",
        harmless=True,
    ),
    Program(
        "signals to the zygote",
        "won(any(libc.kill(os.getppid(), s) == 0 or call(129, os.getppid(), s, bytes(128)) == 0 "
        "for s in (2, 9, 15, 18, 19)))",
    ),
    Program(
        "a neighbour's processes, by their number",
        """
for process in range(2, 1000):
    if process == os.getpid(): continue
    won(call(101, 16, process, 0, 0) == 0 or call(101, 0x4206, process, 0, 0) == 0)
    for part in ('mem', 'environ', 'maps', 'fd/3', 'cwd/secret.txt', 'root/etc'):
        won(os.access(f'/proc/{process}/{part}', os.R_OK) and os.open(f'/proc/{process}/{part}', 0))
""",
    ),
    Program("a file without a name outside", "os.open('/var/tmp', os.O_TMPFILE | 2); won(True)"),
    Program("dnotify", "import fcntl; fcntl.fcntl(os.open('.', 0), 1026, 1); won(True)", True),
    Program("a lease", "import fcntl; fcntl.fcntl(os.open('/dev/null', 0), 1024, 0); won(True)"),
    Program(
        "larger pipes",
        "import fcntl; won(fcntl.fcntl(os.pipe()[1], 1031, 1 << 19) > 0)",
        harmless=True,
    ),
    Program(
        "first in line when memory is short",
        "open('/proc/self/oom_score_adj', 'w').write('0'); won(True)",
        harmless=True,
    ),
    Program(
        "a process that shares the memory",
        "s = ctypes.create_string_buffer(65536)\n"
        "pid = call(56, 0x111, ctypes.addressof(s) + 65024, 0, 0, 0)\n"
        "if pid == 0: os._exit(0)\nwon(pid > 0)",
    ),
    Program("an order beside the order", "won(call(16, 0, 0x5412 | (0x5401 << 32), b'x') == 0)"),
    Program(
        "2 TB that nobody reserves",
        "m = libc.mmap; m.restype = ctypes.c_void_p\n"
        "won(m(0, ctypes.c_size_t(2 << 40), 3, 0x4022, -1, 0) != ctypes.c_void_p(-1).value)",
    ),
    Program(
        "memory that is locked when it is mapped",
        "m = libc.mmap; m.restype = ctypes.c_void_p\n"
        "won(m(0, ctypes.c_size_t(1 << 20), 3, 0x2022, -1, 0) != ctypes.c_void_p(-1).value)",
    ),
    Program(
        "a hundred thousand files",
        """
import time
for n in range(100_000): os.close(os.open(f'f{n}', os.O_CREAT))
time.sleep(3); won(n == 99_999)
""",
        deadly=True,
    ),
]

# What attacks the server instead: whatever arrives there is data, and bounded.
CHANNEL = """
import json, threading, time
def say(body):
    frame = len(body).to_bytes(4, "big") + body
    while frame:
        frame = frame[os.write(3, frame):]
def message(**fields):
    say(json.dumps(fields).encode())
"""
ATTACKS_ON_THE_SERVER = [
    Program("an early end", "message(type='done', count=1); time.sleep(0.2)"),
    Program("many ends", "for n in range(500): message(type='done', count=n)"),
    Program("a count that is no number", "message(type='done', count={'a': 1})"),
    Program(
        "a count beyond every integer",
        "say(b'{\"type\": \"done\", \"count\": 1' + b'0' * 4000 + b'}')",
    ),
    Program("a number that JSON does not have", 'say(b\'{"type": "stdout", "text": NaN}\')'),
    Program("ready a second time", "message(type='ready', home='/', folder='/')"),
    Program("refused after the start", "message(type='refused', text='no')"),
    Program("an unknown type", "message(type='exec', code='1')"),
    Program("a type that is a list", "message(type=['stdout'], text='x')"),
    Program("a text that is an object", "message(type='stdout', text={'a': 1})"),
    Program("a result without a shape", "message(type='result', data=[1])"),
    Program(
        "a result of wrong values",
        "message(type='result', data={'text/plain': {'a': 1}, 'image/png': 7})",
    ),
    Program(
        "a MIME type that is no type",
        "message(type='result', data={'': 1, '../x': 2, '\\ud800': 3})",
    ),
    Program(
        "a field of the protocol as MIME",
        "message(type='result', data={'is_main_result': 1, 'extra': 2, 'type': 3})",
    ),
    Program(
        "a deep result",
        "say(b'{\"type\": \"result\", \"data\": {\"a\": ' + b'[' * 900 + b']' * 900 + b'}}')",
    ),
    Program(
        "a deeper result",
        "say(b'{\"type\": \"result\", \"data\": {\"a\": ' + b'[' * 300 + b']' * 300 + b'}}')",
    ),
    Program(
        "lone surrogates",
        "message(type='stdout', text='\\ud800\\udfff'); message(type='error', name='\\udc80', "
        "value='', traceback='')",
    ),
    Program(
        "line ends in every field",
        "message(type='error', name='a\\r\\nb\\u2028', value='c\\nd', traceback='\\n\\n')",
    ),
    Program(
        "a thousand errors",
        "for n in range(1000): message(type='error', name='E', value='v', traceback='t')",
    ),
    Program("two thousand empty messages", "for n in range(2000): say(b'{}')"),
    Program(
        "from two threads at once",
        "threading.Thread(target=lambda: [message(type='stdout', text='a') for "
        "_ in range(300)]).start()\nfor _ in range(300): message(type='stdout', "
        "text='b')",
    ),
    Program("half a frame and silence", "os.write(3, b'\\0\\0\\1\\0{'); os._exit(0)"),
    Program("the channel closed", "os.close(3)"),
    Program("the channel shut down", "socket.socket(fileno=os.dup(3)).shutdown(socket.SHUT_RDWR)"),
    Program(
        "read the server's requests",
        "os.set_blocking(3, False)\ntry: os.read(3, 100)\nexcept BlockingIOError: "
        "pass\nos.set_blocking(3, True)",
    ),
    Program(
        "a pickle that runs code",
        "import pickle\nclass P:\n    def __reduce__(self): return (os.system, "
        "('echo ESCAPED',))\nmessage(type='result', data={'application/x-pickle': "
        "pickle.dumps(P()).hex()})",
    ),
    Program(
        "the server's own words",
        "for n in ('SandboxDiedBefore', 'SandboxDied', 'ExecutionTimeout'): "
        "message(type='error', name=n, value='', traceback='')",
    ),
    Program(
        "what lives on after the cell",
        "import atexit\natexit.register(os.write, 3, b'x')\nclass D:\n"
        "    def __del__(self): message(type='stdout', text='late')\n"
        "held = D(); threading.Timer(0.1, lambda: message(type='done', count=9)).start(); del held",
    ),
    Program(
        "a repr that raises", "class R:\n    def __repr__(self): raise RuntimeError('no')\nR()"
    ),
    Program("a repr that is no text", "class R:\n    def __repr__(self): return 7\nR()"),
    Program("a repr that leaves", "class R:\n    def __repr__(self): raise SystemExit(0)\nR()"),
    Program("a repr that never ends", "class R:\n    def __repr__(self): return repr(self)\nR()"),
    Program(
        "a bundle of nonsense",
        "class R:\n    def _repr_mimebundle_(self, **k): return {1: 2, None: object(), "
        "'text/plain': R}\nR()",
    ),
    Program(
        "a bundle that holds itself",
        "class R:\n    def _repr_mimebundle_(self, **k):\n        d = {}; d['a'] "
        "= d; return {'application/json': d}\nR()",
    ),
    Program("a class that lies", "class R:\n    __class__ = property(lambda self: 1 / 0)\nR()"),
    Program(
        "an error that cannot be shown",
        "class E(Exception):\n    def __str__(self): raise ValueError\n    __repr__ "
        "= __str__\nraise E()",
    ),
    Program(
        "an error whose name is long",
        "raise type('E' * 100_000, (Exception,), {})('v' * 1_000_000)",
    ),
    Program(
        "another display hook",
        "sys.displayhook = lambda v: os.write(3, b'x'); get_ipython().display_pub.publish "
        "= None; 7",
    ),
    Program(
        "another shell", "get_ipython().__class__.run = lambda *a: 1 / 0; get_ipython().emit = None"
    ),
    Program("exec by its name in the wire", "message(op='run', code='1', env={})"),
]

# Every call that changes a file's name, mode, owner, time, content or attributes, by number. P is
# a path of the host, F a descriptor of it if it could be opened, N a new path beside it.
FILE_CALLS: dict[str, str] = {
    "open to truncate": "2, P, 0o1001, 0",
    "creat": "85, P, 0o777",
    "truncate": "76, P, 0",
    "ftruncate": "77, F, 0",
    "rename": "82, P, N",
    "renameat": "264, -100, P, -100, N",
    "renameat2": "316, -100, P, -100, N, 0",
    "exchange": "316, -100, P, -100, C, 2",
    "link": "86, P, N",
    "linkat": "265, -100, P, -100, N, 0",
    "link by descriptor": "265, F, b'', -100, N, 0x1000",
    "symlink": "88, P, N",
    "symlinkat": "266, P, -100, N",
    "unlink": "87, P",
    "unlinkat": "263, -100, P, 0",
    "mkdir": "83, N, 0o777",
    "mkdirat": "258, -100, N, 0o777",
    "rmdir": "84, D",
    "mknod": "133, N, 0o100644, 0",
    "mknodat": "259, -100, N, 0o100644, 0",
    "chmod": "90, P, 0o777",
    "fchmod": "91, F, 0o777",
    "fchmodat": "268, -100, P, 0o777",
    "fchmodat2": "452, -100, P, 0o777, 0",
    "fchmodat2 by descriptor": "452, F, b'', 0o777, 0x1000",
    "chown": "92, P, 0, 0",
    "fchown": "93, F, 0, 0",
    "lchown": "94, P, 0, 0",
    "fchownat": "260, -100, P, 0, 0, 0",
    "utime": "132, P, 0",
    "utimes": "235, P, 0",
    "futimesat": "261, -100, P, 0",
    "utimensat": "280, -100, P, 0, 0",
    "utimensat by descriptor": "280, F, 0, 0, 0",
    "setxattr": "188, P, b'user.x', b'1', 1, 0",
    "lsetxattr": "189, P, b'user.x', b'1', 1, 0",
    "fsetxattr": "190, F, b'user.x', b'1', 1, 0",
    "removexattr": "197, P, b'user.kept'",
    "lremovexattr": "198, P, b'user.kept'",
    "fremovexattr": "199, F, b'user.kept'",
    "setxattrat": "463, -100, P, 0, b'user.x', (ctypes.c_uint64 * 2)(), 16",
    "removexattrat": "466, -100, P, 0, b'user.kept'",
    "file_setattr": "469, -100, P, (ctypes.c_uint64 * 4)(), 32, 0",
    "FS_IOC_SETFLAGS": "16, F, 0x40086602, (ctypes.c_long * 1)(0x40)",
    "fallocate": "285, F, 0, 0, 100",
    "write": "1, F, b'x', 1",
    "pwrite64": "18, F, b'x', 1, 0",
    "sendfile": "40, F, 9, 0, 1",
    "copy_file_range": "326, F, 0, F, 0, 1, 0",
    "splice": "275, F, 0, F, 0, 1, 0",
    "open_by_handle_at": "304, -100, (ctypes.c_uint64 * 8)(8), 2",
    "open beneath": "437, -100, P, (ctypes.c_uint64 * 3)(2), 24",
    "openat": "257, -100, P, 2, 0",
    "swapon": "167, P, 0",
    "acct": "163, P",
    "quotactl": "179, 0x800007, P, 0, 0",
    "name in a user namespace": "272, 0x10020000",
    "mount over it": "165, P, P, b'', 4096, 0",
    "io_uring_setup": "425, 4, (ctypes.c_uint64 * 16)()",
}
