#!/usr/bin/env python3
"""Tests of `differ` itself: each rule of the known departures explains what it says, and nothing else in the same run."""

import copy
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from differ_lib import compare, judge, pairs, rewrite  # noqa: E402
from differ_lib.messages import Call, Message  # noqa: E402
from differ_lib.run import Run, Settings  # noqa: E402

DECLARED = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
CLIENT = DECLARED + '<scenario><send><![CDATA[\nOPTIONS sip:a SIP/2.0\n\n]]></send><recv response="200"/></scenario>'
SERVER = DECLARED + '<scenario><recv request="OPTIONS"/><nop/><send><![CDATA[\nSIP/2.0 200 OK\n\n]]></send></scenario>'


def message(text, at=0.0, body=""):
    """A message of the wire; its lines are given without CR."""
    lines = [line + "\r\n" for line in text.strip("\n").split("\n")] + ["\r\n"] + [line + "\r\n" for line in body.splitlines()]
    return Message(at, lines, "".join(lines).encode(), "udp")


def table(**figures):
    """A statistics file with these figures."""
    names = {"TotalCallCreated": 1, "SuccessfulCall(C)": 1, "FailedCall(C)": 0, "OutOfCallMsgs(C)": 0, "DeadCallMsgs(C)": 0}
    names |= {name.replace("_C", "(C)"): value for name, value in figures.items()}
    return list(names), [str(value) for value in names.values()]


def party(ended_by="self", code=0, errors=(), counts=None, **figures):
    """What a party left."""
    return {"exit": code, "ended_by": ended_by, "pid": 1, "counters": table(**figures), "counts": counts, "log": [], "errors": list(errors)}


def played(combination, calls, uac=None, uas=None):
    """A run: each call is a dict of directions with their messages."""
    numbered = [Call(i + 1, copy.deepcopy(call)) for i, call in enumerate(calls)]
    return Run(combination, "", {"uas": uas or party(), "uac": uac or party()}, numbered, {}, {}, {})


