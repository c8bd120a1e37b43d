"""Programs under measurement: what they cost, and how the machine was loaded meanwhile."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

LOOK_EVERY_S = 0.05


@dataclass
class Cost:
    """What a program cost from its start to its end."""

    code: int
    user_s: float
    system_s: float
    peak_kib: int
    wall_s: float

    @property
    def cpu_s(self):
        return self.user_s + self.system_s


class Program:
    """A running program. Its outputs go to files; its end gives its cost."""

    def __init__(self, words, folder, name):
        self.name = name
        self.out_path = os.path.join(folder, name + ".out")
        self.err_path = os.path.join(folder, name + ".err")
        self._begun = time.monotonic()
        self._cost = None
        self._peak_kib = 0
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self._process = subprocess.Popen(
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        self.pid = self._process.pid
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def _look(self):
        # Not `ru_maxrss`: that of a child begins at what its parent had.
        while self._cost is None:
            self._peak_kib = max(self._peak_kib, memory_kib(self.pid, "VmHWM"))
            time.sleep(LOOK_EVERY_S)

    @property
    def resident_kib(self):
        return memory_kib(self.pid, "VmRSS")

    def output(self):
        with open(self.out_path, encoding="utf-8", errors="replace") as out:
            return out.read()

    def errors(self):
        with open(self.err_path, encoding="utf-8", errors="replace") as err:
            return err.read()

    def has_ended(self):
        if self._cost is None:
            self._reap(os.WNOHANG)
        return self._cost is not None

    def wait(self, limit_s):
        """Its cost; a program that takes longer is killed, and its code is that of the signal."""
        end = time.monotonic() + limit_s
        while not self.has_ended():
            if time.monotonic() > end:
                self._process.send_signal(signal.SIGKILL)
                self._reap(0)
                break
            time.sleep(0.01)
        return self._cost

    def interrupt(self):
        if not self.has_ended():
            os.kill(self.pid, signal.SIGINT)

    def kill(self):
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
            self._reap(0)

    def _reap(self, options):
        pid, status, usage = os.wait4(self.pid, options)
        if pid == 0:
            return
        wall_s = time.monotonic() - self._begun
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code
        self._cost = Cost(code, usage.ru_utime, usage.ru_stime, self._peak_kib, wall_s)


def memory_kib(pid, field):
    """A line of /proc/PID/status in KiB; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def free_udp_port(taken=()):
    """A UDP port of 127.0.0.1 that nobody has now, below those that the system deals out."""
    for port in range(20000 + os.getpid() % 10000, 32000):
        if port in taken:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit("no free UDP port")


def until_bound(port, limit_s=10):
    """Waits until somebody has the UDP port of 127.0.0.1."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens at UDP port {port}")


def load_average():
    return round(os.getloadavg()[0], 2)


def measured(play, options, prefix):
    """Runs `play(options, folder)` in the folder to keep, or one that goes away, and says how loaded the
    machine was. The exit code: 0 if `play` returned true."""
    folder = options.keep or tempfile.mkdtemp(prefix=prefix)
    os.makedirs(folder, exist_ok=True)
    before = load_average()
    try:
        good = play(options, folder)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"load average {before} before, {load_average()} after")
    return 0 if good else 1
