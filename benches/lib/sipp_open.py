"""Calls of gannet sipp open at once, and the memory that they take."""
import argparse
import os
import re
import sys
import time

import sipp
from programs import Program, free_udp_port, measured, until_bound

# For a call, beside the messages that are kept: the last one sent, to send it again, and the last
# one received, for what is said if the call must be given up.
LIMIT_OCTETS = 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, default=500_000, help="open at once (500,000)")
    parser.add_argument("--rate", type=int, default=20_000, help="calls per second (20,000)")
    parser.add_argument("--keep", metavar="FOLDER", help="leaves the programs' files there")
    return parser.parse_args()


def kept_octets(options, folder):
    """What each side keeps of a call that waits: the ACK and the 200, or the 200 and the ACK."""
    port = free_udp_port()
    words = [options.gannet, "sipp"]
    common = ["-i", "127.0.0.1", "-nostdin", "-m", "1", "-timeout", "20s", "-trace_msg"]
    path = os.path.join(folder, "messages.log")
    server = Program([*words, "-sn", "uas", "-p", str(port), *common], folder, "one_uas")
    until_bound(port)
    client = Program(
        [*words, "-sn", "uac", f"127.0.0.1:{port}", "-message_file", path, *common], folder, "one_uac"
    )
    client.wait(30)
    server.wait(30)
    with open(path, encoding="latin-1") as file:
        text = file.read()
    sent = [int(size) for size in re.findall(r"message sent \[(\d+)\]", text)]
    received = [int(size) for size in re.findall(r"message received \[(\d+)\]", text)]
    # INVITE, ACK, BYE and 180, 200, 200.
    return sent[1] + received[1]


def play(options, folder):
    kept = kept_octets(options, folder)
    port = free_udp_port()
    pause_s = options.calls / options.rate + 10
    common = ["-i", "127.0.0.1", "-nostdin", "-trace_stat", "-fd", "1"]
    common += ["-m", str(options.calls), "-timeout", f"{int(3 * pause_s + 30)}s"]
    words = [options.gannet, "sipp"]
    server = Program([*words, "-sn", "uas", "-p", str(port), "-stf", "uas.csv", *common], folder, "uas")
    until_bound(port)
    empty = {"uas": server.resident_kib}
    client = Program(
        [*words, "-sn", "uac", f"127.0.0.1:{port}", "-p", str(free_udp_port({port}))]
        + ["-stf", "uac.csv", "-r", str(options.rate), "-l", str(options.calls + 1)]
        + ["-d", f"{int(pause_s * 1000)}", *common],
        folder,
        "uac",
    )
    time.sleep(0.3)
    empty["uac"] = client.resident_kib
    # All are open now, and none has ended.
    time.sleep(options.calls / options.rate + 5)
    full = {"uac": client.resident_kib, "uas": server.resident_kib}
    cost = {"uac": client.wait(3 * pause_s + 60), "uas": server.wait(60)}
    good = True
    for side in ("uac", "uas"):
        lines = sipp.lines_of(os.path.join(folder, side + ".csv"))
        most = max((int(line["CurrentCall"]) for line in lines), default=0)
        last = lines[-1] if lines else {"SuccessfulCall(C)": 0, "FailedCall(C)": 0}
        octets = 1024 * (full[side] - empty[side]) / options.calls
        print(
            f"{side}: {most:,} calls open, {full[side] / 1024:,.0f} MiB, {octets:,.0f} octets per call; "
            f"{int(last['SuccessfulCall(C)']):,} successful, {int(last['FailedCall(C)']):,} failed, "
            f"exit code {cost[side].code}"
        )
        good &= cost[side].code == 0 and most >= 0.99 * options.calls
        good &= int(last["SuccessfulCall(C)"]) == options.calls
        if octets > LIMIT_OCTETS + kept:
            print(f"{side}: more than {LIMIT_OCTETS} octets and the {kept} of the messages that it keeps")
            good = False
    return good


if __name__ == "__main__":
    sys.exit(measured(play, arguments(), "gannet-sipp-open-"))