class Case(unittest.TestCase):
    """A folder for scenarios, and two judgements."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def pair(self, uac=CLIENT, uas=SERVER, args=""):
        """The pair of these scenarios."""
        for name, text in (("x_uac.xml", uac), ("x_uas.xml", uas), ("x.args", args)):
            if text:
                with open(os.path.join(self.folder, name), "w", encoding="latin-1", newline="") as file:
                    file.write(text)
        return pairs.find(self.folder)[0]

    def judged(self, pair, wanted, found, rewritten=None):
        """The verdict on a run."""
        return compare.compare(compare.learn([wanted, wanted], pair), found, pair, rewritten)

    def assert_explained(self, rule, verdict):
        """The run is the same, and that rule says why."""
        self.assertEqual((verdict.word, verdict.details), ("same", []))
        self.assertIn(rule, verdict.departures)

    def assert_differs(self, text, verdict):
        """The run differs, and the details say so."""
        self.assertEqual(verdict.word, "differs")
        self.assertIn(text, "\n".join(verdict.details))


OPTIONS = """OPTIONS sip:a SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=<branch-1>
From: <sip:a@127.0.0.1>;tag=<tag-1>
X-Two: 2
Call-ID: <call-id>
CSeq: 1 OPTIONS"""
OK = """SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=<branch-1>
Call-ID: <call-id>
CSeq: 1 OPTIONS"""


def exchange(request=OPTIONS, response=OK):
    """A call of two messages."""
    return {"uac>uas": [message(request)], "uas>uac": [message(response, 0.01)] if response else []}


class OtherWords(Case):
    """SIPp plays a scenario in words that it understands."""

    def test_form_is_all_that_is_rewritten(self):
        source = "\u00ef\u00bb\u00bf<scenario name='a \"b\"'><!-- it's 'x' --><send a=\"&#65;&#34;&apos;\"><![CDATA[ a='&#65;' ]]></send></scenario>"
        wanted = DECLARED + "<scenario name=\"a &quot;b&quot;\"><!-- it's 'x' --><send a=\"A&quot;'\"><![CDATA[ a='&#65;' ]]></send></scenario>"
        self.assertEqual(rewrite.plain_form(source), wanted)
        self.assertEqual(rewrite.plain_form(CLIENT), CLIENT)
        self.assertEqual(rewrite.plain_form(DECLARED + '<a b="c\r\n\td"/>'), DECLARED + '<a b="c  d"/>')

    def test_only_a_mandatory_timeout_goes_to_the_optional_ones_before_it(self):
        waits = '<recv response="100" optional="true"/><recv response="180" optional="true" timeout="7"/>'
        last = '<recv response="200" timeout="5" ontimeout="e"/>'
        wanted = '<recv timeout="5" ontimeout="e" response="100" optional="true"/><recv response="180" optional="true" timeout="7"/>'
        self.assertEqual(rewrite.timeouts_in_front(waits + last), wanted + last)
        for unchanged in (waits + "<pause/>" + last, waits + '<recv response="200"/>', f"<!-- {waits} -->" + last):
            self.assertEqual(rewrite.timeouts_in_front(unchanged), unchanged)

    def test_a_moved_timeout_is_counted_at_another_step(self):
        waits = '<recv response="180" optional="true"/><recv response="200" timeout="5"/><recv response="202" timeout="5"/>'
        pair = self.pair(uac=CLIENT.replace('<recv response="200"/>', waits))
        columns = ["1_180_Timeout", "2_200_Timeout", "3_202_Timeout", "3_202_Unexp"]
        wanted, other = played("ss", [exchange()], party(counts=(columns, ["3", "0", "0", "0"]))), rewrite.of(pair)
        for figures, word in (("0300", "same"), ("0200", "differs"), ("0030", "differs"), ("0301", "differs")):
            found = played("gg", [exchange()], party(counts=(columns, list(figures))))
            self.assertEqual(self.judged(pair, wanted, found, other).word, word, figures)
            self.assertEqual(self.judged(pair, wanted, found).word, "differs")

    def test_only_header_fields_lose_their_blanks(self):
        text = '<send a="b : c"><![CDATA[\n  OPTIONS sip:a SIP/2.0\n  X-Two : 2 : 3\n\n  m : x\n]]></send>'
        self.assertEqual(rewrite.without_blanks(text), text.replace("X-Two : 2", "X-Two: 2"))

    def test_blanks_are_all_that_may_differ(self):
        pair = self.pair(uac=CLIENT.replace("SIP/2.0\n", "SIP/2.0\nX-Two : 2\n"))
        other, wanted = rewrite.of(pair), played("ss", [exchange()])
        blank = OPTIONS.replace("X-Two:", "X-Two :")
        self.assert_explained("blank-before-colon", self.judged(pair, wanted, played("gg", [exchange(blank)]), other))
        for found in (blank.replace(": 2", ": 3"), blank.replace("Via:", "Via :"), OPTIONS.replace("X-Two:", "X-Two  :"), blank + "\nX : 1"):
            self.assert_differs("uac>uas", self.judged(pair, wanted, played("gg", [exchange(found)]), other))
        self.assert_differs("uac>uas", self.judged(pair, wanted, played("gg", [exchange(blank)])))

    def test_whoever_meets_sipp_plays_without_blanks(self):
        pair = self.pair(uac=CLIENT.replace("SIP/2.0\n", "SIP/2.0\nX-Two : 2\n"))
        other = rewrite.of(pair)
        self.assertEqual([other.is_for("g", c) for c in ("gs", "sg", "gg")], [True, True, False])
        form = rewrite.of(self.pair(uac=CLIENT[len(DECLARED) :]))
        self.assertEqual((form.names, form.is_for("g", "gs"), form.is_for("s", "gs")), (["xml-form"], False, True))


class Scripted(judge.Judge):
    """A judge whose runs are not played."""

    def __init__(self, pair, runs, slow_wire=True):
        self.script = runs
        super().__init__(Settings({}, "", slow_wire=slow_wire), pair, 0, True, 2)

    def once(self, combination, rewritten=None, slow=False):
        self.told = getattr(self, "own_options", [])
        return copy.deepcopy(self.script[combination + " other" * bool(rewritten) + " slow" * slow])


class Judged(Case):
    """What is compared with which runs of SIPp."""

    def script(self, uac=CLIENT):
        """SIPp as the called gives up at its nop; on a slow wire it does not."""
        late = party(code=1, errors=["unexpected while in message type 5 "], SuccessfulCall_C=0, FailedCall_C=1)
        cut, whole = exchange(response=""), exchange()
        runs = {"ss": played("ss", [cut], uas=late), "gs": played("gs", [cut], uas=late), "sg": played("sg", [whole]), "gg": played("gg", [whole])}
        runs |= {name + " slow": played(name, [whole]) for name in ("ss", "gs")}
        return self.pair(uac=uac), runs

    def test_a_race_is_run_again_slowly(self):
        pair, runs = self.script()
        runs["gs"].parties["uac"] = party(code=1)  # what makes the plain comparison fail
        for combination in ("gs", "sg", "gg"):
            self.assert_explained("nop-race", Scripted(pair, runs).verdict(combination))

    def test_another_difference_in_a_raced_run_counts(self):
        pair, runs = self.script()
        runs["gg"].calls[0].directions["uas>uac"][0].lines[0] = "SIP/2.0 202 OK\r\n"
        runs["sg"].parties["uas"] = party(DeadCallMsgs_C=1)
        runs["gs"].parties["uac"] = runs["gs slow"].parties["uac"] = party(code=1)
        self.assert_differs("202 OK", Scripted(pair, runs).verdict("gg"))
        self.assert_differs("DeadCallMsgs(C) is 1, SIPp's 0", Scripted(pair, runs).verdict("sg"))
        self.assert_differs("exit code 1", Scripted(pair, runs).verdict("gs"))

    def test_a_race_explains_nothing_without_a_slow_wire(self):
        pair, runs = self.script()
        self.assert_differs("exit code", Scripted(pair, runs, slow_wire=False).verdict("gg"))

    def test_a_run_that_is_late_by_itself_is_not_slowed_down(self):
        pair, runs = self.script()
        runs["gg slow"] = runs["gg"]
        runs["gg"] = played("gg", [exchange(response="")])
        self.assert_differs("other messages", Scripted(pair, runs).verdict("gg"))

    def refused(self):
        """SIPp reads no file without a declaration."""
        dead = party(code=1, TotalCallCreated=0, SuccessfulCall_C=0)
        pair = self.pair(uac=CLIENT[len(DECLARED) :])
        runs = {name: played(name, [], uac=dead) for name in ("ss", "sg")}
        runs |= {name: played(name[:2], [exchange()]) for name in ("gs", "gg", "ss other", "gs other", "sg other")}
        return pair, runs

    def test_a_refused_file_is_compared_with_what_it_means(self):
        pair, runs = self.refused()
        for combination in ("gs", "sg", "gg"):
            verdict = Scripted(pair, runs).verdict(combination)
            self.assertEqual(verdict.word, "same", combination)
        self.assert_explained("xml-form", Scripted(pair, runs).verdict("gg"))

    def test_a_refused_file_explains_nothing_else(self):
        pair, runs = self.refused()
        runs["gg"].calls[0].directions["uac>uas"][0].lines[3] = "X-Two: 3\r\n"
        runs["gs other"].parties["uac"] = party(OutOfCallMsgs_C=1)
        self.assertEqual(Scripted(pair, runs).verdict("gg").word, "differs")
        self.assertEqual(Scripted(pair, runs).verdict("gs").word, "differs")


ACK = """ACK {} SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:{};branch=<branch-{}>
{}From: <sip:a@127.0.0.1>;tag=<tag-1>
To: <sip:ann@>
Call-ID: <call-id>
CSeq: 1 ACK
Contact: <sip:sipp@127.0.0.1:5070;transport=UDP>"""
ANSWER = OK + "\nContact: <sip:bob@127.0.0.1:5060>\nRecord-Route: <sip:p;lr>"
INFO = """INFO sip:ann@ SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=<branch-{}>"""


class GivenUp(Case):
    """abort-target."""

    def runs(self, ack, bye, info="3", scripted=""):
        """SIPp's run and one with other last messages."""
        own = [ACK.format("sip:ann@", 5060, 2, ""), ACK.format("sip:ann@", 5070, 3, "").replace("ACK", "BYE")]
        result = []
        for texts, branch in ((own, "2"), ((ack, bye), info)):
            last = [message(t, 0.2 + i / 10) for i, t in enumerate(texts)]
            result.append([{"uac>uas": [message(OPTIONS), *last], "uas>uac": [message(ANSWER, 0.1), message(INFO.format(branch), 0.11)]}])
        return self.pair(), played("ss", result[0]), played("gg", result[1])

    GOOD = (ACK.format("sip:bob@127.0.0.1:5060", 5070, 2, "Route: <sip:p;lr>\n"),
            ACK.format("sip:bob@127.0.0.1:5060", 5070, 4, "Route: <sip:p;lr>\n").replace("ACK", "BYE"))

    def test_target_and_route_set_of_the_dialog(self):
        self.assert_explained("abort-target", self.judged(*self.runs(*self.GOOD)))

    def test_nothing_else_of_the_messages(self):
        ack, bye = self.GOOD
        for case in (
            (ack.replace("bob@", "eve@"), bye),  # no target of the dialog
            (ack, bye.replace("Route: <sip:p;lr>\n", "")),
            (ack, bye.replace("Route: <sip:p;lr>", "Route: <sip:q;lr>")),
            (ack, bye.replace("<branch-4>", "<branch-2>")),  # not of its own
            (ack, bye.replace("<branch-4>", "<branch-1>")),
            (ack.replace("Via: SIP/2.0/UDP 127.0.0.1:5070", "Via: SIP/2.0/UDP 127.0.0.1:5060"), bye),
            (ack.replace("tag=<tag-1>", "tag=<tag-2>"), bye),
            (ack.replace("CSeq: 1", "CSeq: 2"), bye),
            (ack + "\nX: 1", bye),
            (ack.replace("ACK ", "CANCEL ", 1), bye),
            (ack.replace("sip:sipp@", "sip:ann@"), bye),
        ):
            self.assertEqual(self.judged(*self.runs(*case)).word, "differs", case)

    def test_other_branches_keep_their_relations(self):
        self.assert_differs("branch", self.judged(*self.runs(*self.GOOD, info="1")))


