"""Calls of Seagull's client and server scenario while somebody throws rubbish at the server.

Random octets, messages cut off, keep-alives, responses to calls that never were, very long datagrams.
The client must not notice. See ../README.md.
"""
import argparse
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time

from programs import free_udp_port, load_average, until_bound
from seagull import Place

BURST = 20
INVITE = (
    "INVITE sip:callee@127.0.0.1 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnoise{n}\r\n"
    "From: <sip:noise@127.0.0.1>;tag={n}\r\n"
    "To: <sip:callee@127.0.0.1>\r\n"
    "Call-ID: noise-{n}@127.0.0.1\r\n"
    "CSeq: 1 INVITE\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 60000\r\n\r\nv=0\r\n"
)
RESPONSE = (
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnoise{n}\r\n"
    "From: <sip:noise@127.0.0.1>;tag={n}\r\n"
    "To: <sip:callee@127.0.0.1>;tag=1\r\n"
    "Call-ID: noise-{n}@127.0.0.1\r\n"
    "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
)


def arguments():
    parser = argparse.ArgumentParser(prog="seagull_hostile.sh", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rate", type=int, default=1000, help="calls a second (default 1000)")
    parser.add_argument("--noise", type=int, default=5000, help="datagrams of rubbish a second (default 5000)")
    parser.add_argument("--seconds", type=int, default=60, help="for how long (default 60)")
    parser.add_argument("--seed", type=int, default=3, help="what the rubbish is drawn from (default 3)")
    parser.add_argument("--keep", metavar="FOLDER", help="logs and statistics stay there")
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--fixtures", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


class Noise(threading.Thread):
    """Sends rubbish at an even pace from one socket until told to end."""

    def __init__(self, port, rate, seed):
        super().__init__(daemon=True)
        self.to = ("127.0.0.1", port)
        self.rate = rate
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.sent = 0
        self.refused = 0
        self.begun = None
        self.ended = None

    def run(self):
        kinds = [self.random_octets, self.cut_message, self.keep_alive, self.response, self.long]
        shares = [35, 25, 20, 19, 1]
        # One socket for all: what is cut off is no message, whatever the same peer sends after it.
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.begun = time.monotonic()
        while not self.over.is_set():
            due = int((time.monotonic() - self.begun) * self.rate)
            while self.sent < due:
                for kind in self.random.choices(kinds, shares, k=BURST):
                    self.send(sender, kind())
            time.sleep(0.001)
        self.ended = time.monotonic()

    def send(self, sender, datagram):
        self.sent += 1
        try:
            sender.sendto(datagram, self.to)
        except OSError:
            self.refused += 1

    def random_octets(self):
        return self.random.randbytes(self.random.randrange(1, 1400))

    def cut_message(self):
        message = INVITE.format(n=self.sent).encode()
        return message[: self.random.randrange(1, len(message))]

    def keep_alive(self):
        return self.random.choice([b"\r\n\r\n", b"\r\n", b"\0", b"\n", b" ", b""])

    def response(self):
        """To a call that never was; half of them with some octets changed."""
        message = bytearray(RESPONSE.format(n=self.sent).encode())
        for _ in range(self.random.randrange(0, 20) * self.random.randrange(2)):
            message[self.random.randrange(len(message))] = self.random.randrange(256)
        return bytes(message)

    def long(self):
        return self.random.randbytes(self.random.randrange(20_000, 65_000))


def prepare(args, folder):
    place = Place(folder)
    fixtures = os.path.join(args.fixtures, "seagull")
    source = os.path.join(fixtures, "run", "external_data_client.csv")
    place.copy(source, "run", "external_data_client.csv")
    server_port = free_udp_port()
    client_port = free_udp_port([server_port])
    config = os.path.join(fixtures, "config")
    words = [("127.0.0.1:5060", f"127.0.0.1:{server_port}")]
    place.configure(os.path.join(config, "conf.server.xml"), "server.xml", {"display-period": 0}, words)
    words.append(("127.0.0.1:5071", f"127.0.0.1:{client_port}"))
    client = {"display-period": 0, "call-rate": args.rate, "number-calls": args.rate * args.seconds}
    place.configure(os.path.join(config, "conf.client.xml"), "client.xml", client, words)
    return place, server_port


def start(args, place, side):
    fixtures = os.path.join(args.fixtures, "seagull")
    dictionary = os.path.join(fixtures, "config", "sip-dictionnary.xml")
    scenario = os.path.join(fixtures, "scenario", f"{side}.xml")
    # What is malformed is logged as an error: at this pace nobody reads it.
    return place.start(args.gannet, side, f"{side}.xml", dictionary, scenario, ("-llevel", "N"))


def main():
    args = arguments()
    calls = args.rate * args.seconds
    before = load_average()
    with tempfile.TemporaryDirectory(prefix="gannet-bench-") as temporary:
        place, server_port = prepare(args, args.keep or temporary)
        server = start(args, place, "server")
        client = None
        noise = Noise(server_port, args.noise, args.seed)
        try:
            until_bound(server_port)
            noise.start()
            client = start(args, place, "client")
            client_cost = client.wait(args.seconds * 2 + 60)
            noise.over.set()
            noise.join()
            alive = not server.has_ended()
            if alive:
                os.kill(server.pid, signal.SIGUSR1)
            server_cost = server.wait(40)
        finally:
            noise.over.set()
            server.kill()
            if client:
                client.kill()
        last = {side: (place.statistics(f"{side}-stat") or [{}])[-1] for side in ("client", "server")}
        summary = server.errors()
    count = lambda side, name: int(last[side].get(f"{name}(C)", 0))
    pace = noise.sent / (noise.ended - noise.begun)
    print(f"{calls:,} calls at {args.rate:,}/s for {args.seconds} s; {noise.sent:,} datagrams of rubbish "
          f"({pace:,.0f}/s), load average {before} before, {load_average()} after")
    print(f"client: exit code {client_cost.code}, {count('client', 'TrafficSuccessfulCall'):,} successful, "
          f"{count('client', 'FailedCall')} failed, {count('client', 'UnexpectedMsg')} unexpected messages")
    print(f"server: exit code {server_cost.code}, {count('server', 'TrafficSuccessfulCall'):,} successful, "
          f"{count('server', 'UnexpectedMsg'):,} unexpected messages, "
          f"{server_cost.peak_kib / 1024:.1f} MiB at most; its own words:\n{summary.rstrip()}")
    passed = (alive and client_cost.code == 0 and server_cost.code == 0
              and count("client", "TrafficSuccessfulCall") == calls
              and count("server", "TrafficSuccessfulCall") == calls
              and noise.sent >= 0.9 * args.noise * args.seconds)
    print("passed" if passed else "NOT PASSED", flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
