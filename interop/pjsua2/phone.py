#!/usr/bin/env python3
"""A headless pjsua2 phone for the interop tests: lines in, lines out.

    phone.py USER PASSWORD SIP_PORT [key=value...]

    server=HOST:PORT   registrar and outbound proxy; "-" for a phone that takes direct calls
    domain=NAME        domain of the address of record (default kam.test)
    transport=udp|tcp
    answer=auto|manual|CODE   CODE refuses every call with that status
    tone=HZ            what the far end hears (default 660)
    wav=PREFIX         what it hears is recorded: PREFIX-1.wav in its first call, and so on
    rtp=PORT           first of its RTP ports (default SIP_PORT + 2)
    log=FILE           pjsip's own log, with every message

Standard input takes `call URI`, `answer [CODE]`, `hangup`, `xfer URI`, `xferreplaces` (who is in its
first open call is to replace it in the second), `quit`, one a line.
Standard output gets one event a line:

    ready SIP_PORT | registered CODE | incoming URI | calling CODE | confirmed | media
    disconnected CODE REASON | recorded FILE | bye
    referred URI | replaced | transfer CODE

`recorded` follows `disconnected` once the file is complete.
"""
import select
import sys

import pjsua2 as pj

LOG_LEVEL_WITH_MESSAGES = 4


def say(*words):
    print(*words, flush=True)