class Pacing(Case):
    """A call more or less."""

    def judge(self, more, args="uac: -timeout 3", extra=None, **figures):
        """Five calls with SIPp, some more here."""
        calls = 5 + more
        count = {"TotalCallCreated": calls, "SuccessfulCall_C": calls, **figures}
        base = played("ss", [exchange()] * 5, *[party(TotalCallCreated=5, SuccessfulCall_C=5) for _ in "ab"])
        found = [exchange()] * (calls - 1) + [extra or exchange()]
        return self.judged(self.pair(args=args), base, played("gs", found, party(**count), party(TotalCallCreated=calls, SuccessfulCall_C=calls)))

    def test_a_call_more_or_less(self):
        self.assert_explained("pacing", self.judge(1))
        self.assert_explained("pacing", self.judge(-1))
        self.assert_explained("pacing", self.judge(2, "uac: -r 2 -rate_increase 2 -rate_max 6"))
        self.assert_explained("pacing", self.judge(1, extra=exchange(response="")))

    def test_no_more_and_no_other_calls(self):
        for verdict in (
            self.judge(2),
            self.judge(-2, "uac: -r 2 -rate_increase 2 -rate_max 6"),
            self.judge(3, "uac: -r 2 -rate_increase 2 -rate_max 6"),
            self.judge(1, "uac: -r 3"),
            self.judge(1, extra=exchange(OPTIONS.replace("OPTIONS", "MESSAGE"))),
            self.judge(1, FailedCall_C=1),
            self.judge(1, DeadCallMsgs_C=1),
            self.judge(1, SuccessfulCall_C=7),
        ):
            self.assertEqual(verdict.word, "differs")


