"""Finds the scenario pairs (and 3PCC groups) of a folder, by name and by what is in the files."""

import os
import re
import shlex
from dataclasses import dataclass, field

from . import scenario

CLIENT_WORDS = {"uac", "client", "caller", "originator", "orig", "alice", "sender"}
SERVER_WORDS = {"uas", "server", "callee", "terminator", "term", "bob", "receiver"}


@dataclass
class Party:
    """One process of a run."""

    name: str
    scenario: str  # a file name in the pair's folder, or ":uac" for a built-in
    client: bool  # played by the first program of a combination, not by the second
    to: str = ""  # the party that it calls, or host:port
    options: list = field(default_factory=list)


@dataclass
class Pair:
    """What is played together, and how."""

    name: str
    folder: str
    parties: list  # in the order in which they are started
    calls: int = 0
    limit_s: float = 0
    needs: list = field(default_factory=list)
    expect: dict = field(default_factory=dict)
    prepare: str = ""
    skip: str = ""
    note: str = ""  # the comment at the top of its .args file

    def party(self, name):
        """The party of that name."""
        for party in self.parties:
            if party.name == name:
                return party
        raise ValueError(f"{self.name}: no party {name}")

    def scenarios(self):
        """The scenarios of all parties that are files, by party name."""
        return {
            p.name: scenario.read(os.path.join(self.folder, p.scenario))
            for p in self.parties
            if not p.scenario.startswith(":")
        }


def find(root):
    """All pairs below a folder, sorted by name."""
    found = []
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        names = sorted(f for f in files if f.endswith(".xml"))
        if names:
            prefix = os.path.relpath(folder, root)
            found += _find_in(folder, "" if prefix == "." else prefix + "/", names, set(files))
    return sorted(found, key=lambda pair: pair.name)


def _find_in(folder, prefix, names, files):
    pairs, left = [], set(names)
    all_args = sorted(f for f in files if f.endswith(".args"))
    for args in all_args:  # scenarios that only options name: -oocsf x.xml, -rxsf x.xml
        for key, value in _lines(os.path.join(folder, args)):
            if not key.startswith("party"):
                left -= {word for word in shlex.split(value) if word.endswith(".xml")}
    for args in all_args:
        pair = _explicit(folder, prefix, args)
        if pair:
            left -= {p.scenario for p in pair.parties} | {o for p in pair.parties for o in p.options}
            pairs.append(pair)
    by_name = {}
    for name in sorted(left):
        rest, role = _split(name[:-4])
        if role:
            by_name.setdefault(rest, {}).setdefault(role, name)
    for rest, roles in by_name.items():
        if len(roles) == 2:
            pairs.append(_pair(folder, prefix, rest or os.path.basename(folder), roles["c"], roles["s"]))
            left -= set(roles.values())
    for name in sorted(left):
        other = re.sub(r"c\.xml$", "s.xml", name)
        if other != name and other in left and name in left:
            pairs.append(_pair(folder, prefix, name[:-5].rstrip("_-."), name, other))
            left -= {name, other}
    pairs += _groups(folder, prefix, left)
    for name in sorted(left):
        pairs.append(_lone(folder, prefix, name))
    for pair in pairs:
        _apply_args(pair, files)
        _guess_injection(pair, files)
    return pairs


def _split(stem):
    """'reg_uac_2' gives ('reg_2', 'c'): the name without the word that says the role."""
    words = re.split(r"([_\-. ])", stem)
    last = len(words) - 1  # the last word says it, or else the first, or else one in between
    for i in [last, *range(last)]:
        word = words[i]
        role = "c" if word.lower() in CLIENT_WORDS else "s" if word.lower() in SERVER_WORDS else ""
        if role:
            rest = "".join(words[:i]).rstrip("_-. ") + "".join(words[i + 1 :])
            return rest.strip("_-. "), role
    return stem, ""


def _pair(folder, prefix, name, client, server):
    if not _begins(folder, client) and _begins(folder, server):
        client, server = server, client
    uas = Party("uas", server, False)
    return Pair(prefix + name, folder, [uas, Party("uac", client, True, "uas")])


def _lone(folder, prefix, name):
    read = scenario.read(os.path.join(folder, name))
    stem = name[:-4]
    if _begins(folder, name):
        pair = Pair(prefix + stem, folder, [Party("uas", ":uas", False), Party("uac", name, True, "uas")])
    else:
        pair = Pair(prefix + stem, folder, [Party("uas", name, False), Party("uac", ":uac", True, "uas")])
    if read.uses("sendCmd", "recvCmd"):
        pair.skip = "3PCC without its partners; name them in an .args file"
    elif not read.elements or read.elements[0].name != "scenario":
        pair.skip = "no <scenario>"
    elif not read.uses("send", "recv"):
        pair.skip = "neither sends nor receives"
    return pair


def _begins(folder, name):
    return scenario.read(os.path.join(folder, name)).begins_calls


