"""Signed and unsigned calls of `gannet sipp` at a rate, the caller on one core."""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile

from programs import Program, free_udp_port, until_bound
from sipp import fault, last_line

# What a run may need beside the time of its calls.
MARGIN_S = 15

SIGNED = """Date: [date]
Identity: [identity key="sp.key" x5u="http://127.0.0.1/sp.pem" orig="+1215555[call_number]" dest="[service]" attest="A"]
"""

CALLER = """<?xml version="1.0"?>
<scenario name="caller">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:+1215555[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[local_ip]:[local_port]>
@Content-Length: 0

]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:+1215555[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:+1215555[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""


def stir(gannet, folder, words):
    subprocess.run([gannet, "stir", *words.split()], cwd=folder, check=True, timeout=20)


def play(gannet, scenario, rate, seconds, folder):
    """One run: what was not as it must be, and the caller's processor time for a call in microseconds."""
    calls = max(int(rate * seconds), 1)
    for name in ("uac.csv", "uas.csv"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            os.remove(path)
    port = free_udp_port()
    common = ["-i", "127.0.0.1", "-nostdin", "-fd", "1", "-trace_stat"]
    common += ["-timeout", f"{int(seconds + MARGIN_S)}s"]
    words = [gannet, "sipp"]
    server = Program([*words, "-sn", "uas", "-p", str(port), "-stf", "uas.csv", *common], folder, "uas")
    until_bound(port)
    caller = ["taskset", "-c", "0", *words, "-sf", scenario, f"127.0.0.1:{port}", "-s", "12155550131"]
    caller += ["-p", str(free_udp_port({port})), "-stf", "uac.csv", "-r", str(rate), "-m", str(calls)]
    client = Program([*caller, *common], folder, "uac")
    cost = client.wait(seconds + 2 * MARGIN_S)
    if not server.has_ended():
        os.kill(server.pid, signal.SIGUSR1)
    server.wait(MARGIN_S)
    figures = last_line(os.path.join(folder, "uac.csv"))
    theirs = last_line(os.path.join(folder, "uas.csv"))
    return fault(calls, cost, figures, theirs), 1e6 * cost.cpu_s / calls


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="calls a second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10, help="how long (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    gannet = os.path.abspath(options.gannet)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        stir(gannet, folder, "ca --key ca.key --out ca.pem")
        stir(gannet, folder, "issue --ca ca.pem --ca-key ca.key --key sp.key --out sp.pem --spc 709J")
        for name, lines in (("unsigned", ""), ("signed", SIGNED)):
            path = os.path.join(folder, f"{name}.xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(CALLER.replace("\n@", "\n" + lines))
            wrong, cost_us = play(gannet, path, options.rate, options.seconds, folder)
            print(f"{name:<9} {options.rate:>7,} calls/s  {cost_us:>7.1f} us CPU/call  {wrong or 'all good'}")
            found[name] = {"fault": wrong, "cpu_us": cost_us}
    print("load average:", *(f"{load:.1f}" for load in os.getloadavg()))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"rate": options.rate, **found}, file, indent=2)
    return any(one["fault"] for one in found.values())


sys.exit(main())