INVITE = """INVITE sip:service@127.0.0.1:5060 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=<branch-1>
From: sipp <sip:sipp@127.0.0.1:5070>;tag=<tag-1>
To: service <sip:service@127.0.0.1:5060>
Call-ID: <call-id>
CSeq: 1 INVITE
Contact: sip:sipp@127.0.0.1:5070
Max-Forwards: 70
Subject: Performance Test
Content-Type: application/sdp
Content-Length: {}"""
OWN = INVITE.replace("sipp <sip:sipp@", "<sip:gannet@").replace("service <", "<").replace("sip:sipp@127.0.0.1:5070", "<sip:gannet@127.0.0.1:5070>")
OWN = OWN.replace("Subject: Performance Test\n", "")
SDP, OWN_SDP = "v=0\no=user1 5 2 IN IP4 127.0.0.1\nm=audio 6000 RTP/AVP 0", "v=0\no=gannet 1 1 IN IP4 127.0.0.1\nm=audio 6000 RTP/AVP 0"


def length(body):
    """Octets of a body on the wire."""
    return sum(len(line) + 2 for line in body.splitlines())


class OwnTexts(Case):
    """built-in-texts."""

    def judge(self, text=OWN, body=OWN_SDP, count=None, more=()):
        """The INVITE of `-sn uac`, by SIPp and here."""
        pair = self.pair(args="party uas: :uas\nparty uac to uas: :uac")
        pair = next(p for p in pairs.find(self.folder) if all(q.scenario.startswith(":") for q in p.parties))
        wanted = {"uac>uas": [message(INVITE.format(length(SDP)), body=SDP)]}
        found = {"uac>uas": [message(text.format(length(body) if count is None else count), body=body), *more]}
        return self.judged(pair, played("ss", [wanted]), played("gg", [found]))

    def test_own_words(self):
        self.assert_explained("built-in-texts", self.judge())

    def test_the_same_flow_and_fields(self):
        for verdict in (
            self.judge(OWN.replace("branch-1", "branch-2")),
            self.judge(OWN.replace("UDP", "TCP")),
            self.judge(OWN.replace("CSeq: 1", "CSeq: 2")),
            self.judge(OWN.replace("127.0.0.1:5060 SIP", "127.0.0.1:5061 SIP")),
            self.judge(OWN.replace(";tag=<tag-1>", "")),
            self.judge(OWN.replace("Contact: <sip:gannet@127.0.0.1:5070>\n", "")),
            self.judge(OWN.replace("Contact: <sip:gannet@127.0.0.1:5070>", "Contact: <sip:gannet@127.0.0.1:5070;transport=udp>")),
            self.judge(OWN.replace("Content-Type: application/sdp", "Content-Type: text/plain")),
            self.judge(OWN + "\nRequire: 100rel"),
            self.judge(count=7),
            self.judge(body=OWN_SDP.replace("6000", "6002")),
            self.judge(body=OWN_SDP + "\na=sendonly"),
            self.judge(more=[message(ACK.format("sip:x", 5070, 2, ""), 1)]),
        ):
            self.assertEqual(verdict.word, "differs")


