"""baresip that is called by gannet many times: how many streams one process of it sends on time."""
import math
import os
import shutil
import struct
import time
import wave

import media
from programs import Program, free_udp_port

MODULES = "/usr/lib/baresip/modules"
FIRST_CALLS = 32
CALLS_MAX = 256
LOOK_S = 3
RATE = 50
SOUND_S = 60

CONFIG = """poll_method epoll
sip_listen 127.0.0.1:{port}
call_local_timeout 120
call_max_calls {calls}
audio_source aufile,{sound}
ausrc_srate 8000
ausrc_channels 1
ausrc_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
rtp_ports {first}-{last}
rtp_timeout 60
jitter_buffer_delay 1-5
net_interface 127.0.0.1
module_path {modules}
module aufile.so
module g711.so
module_tmp account.so
module_app menu.so
"""
ACCOUNT = '"callee" <sip:callee@127.0.0.1>;regint=0;answermode=auto;ptime=20;audio_codecs=PCMU\n'


def highest(gannet, folder):
    """The best run of growing counts; `None` without baresip."""
    if not shutil.which("baresip") or not os.path.exists(os.path.join(MODULES, "aufile.so")):
        print("baresip with its module aufile is not installed")
        return None
    best = None
    calls = FIRST_CALLS
    while calls <= CALLS_MAX:
        run = play(gannet, calls, folder)
        print(f"  baresip: {calls} calls for {LOOK_S} s: {run.fault or 'good'}", flush=True)
        if run.fault:
            best = best or run
            best.fault_above = f"{calls} streams of it: {run.fault}"
            break
        best, calls = run, calls * 2
    return best


def play(gannet, calls, folder):
    """So many calls to one baresip. What it sends comes to the calling side."""
    home = os.path.join(folder, "baresip")
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    callee, port = start(home, calls, folder)
    figures = os.path.join(folder, "client.json")
    ramp_s = calls / RATE
    words = [*gannet, "-sf", "caller_own.xml", "-i", "127.0.0.1", f"127.0.0.1:{port}", "-nostdin"]
    words += ["-p", str(free_udp_port({port})), *media.media_ports(media.CALLER_PORTS)]
    words += ["-media_figures", figures]
    words += ["-m", str(calls), "-l", str(calls), "-r", str(RATE)]
    words += ["-d", str(int(1_000 * (ramp_s + LOOK_S)))]
    caller = Program(words, folder, "client")
    media.wait((caller, callee), ramp_s + 0.5)
    before, begun = media.cpu_s(callee), time.monotonic()
    media.wait((caller, callee), LOOK_S - 1)
    cpu = (media.cpu_s(callee) - before) / (time.monotonic() - begun)
    cost = caller.wait(ramp_s + LOOK_S + media.MARGIN_S)
    callee.kill()
    run = media.Outcome(calls, "own", cpu=(cpu, 0.0))
    # As for SIPp: `server` is the side of gannet, which has measured.
    run.server = media.read(figures)
    if cost.code != 0:
        run.fault = f"the calling side returned {cost.code}"
    else:
        run.fault = media.foreign_fault(run, ramp_s + LOOK_S)
    return run


def start(home, calls, folder):
    """A baresip that listens, and its port. It needs a port of TCP too, and the next one for TLS."""
    tried = set()
    for _ in range(5):
        port = free_udp_port(tried)
        tried |= {port, port + 1, port + 2, port + 3}
        write(home, port, calls)
        callee = Program(["baresip", "-f", home, "-v"], folder, "baresip")
        end = time.monotonic() + 10
        while time.monotonic() < end and not callee.has_ended():
            if "baresip is ready" in callee.output():
                return callee, port
            time.sleep(0.05)
        callee.kill()
    raise SystemExit("baresip does not start: " + callee.output())


def write(home, port, calls):
    sound = os.path.join(home, "speech.wav")
    with wave.open(sound, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        samples = (int(8_000 * math.sin(index * 0.35)) for index in range(8_000 * SOUND_S))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    first = media.CALLEE_PORTS[0]
    last = first + 4 * calls + 100
    text = CONFIG.format(
        port=port, calls=calls + 1, sound=sound, first=first, last=last, modules=MODULES
    )
    for name, content in (("config", text), ("accounts", ACCOUNT), ("contacts", "")):
        with open(os.path.join(home, name), "w", encoding="utf-8") as out:
            out.write(content)
