"""Prepares the folder and the command lines of one run and has it played in a sandbox."""

import json
import os
import resource
import shlex
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field

from . import messages, tracelog, wire
from .counters import read_counters, read_lines

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OWN_OPTIONS = {"-i", "-p", "-mi", "-mp", "-m"}


@dataclass
class Settings:
    """What the command line of `differ` says about all runs."""

    programs: dict  # "s" and "g": argv prefixes
    scratch: str
    calls: int = 3
    limit_s: float = 60
    grace_s: float = 6
    silence_s: float = 8
    strict_ids: bool = False
    sandbox: list = field(default_factory=list)  # argv prefix that makes namespaces, or empty
    witness: bool = True
    options: list = field(default_factory=list)
    slow_wire: bool = False  # whether a sandbox can have one


@dataclass
class Run:
    """What one run left."""

    combination: str
    folder: str
    parties: dict  # name: {"exit", "ended_by", "pid", "counters", "counts", "log", ...}
    calls: list
    media: dict
    sockets: dict
    other: dict
    limited: bool = False
    dropped: int = 0
    error: str = ""


def probe_sandbox():
    """The argv prefix that gives a run its own network and processes, or [] where it is forbidden."""
    prefix = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
    for attempt in (prefix, [*prefix, "--user", "--map-root-user"]):
        try:
            done = subprocess.run(
                [*attempt, sys.executable, "-c", "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20, check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return attempt
    return []


def probe_slow_wire(sandbox):
    """Whether a sandbox can delay packets."""
    if not sandbox or not shutil.which("tc"):
        return False
    script = f"import sys; sys.path.insert(0, {HERE!r}); from differ_lib import play; sys.exit(play.slow_wire())"
    done = subprocess.run([*sandbox, sys.executable, "-B", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def can_witness():
    """Whether this process may open the raw socket that sees the loopback device."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        return True
    except OSError:
        return False


def free_ports(count, family):
    """Ports that nobody uses now, far enough apart for media on the next ones."""
    sockets, ports = [], []
    while len(ports) < count:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.bind(("", 0))
        sockets.append(sock)
        ports.append(sock.getsockname()[1])
    for sock in sockets:
        sock.close()
    return ports


def option(options, name, default):
    """The value of a party's own option."""
    return options[options.index(name) + 1] if name in options[:-1] else default


def play(settings, pair, combination, number, rewritten=None, slow=False, own_options=()):
    """Plays one pair once. `combination` says who plays clients and servers: "ss", "gs", "sg", "gg"; SIPp
    may play the scenario in other words, and ours may have options that SIPp does not know."""
    folder = os.path.join(settings.scratch, pair.name.replace("/", "__"), f"{combination}{number}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    spec = plan(settings, pair, combination, folder, rewritten, own_options)
    spec["slow"] = slow
    path = os.path.join(folder, "spec.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(spec, file, indent=1)
    for party in pair.parties if pair.prepare else []:
        subprocess.run(shlex.split(pair.prepare), cwd=folder_of(folder, party.name), check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
    command = [*settings.sandbox, sys.executable, os.path.join(HERE, "differ"), "--play", path]
    try:
        with open(os.path.join(folder, "play.log"), "wb") as log:
            # Its standard input ends when this process does, and then it ends too.
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as played:
                try:
                    played.wait(spec["limit_s"] + 30)
                except subprocess.TimeoutExpired:
                    played.kill()
                    raise
        with open(os.path.join(folder, "result.json"), encoding="utf-8") as file:
            result = json.load(file)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Run(combination, folder, {}, [], {}, {}, {}, error=f"the run could not be played: {error}")
    return collect(settings, pair, combination, folder, spec, result)


def folder_of(folder, party):
    """Where a party's files lie."""
    return os.path.join(folder, party)


def plan(settings, pair, combination, folder, rewritten=None, own_options=()):
    """Who is started how, with which ports."""
    scenarios = pair.scenarios()
    silence = max([settings.silence_s, *(2 * s.longest_silence_s() + 3 for s in scenarios.values())])
    v6 = any(option(p.options, "-i", "").count(":") > 1 for p in pair.parties)
    count = len(pair.parties)
    if settings.sandbox:
        ports = [5060 + 10 * i for i in range(count)]
        media = [16000 + 1000 * i for i in range(count)]
    else:
        ports = free_ports(2 * count, socket.AF_INET6 if v6 else socket.AF_INET)
        ports, media = ports[:count], [p & ~1 for p in ports[count:]]
    names = {}
    for party, port, mp in zip(pair.parties, ports, media):
        ip = option(party.options, "-i", "127.0.0.1").replace("{ip}", "127.0.0.1")
        names[party.name] = {
            "ip": ip, "host": f"[{ip}]" if ":" in ip else ip,
            "port": int(option(party.options, "-p", port)), "mp": int(option(party.options, "-mp", mp)),
        }
    twins = [6060 + 10 * i for i in range(count)] if settings.sandbox else free_ports(count, socket.AF_INET)
    named = [option(p.options, "-master", "") or option(p.options, "-slave", "") for p in pair.parties]
    slaves = dict(zip((name for name in named if name), twins))
    write_slave_cfg(slaves, folder)
    classic = any("-3pcc" in p.options for p in pair.parties)
    spec = {
        "sandboxed": bool(settings.sandbox), "witness": settings.witness,
        "pcap": os.path.join(folder, "wire.pcap"),
        "limit_s": pair.limit_s or settings.limit_s, "grace_s": settings.grace_s, "silence_s": silence,
        "twin_ports": twins[:1] if classic else list(slaves.values()), "parties": [],
    }
    for i, party in enumerate(pair.parties):
        is_other = rewritten and rewritten.is_for(combination[0 if party.client else 1], combination)
        place(pair, party, folder, rewritten.files if is_other else {})
        argv = command_line(settings, pair, party, combination, names, {
            "{ip}": "127.0.0.1", "{twin}": str(twins[0]), "{slave_cfg}": os.path.join(folder, "slave.cfg"),
        })
        wait = names[party.name]["port"]
        is_ours = combination[0 if party.client else 1] == "g"
        if is_ours and not {"-default_behaviors", "-nd"} & set(party.options):
            argv += own_options
        spec["parties"].append({
            "name": party.name, "client": party.client, "argv": argv, "wait_port": wait,
            "cwd": folder_of(folder, party.name), "pid": 20001 + 1000 * i, "to": party.to, **names[party.name],
        })
    return spec


def write_slave_cfg(ports, folder):
    """The file that names all peers of extended 3PCC."""
    with open(os.path.join(folder, "slave.cfg"), "w", encoding="ascii") as file:
        file.writelines(f"{name};127.0.0.1:{port}\n" for name, port in ports.items())


def place(pair, party, folder, texts):
    """A party's own folder, in which all files of the pair's folder are visible, some with another text."""
    own = folder_of(folder, party.name)
    os.makedirs(own)
    for name in os.listdir(pair.folder):
        if name in texts:
            with open(os.path.join(own, name), "w", encoding="latin-1", newline="") as file:
                file.write(texts[name])
        elif not name.startswith("."):
            os.symlink(os.path.join(os.path.abspath(pair.folder), name), os.path.join(own, name))


def command_line(settings, pair, party, combination, names, places):
    """The party's argv."""
    own, options = names[party.name], list(party.options)
    argv = list(settings.programs[combination[0 if party.client else 1]])
    if party.scenario.startswith(":"):
        argv += ["-sn", party.scenario[1:]]
    else:
        argv += ["-sf", party.scenario]
    values = {"-i": own["ip"], "-p": str(own["port"]), "-mi": own["ip"], "-mp": str(own["mp"]),
              "-m": str(pair.calls or settings.calls)}
    for key, value in values.items():
        if key not in options:
            argv += [key, value]
    argv += ["-nostdin", "-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_counts", "-trace_logs",
             "-log_file", "log.txt", "-trace_err", "-error_file", "errors.txt"]
    if not settings.witness:
        argv += ["-trace_msg", "-message_file", "messages.txt"]
    # SIPp refuses its multi-socket modes where fewer files may be open than -max_socket says.
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if option(options, "-t", "u1")[1:] in ("n", "i") and "-max_socket" not in options and 0 < files < 60000:
        argv += ["-max_socket", str(files // 2)]
    argv += settings.options
    if party.to:
        peer = names.get(party.to)
        argv.append(f"{peer['host']}:{peer['port']}" if peer else party.to)
    places = dict(places)
    for name, values in names.items():
        places |= {f"{{{name}.{key}}}": str(value) for key, value in values.items()}
    for i, word in enumerate(options):
        for key, value in places.items():
            word = word.replace(key, value)
        options[i] = word
    return argv + options


def collect(settings, pair, combination, folder, spec, result):
    """Reads everything that a run left behind."""
    ours = None if spec["sandboxed"] else {p[key] for p in spec["parties"] for key in ("port", "mp")} | set(spec["twin_ports"])
    if settings.witness:
        capture = wire.read(spec["pcap"], set(spec["twin_ports"]), ours)
    else:
        capture = tracelog.read(spec)
    run = Run(combination, folder, result["parties"], [], {}, {}, {}, result["limited"], result["dropped"])
    if result["failed_to_start"]:
        run.error = "; ".join(f"{name}: {why}" for name, why in result["failed_to_start"].items())
    roles = messages.Roles(spec, result["parties"])
    volatile = [p for s in pair.scenarios().values() for p in s.volatile_lines()]
    normaliser = messages.Normaliser(roles, capture, volatile, settings.strict_ids)
    run.calls = normaliser.calls()
    run.media = messages.media_flows(roles, capture.media)
    run.sockets = messages.sockets(roles, capture)
    run.other = messages.others(roles, capture.other)
    for name, party in run.parties.items():
        own = folder_of(folder, name)
        party["counters"] = read_counters(own, "stat.csv")
        party["counts"] = read_counters(own, "_counts.csv")
        party["log"] = [normaliser.plain(line) for line in read_lines(os.path.join(own, "log.txt"))]
        party["errors"] = read_lines(os.path.join(own, "errors.txt")) + read_lines(os.path.join(own, "stderr.txt"))
    return run