class Stopped(Case):
    """SIPp had to be terminated."""

    def judge(self, uac, calls=None):
        """Two calls, one of which waits for ever with SIPp."""
        wanted = played("ss", [exchange()] * 2, uac=party("term", 0, TotalCallCreated=2, SuccessfulCall_C=1))
        return self.judged(self.pair(), wanted, played("gs", calls or [exchange()] * 2, uac=uac))

    def test_open_calls_end(self):
        self.assert_explained("stopped", self.judge(party("usr1", 1, TotalCallCreated=2, SuccessfulCall_C=1, FailedCall_C=1)))

    def test_all_else_is_the_same(self):
        for uac in (
            party("self", 0, TotalCallCreated=2, SuccessfulCall_C=2),  # does not wait
            party("usr1", 1, TotalCallCreated=2, SuccessfulCall_C=1, FailedCall_C=2),
            party("usr1", 1, TotalCallCreated=2, SuccessfulCall_C=1, FailedCall_C=1, DeadCallMsgs_C=1),
            party("usr1", 1, TotalCallCreated=2, SuccessfulCall_C=1, FailedCall_C=1, OutOfCallMsgs_C=1),
        ):
            self.assertEqual(self.judge(uac).word, "differs")


class TakenBack(Case):
    """twin-abort."""

    def judge(self, uas, more=("CANCEL sip:a SIP/2.0",), answers=("SIP/2.0 200 OK\nCSeq: 1 CANCEL",)):
        """SIPp leaves a leg ringing; here it is taken back."""
        pair = self.pair(uac=DECLARED + '<scenario><send><![CDATA[\nOPTIONS sip:a SIP/2.0\n\n]]></send><recvCmd/></scenario>')
        columns = ["0_INVITE_Recv", "2_CANCEL_Recv", "3_200_Sent"]
        wanted = played("ss", [exchange()], uas=party("term", -15, counts=(columns, ["1", "0", "0"]), SuccessfulCall_C=0))
        call = exchange()
        call["uac>uas"] += [message(text, 1) for text in more]
        call["uas>uac"] += [message(text, 1.1) for text in answers]
        uas["counts"] = columns, uas["counts"]
        return self.judged(pair, wanted, played("gg", [call], uas=uas))

    def test_the_leg_is_taken_back(self):
        self.assert_explained("twin-abort", self.judge(party(counts=["1", "1", "1"])))

    def test_nothing_else_is_explained(self):
        for verdict in (
            self.judge(party(counts=["2", "1", "1"])),
            self.judge(party(counts=["1", "2", "1"])),
            self.judge(party(counts=["1", "1", "1"], OutOfCallMsgs_C=1)),
            self.judge(party(counts=["1", "0", "0"]), more=(), answers=()),  # ended by itself for no reason
            self.judge(party(counts=["1", "1", "1"]), more=("CANCEL sip:a SIP/2.0", "BYE sip:a SIP/2.0")),
        ):
            self.assertEqual(verdict.word, "differs")