class PhoneCall(pj.Call):
    def __init__(self, phone, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone
        self.recorder, self.recording = None, ""

    def onCallState(self, prm):
        info = self.getInfo()
        if info.state in (pj.PJSIP_INV_STATE_CALLING, pj.PJSIP_INV_STATE_EARLY):
            say("calling", info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("confirmed")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            say("disconnected", info.lastStatusCode, info.lastReason)
            self.phone.ended.append(self)

    def onCallMediaState(self, prm):
        # The list lives as long as the information that it came from: keep that in a variable.
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            if media.status != pj.PJSUA_CALL_MEDIA_ACTIVE:
                continue
            audio = self.getAudioMedia(index)
            self.phone.tones.startTransmit(audio)
            self.record(audio)
            say("media")

    def onCallTransferRequest(self, prm):
        # The call that follows needs an object of its own, or nothing is heard of it.
        self.phone.calls.append(PhoneCall(self.phone))
        prm.newCall = self.phone.calls[-1]
        say("referred", prm.dstUri)

    def onCallTransferStatus(self, prm):
        if prm.finalNotify:
            say("transfer", prm.statusCode)
            if prm.statusCode // 100 == 2:
                self.hangup(pj.CallOpParam())

    def onCallReplaceRequest(self, prm):
        self.phone.calls.append(PhoneCall(self.phone))
        prm.newCall = self.phone.calls[-1]

    def onCallReplaced(self, prm):
        say("replaced")

    def record(self, audio):
        prefix = self.phone.options["wav"]
        if prefix and not self.recorder:
            self.phone.recordings += 1
            self.recording = f"{prefix}-{self.phone.recordings}.wav"
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(self.recording)
        if self.recorder:
            audio.startTransmit(self.recorder)

    def close_recording(self):
        # The header of the file is complete when the recorder is gone.
        if self.recorder:
            self.recorder = None
            say("recorded", self.recording)


class PhoneAccount(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onRegState(self, prm):
        say("registered", prm.code)

    def onIncomingCall(self, prm):
        call = PhoneCall(self.phone, prm.callId)
        self.phone.calls.append(call)
        say("incoming", call.getInfo().remoteUri)
        answer = self.phone.options["answer"]
        if answer == "auto":
            self.phone.answer(call, 200)
        elif answer == "manual":
            self.phone.answer(call, 180)
        else:
            self.phone.answer(call, int(answer))


class Phone:
    def __init__(self, user, password, port, options):
        self.options = {
            "server": "-",
            "domain": "kam.test",
            "transport": "udp",
            "answer": "auto",
            "tone": "660",
            "wav": "",
            "rtp": str(port + 2),
            "log": "",
        }
        self.options.update(options)
        # pjsua2 objects die with their last Python reference, so ended calls are kept to the end.
        self.calls, self.ended = [], []
        self.recordings = 0
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(self.endpoint_config())
        transport = pj.TransportConfig()
        transport.port = port
        transport.boundAddress = "127.0.0.1"
        transport.publicAddress = "127.0.0.1"
        kind = pj.PJSIP_TRANSPORT_TCP if self.options["transport"] == "tcp" else pj.PJSIP_TRANSPORT_UDP
        self.endpoint.transportCreate(kind, transport)
        self.endpoint.audDevManager().setNullDev()
        self.endpoint.libStart()
        self.start_media()
        self.account = PhoneAccount(self)
        self.account.create(self.account_config(user, password))
        say("ready", port)

    def endpoint_config(self):
        config = pj.EpConfig()
        config.uaConfig.userAgent = "pjsua2 interop phone"
        config.logConfig.level = LOG_LEVEL_WITH_MESSAGES
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = self.options["log"]
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        return config

    def start_media(self):
        tone = pj.ToneDesc()
        tone.freq1 = int(self.options["tone"])
        tone.freq2 = 0
        tone.on_msec = 1000
        tone.off_msec = 0
        self.tones = pj.ToneGenerator()
        self.tones.createToneGenerator()
        self.tones.play(pj.ToneDescVector([tone]), True)

    def account_config(self, user, password):
        config = pj.AccountConfig()
        domain, server = self.options["domain"], self.options["server"]
        suffix = ";transport=tcp" if self.options["transport"] == "tcp" else ""
        config.idUri = f"sip:{user}@{domain}"
        config.mediaConfig.transportConfig.port = int(self.options["rtp"])
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        config.mediaConfig.transportConfig.publicAddress = "127.0.0.1"
        if server != "-":
            config.regConfig.registrarUri = f"sip:{domain}{suffix}"
            config.sipConfig.proxies.append(f"sip:{server}{suffix};lr")
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        return config

    def answer(self, call, code):
        prm = pj.CallOpParam()
        prm.statusCode = code
        call.answer(prm)

    def obey(self, line):
        verb, _, rest = line.strip().partition(" ")
        open_calls = [call for call in self.calls if call not in self.ended]
        if verb == "call":
            call = PhoneCall(self)
            self.calls.append(call)
            call.makeCall(rest, pj.CallOpParam(True))
        elif verb == "answer":
            for call in open_calls:
                self.answer(call, int(rest or 200))
        elif verb == "hangup":
            for call in open_calls:
                call.hangup(pj.CallOpParam())
        elif verb == "xfer":
            open_calls[0].xfer(rest, pj.CallOpParam())
        elif verb == "xferreplaces":
            open_calls[0].xferReplaces(open_calls[1], pj.CallOpParam())
        elif verb == "quit":
            return False
        elif verb:
            say("unknown", verb)
        return True

    def run(self):
        going = True
        while going:
            self.endpoint.libHandleEvents(20)
            self.close_recordings()
            if select.select([sys.stdin], [], [], 0)[0]:
                line = sys.stdin.readline()
                going = bool(line) and self.obey(line)
        self.stop()

    def close_recordings(self):
        for call in list(self.ended):
            call.close_recording()

    def stop(self):
        self.endpoint.hangupAllCalls()
        for _ in range(20):
            self.endpoint.libHandleEvents(20)
        self.close_recordings()
        self.calls.clear()
        self.ended.clear()
        self.tones = None
        self.account.shutdown()
        self.account = None
        self.endpoint.libDestroy()
        say("bye")


def main():
    user, password, port = sys.argv[1:4]
    options = dict(word.split("=", 1) for word in sys.argv[4:])
    Phone(user, password, int(port), options).run()


if __name__ == "__main__":
    main()