def _groups(folder, prefix, left):
    """3PCC: NAME-C-A, NAME-C-B, NAME-A, NAME-B (any of the last two may be missing) or
    NAME_master, NAME_slave…, with NAME_a, NAME_b as the called."""
    groups = {}
    for name in left:
        match = re.match(r"^(.*?)[_\-. ](c[_-]?a|c[_-]?b|controller[_-]?a|controller[_-]?b|a|b|master|slave\d*)$", name[:-4], re.I)
        if match:
            role = match[2].lower().replace("controller", "c").replace("_", "").replace("-", "")
            groups.setdefault(match[1], {})[role] = name
    pairs = []
    for name, roles in sorted(groups.items()):
        if "ca" in roles and "cb" in roles:
            parties = [
                Party("a", roles.get("a", ":uas"), False),
                Party("b", roles.get("b", ":uas"), False),
                Party("cb", roles["cb"], True, "b", ["-3pcc", "{ip}:{twin}"]),
                Party("ca", roles["ca"], True, "a", ["-3pcc", "{ip}:{twin}"]),
            ]
        elif "master" in roles and any(r.startswith("slave") for r in roles):
            parties = _extended(folder, roles)
        else:
            continue
        left -= set(roles.values())
        pairs.append(Pair(prefix + name, folder, parties))
    return pairs


def _extended(folder, roles):
    """Peers are named in dest= and src=; the n-th slave file is the n-th name that the master uses."""
    slaves = sorted(r for r in roles if r.startswith("slave"))

    def peers(role):
        elements = scenario.read(os.path.join(folder, roles[role])).elements
        names = [e.attrs.get("dest") or e.attrs.get("src") for e in elements if e.name in ("sendCmd", "recvCmd")]
        return list(dict.fromkeys(n for n in names if n))

    names = peers("master")
    back = peers(slaves[0]) or ["m"]
    common = ["-slave_cfg", "{slave_cfg}"]
    parties = [Party("a", roles.get("a", ":uas"), False), Party("b", roles.get("b", ":uas"), False)]
    for slave, name in zip(slaves, names):
        parties.append(Party(slave, roles[slave], True, "b", ["-slave", name, *common]))
    parties.append(Party("master", roles["master"], True, "a", ["-master", back[0], *common]))
    return parties


def _lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            line = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
            key, _, value = line.partition(":")
            if value.strip() or key.strip():
                yield key.strip(), value.strip()


def _explicit(folder, prefix, args):
    """A pair whose .args file names all parties: `party NAME [to NAME]: FILE OPTIONS`."""
    parties = []
    for key, value in _lines(os.path.join(folder, args)):
        match = re.match(r"^party\s+(\w+)(?:\s+to\s+(\S+))?$", key)
        if match:
            file, *options = shlex.split(value)
            client = bool(match[2]) if file.startswith(":") else _begins(folder, file) or bool(match[2])
            parties.append(Party(match[1], file, client, match[2] or "", options))
    return Pair(prefix + args[:-5], folder, parties) if parties else None


def _apply_args(pair, files):
    name = os.path.basename(pair.name) + ".args"
    if name not in files:
        return
    with open(os.path.join(pair.folder, name), encoding="utf-8", errors="replace") as file:
        pair.note = " ".join(line[1:].strip() for line in file if line.startswith("#"))
    for key, value in _lines(os.path.join(pair.folder, name)):
        if key == "calls":
            pair.calls = int(value)
        elif key == "limit":
            pair.limit_s = float(value)
        elif key == "needs":
            pair.needs = value.split()
        elif key == "expect":
            pair.expect = {k: int(v) for k, v in (item.split("=") for item in value.split())}
        elif key == "prepare":
            pair.prepare = value
        elif key == "skip":
            pair.skip = value
        elif key == "to":
            pair.parties[-1].to = value
        elif not key.startswith("party"):
            pair.party(key).options += shlex.split(value)


def _guess_injection(pair, files):
    """Options for injection files that stand beside the scenario and that no option names."""
    stem = os.path.basename(pair.name)
    for party in pair.parties:
        if party.scenario.startswith(":"):
            continue
        read = scenario.read(os.path.join(pair.folder, party.scenario))
        wanted = []
        own = [party.scenario[:-4] + ".csv", f"{stem}_{party.name}.csv", f"{stem}.csv"]
        words = list(read.keywords())
        if any(re.match(r"field\d+", word) for word in words):
            wanted += [f for f in own if f in files][:1]
        for word in words:
            wanted += re.findall(r"^field\d+.*?file=\"?([^\"\s]+)", word)
        looked_up = [e.attrs.get("file", "") for e in read.elements if e.name == "lookup"]
        wanted += looked_up + [e.attrs.get("file", "") for e in read.elements if e.name in ("insert", "replace")]
        given = {os.path.basename(o) for o in party.options}
        if not wanted and any(re.match(r"field\d+", word) for word in words) and "-inf" not in party.options:
            tables = [f for f in sorted(files) if f.endswith(".csv")]
            wanted = tables if len(tables) == 1 else []
        for file in dict.fromkeys(wanted):
            if file in files and file not in given:
                party.options += ["-inf", file]
        for file in dict.fromkeys(looked_up):
            if file in files and "-infindex" not in party.options:
                party.options += ["-infindex", file, "0"]