class Pinged(Case):
    """ping-ends."""

    def judge(self, method="PING", left=1, **figures):
        """The called sends a request, and SIPp does not end."""
        call = exchange()
        call["uas>uac"].append(message(f"{method} sip:a SIP/2.0", 1))
        wanted = played("ss", [call], uac=party("term", -15, TotalCallCreated=left, SuccessfulCall_C=0))
        found = party(**{"TotalCallCreated": left, "SuccessfulCall_C": 0, **figures})
        return self.judged(self.pair(), wanted, played("gs", [call], uac=found))

    def test_a_run_whose_calls_a_ping_ends_is_over(self):
        self.assert_explained("ping-ends", self.judge())

    def test_no_other_run_is(self):
        for verdict in (self.judge("INFO"), self.judge(left=2), self.judge(FailedCall_C=1), self.judge(SuccessfulCall_C=1)):
            self.assertEqual(verdict.word, "differs")


class OddTags(Case):
    """tag-grammar."""

    def judge(self, wanted, found, answered="<sip:b> ; tag = t1", scenario=" ; tag = t[call_number]"):
        """The answer has an odd tag; these are the To of the request that follows, with SIPp and here."""
        server = SERVER.replace("200 OK\n", f"200 OK\n[last_To:]{scenario}\n")
        runs = []
        for to in (wanted, found):
            last = message(f"BYE sip:a SIP/2.0\nFrom: <sip:a>;tag=<tag-1>\n{to}")
            last.raw = last.raw.replace(b"<tag-2>", b"t1").replace(b"<tag-3>", b"t3")
            runs.append({"uac>uas": [message(OPTIONS), last], "uas>uac": [message(f"{OK}\nTo: {answered}")]})
        return self.judged(self.pair(uas=server), played("ss", [runs[0]]), played("gg", [runs[1]]))

    def test_the_tag_of_the_answer(self):
        self.assert_explained("tag-grammar", self.judge("To: <sip:b>", "To: <sip:b>;tag=<tag-2>"))

    def test_no_other_tag(self):
        for case in (
            ("To: <sip:b>", "To: <sip:b>;tag=<tag-3>"),
            ("To: <sip:b>", "To: <sip:c>;tag=<tag-2>"),
            ("To: <sip:b>;tag=<tag-2>", "To: <sip:b>"),
            ("To: <sip:b>", "To: <sip:b>;tag=<tag-2>", "<sip:b>;tag=t1"),
            ("To: <sip:b>", "To: <sip:b>;tag=<tag-2>", "<sip:b> ; tag = t1", ";tag=t1"),
            ("To: <sip:b>\nX: ;tag=<tag-1>", "To: <sip:b>;tag=<tag-2>\nX: ;tag=<tag-2>"),
        ):
            self.assertEqual(self.judge(*case).word, "differs", case)


class NestedBrackets(Case):
    """nested-brackets."""

    LINE = "X-A: [authentication username=[field0] password=p[field1]] [cseq]5"
    THEIRS, OURS = "X-A: ann[authentication username= password=p7] 15", "X-A: [authentication username=ann password=p7] 15"

    def judge(self, theirs, ours, line=LINE, swap=False):
        """A line of the caller's request, by SIPp and here."""
        texts = CLIENT.replace("SIP/2.0\n", f"SIP/2.0\n      {line}\n")
        pair = self.pair(uac=CLIENT if swap else texts, uas=texts if swap else SERVER)
        runs = [exchange(f"{OPTIONS}\n{header}") for header in (theirs, ours)]
        return self.judged(pair, played("ss", runs[:1]), played("gs", runs[1:]))

    def test_the_pieces_in_their_order(self):
        self.assert_explained("nested-brackets", self.judge(self.THEIRS, self.OURS))
        self.assert_explained("nested-brackets", self.judge("a1[b c 2[d]", "a[b1 c [d2]", "a[b[x] c [d[y]]"))

    def test_nothing_else_of_the_line(self):
        for theirs, ours in (
            (self.THEIRS, self.OURS.replace("p7", "p8")),
            (self.THEIRS, self.OURS.replace("ann", "bob")),
            (self.THEIRS, self.OURS.replace("[auth", "auth")),
            (self.THEIRS, self.OURS.replace(" 15", " 25")),
            (self.THEIRS.replace("X-A", "X-B"), self.OURS),
            ("X-A: [a] 1", "X-A: [a] 2"),  # a bracket alone is no reason
            (f"{self.THEIRS}\nX-B: 1", f"{self.OURS}\nX-B: 2"),
            (f"{self.THEIRS}\nX-B: [1", f"{self.OURS}\nX-B: [2"),
        ):
            self.assertEqual(self.judge(theirs, ours).word, "differs", (theirs, ours))
        self.assertEqual(self.judge(self.THEIRS, self.OURS, "X-A: [field0]").word, "differs")
        self.assertEqual(self.judge(self.THEIRS, self.OURS, swap=True).word, "differs")  # not of the sender's scenario


class LostConnection(Case):
    """lost-connection."""

    SAID = "Broken pipe on TCP connection, remote peer probably closed the socket"

    def judge(self, found, args="uac: -t tn -max_reconnect 2", sockets=2, code=255, said=SAID):
        """SIPp ends with one call failed, one open and one not begun."""
        figures = {"TotalCallCreated": 3, "SuccessfulCall_C": 1, "FailedCall_C": 1, "FailedCannotSendMessage_C": 1, "FatalErrors_C": 1}
        wanted = played("ss", [exchange()], uac=party(code=code, errors=[said], **figures, FailedTcpConnect_C=0, OutgoingCall_C=3))
        run = played("gs", [exchange()], uac=found)
        wanted.sockets, run.sockets = {"tcp uac>uas": 1}, {"tcp uac>uas": sockets}
        return self.judged(self.pair(args=args), wanted, run)

    @staticmethod
    def found(code=1, **changed):
        """Here all four fail for want of a connection but the one that had succeeded."""
        figures = {"TotalCallCreated": 4, "SuccessfulCall_C": 1, "FailedCall_C": 3, "FailedCannotSendMessage_C": 0, "FatalErrors_C": 0}
        return party(code=code, **{**figures, "FailedTcpConnect_C": 3, "OutgoingCall_C": 4, **changed})

    def test_the_calls_fail_and_not_the_run(self):
        self.assert_explained("lost-connection", self.judge(self.found()))

    def test_no_other_figures_and_no_other_reason(self):
        for verdict in (
            self.judge(self.found(code=0)),
            self.judge(self.found(code=255)),
            self.judge(self.found(SuccessfulCall_C=2, FailedCall_C=2, FailedTcpConnect_C=2)),
            self.judge(self.found(FailedCall_C=2)),  # one is left open
            self.judge(self.found(FailedTcpConnect_C=2)),  # one failed for another reason
            self.judge(self.found(FatalErrors_C=2)),
            self.judge(self.found(OutgoingCall_C=5)),
            self.judge(self.found(DeadCallMsgs_C=1)),
            self.judge(self.found(), sockets=4),
            self.judge(self.found(), sockets=0),
            self.judge(self.found(), args="uac: -t u1"),
            self.judge(self.found(), said="There were more errors, see the log file"),
            self.judge(self.found(), code=1),
        ):
            self.assertEqual(verdict.word, "differs")


def stream(head, **more):
    """What is compared of a stream with these payloads."""
    return {"count": len(head), "markers": 0, "step": 160, "sizes": [172], "head": head, **more}


class Media(Case):
    """wav-header and dtmf-clock."""

    WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(20) + b"data\x40\0\0\0"
    DTMF = CLIENT.replace("<recv", '<nop><action><exec play_dtmf="1"/></action></nop><recv')

    def judge(self, wanted, found, kind="8", uac=CLIENT, again=None):
        """A stream of the caller, by SIPp twice and here."""
        runs = [played(c, [exchange()]) for c in ("ss", "ss", "gs")]
        for run, value in zip(runs, (wanted, again or wanted, found)):
            run.media = {f"uac>uas pt {kind}": value}
        pair = self.pair(uac=uac)
        return compare.compare(compare.learn(runs[:2], pair), runs[2], pair)

    @staticmethod
    def packets(octets):
        """Payloads of 160 octets."""
        return [octets[i : i + 160] for i in range(0, len(octets), 160)][:20]

    def test_samples_without_their_header(self):
        samples = bytes(i * 7 % 251 for i in range(400))
        theirs, ours = self.packets((self.WAV + samples) * 9), self.packets(samples * 9)
        self.assert_explained("wav-header", self.judge(stream(theirs), stream(ours)))
        other = samples[:390] + b"0123456789"
        for found in (
            stream(self.packets(other * 9)),
            stream(self.packets(samples[1:] * 9)),
            stream(ours, step=80),
            stream(ours, sizes=[172, 12]),
            stream(ours, count=40),
            stream([]),
        ):
            self.assertEqual(self.judge(stream(theirs), found).word, "differs")
        raw = self.packets((b"x" + self.WAV[1:] + samples) * 9)
        self.assertEqual(self.judge(stream(raw), stream(ours)).word, "differs")

    @staticmethod
    def events(first, durations, reserved=0, **more):
        """Two events: the last three packets of each tell their end."""
        octets = [
            bytes([event, (0x80 if i >= len(durations) - 3 else 0) | reserved | 10]) + d.to_bytes(2, "big")
            for event in (first, first + 1)
            for i, d in enumerate(durations)
        ]
        return stream(octets, **{"step": 0, "sizes": [16], **more})

    THEIRS, OURS = (0, 160, 320, 480, 480, 480), (160, 320, 480, 480, 480, 480)

    def test_events_by_the_clock_of_samples(self):
        def judge(found, theirs=self.events(1, self.THEIRS, 0x40), uac=self.DTMF, kind="96"):
            return self.judge(theirs, found, kind, uac, again=None if kind == "97" else self.events(1, self.THEIRS))

        good = self.events(1, self.OURS)
        self.assert_explained("dtmf-clock", judge(good))
        for found in (
            self.events(2, self.OURS),
            self.events(1, self.OURS, 0x40),  # the reserved bit is 0
            self.events(1, self.OURS, 0x20),  # another volume
            self.events(1, (160, 320, 480, 640, 640, 640)),
            self.events(1, (1280, 2560, 3840, 480, 480, 480)),
            self.events(1, self.OURS, step=160),
            self.events(1, self.OURS, markers=3),
        ):
            self.assertEqual(judge(found).word, "differs", found)
        self.assertEqual(judge(good, self.events(1, self.THEIRS), uac=CLIENT).word, "differs")

    def test_empty_packets_by_the_clock_of_samples(self):
        empty = [bytes(4)] * 20
        self.assert_explained("dtmf-clock", self.judge(stream(empty, step=20), stream(empty), "97", self.DTMF))
        for found in (stream(empty, step=80), stream([b"\1\0\0\0"] * 20)):
            self.assertEqual(self.judge(stream(empty, step=20), found, "97", self.DTMF).word, "differs")
        self.assertEqual(self.judge(stream(empty, step=20), stream(empty), "97").word, "differs")


class Acks(Case):
    """ack-cseq."""

    def judge(self, number):
        """A judge of a call whose ACK has this number."""
        invite = OPTIONS.replace("OPTIONS", "INVITE")
        call = {"uac>uas": [message(invite), message(invite.replace("INVITE", "ACK").replace("CSeq: 1", f"CSeq: {number}"), 0.1)], "uas>uac": []}
        return Scripted(self.pair(), {name: played(name, [call]) for name in ("ss", "gs", "sg", "gg")})

    def test_ours_is_told_to_take_any_number(self):
        scripted = self.judge(7)
        self.assert_explained("ack-cseq", scripted.verdict("gg"))
        self.assertEqual(scripted.told, ["-default_behaviors", "all,-cseq"])

    def test_only_where_it_is_another_one(self):
        scripted = self.judge(1)
        self.assertEqual((scripted.verdict("gg").departures, scripted.told), ([], []))

    def test_nothing_else_is_explained(self):
        scripted = self.judge(7)
        scripted.script["gg"].parties["uac"] = party(code=1)
        self.assert_differs("exit code 1", scripted.verdict("gg"))


class Figures(Case):
    """What is out of call is compared."""

    def test_dead_and_out_of_call_messages_count(self):
        for figures in ({"DeadCallMsgs_C": 1}, {"OutOfCallMsgs_C": 1}):
            self.assert_differs("CallMsgs(C) is 1, SIPp's 0", self.judged(self.pair(), played("ss", [exchange()]), played("gg", [exchange()], party(**figures))))


if __name__ == "__main__":
    unittest.main()
