//! Nothing that comes from the network makes a player panic or lose count.

use gannet_traffic::shard::PortKey;
use gannet_traffic::sipp::Protocol;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::bench::{PEER, Script, Side, message, send};
use gannet_scenario::sipp::builtin::builtin;

const WORDS: &[&str] = &[
    "INVITE", "ACK", "BYE", "CANCEL", "PING", "INFO", "OPTIONS", "100", "180", "200", "401", "486",
    "999", "0", "PRACK", "UPDATE",
];

fn branchy() -> Script {
    Script::new(&format!(
        "<recv request=\"[A-Z]+\" regexp_match=\"true\" rrs=\"true\"/>
        <label id=\"a\"/>
        <recv request=\"INFO\" optional=\"global\" next=\"b\" chance=\"0.5\"/>
        <recv response=\"200\" optional=\"true\" auth=\"true\" timeout=\"20\" ontimeout=\"b\"/>
        <recv request=\"OPTIONS\" lost=\"20\"><action><ereg regexp=\"(.*)\" search_in=\"hdr\" header=\"CSeq:\" assign_to=\"x,y\"/><log message=\"[$x][$y]\"/></action></recv>
        <label id=\"b\"/>{}<pause milliseconds=\"3\"/>{}
        <recv request=\"UPDATE\" optional=\"true\" next=\"a\"/><recv request=\"BYE\"/>
        <label id=\"_unexp.main\"/><recv request=\"PRACK\" optional=\"true\" next=\"a\"/><recv request=\"CANCEL\"/>
        <timewait milliseconds=\"5\"/>",
        send("200", "retrans=\"5\""),
        send("INFO", ""),
    ))
}

fn scripts() -> [Script; 4] {
    let built_in = |name: &str| Script::new(builtin(name).expect("built in").text);
    [
        built_in("uas"),
        built_in("uac").with(|settings| settings.pacing.calls_per_s = 300.0),
        branchy(),
        built_in("branchc").with(|settings| {
            settings.behaviours.auto_answer = true;
            settings.retransmission.compares_all = false;
            settings.pacing.calls_per_s = 300.0;
        }),
    ]
}

/// A message of some call, with a few bytes changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let name = proptest::sample::select(WORDS);
    let cseq = proptest::sample::select(WORDS);
    let changes = vec((any::<u16>(), any::<u8>()), 0..4);
    (name, 0..6_u32, cseq, changes, any::<bool>(), 0..3_u8).prop_map(
        |(name, call, cseq, changes, ours, cut)| {
            let id = if ours {
                format!("{call}-77@10.0.0.1")
            } else {
                format!("{call}@peer")
            };
            let more = format!(
                "{name}|CSeq: 1 {cseq}|Record-Route: <sip:r;lr>, <sip:s>|Contact: <sip:c>||v=0"
            );
            let mut bytes = message(&more, &id, "");
            for (at, byte) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] = byte;
            }
            if cut == 0 {
                bytes.truncate(bytes.len() / 2);
            }
            bytes
        },
    )
}

fn adds_up(side: &Side) {
    for figures in [Some(side.figures()), side.player.out_of_call_figures()]
        .into_iter()
        .flatten()
    {
        let ended = figures.successful + figures.failed;
        assert!(
            figures.created() >= figures.open + ended,
            "{}",
            side.tally()
        );
        assert!(
            figures.created() - figures.open - ended <= figures.auto_answered,
            "{}",
            side.tally()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn mutated_messages(messages in vec((mutated(), 0..4_u64), 1..60)) {
        for script in scripts() {
            let mut side = script.side();
            for (bytes, ms) in &messages {
                side.pass_ms(*ms);
                side.datagram(PEER, bytes);
                adds_up(&side);
            }
            side.pass_ms(1_000);
            adds_up(&side);
        }
    }

    #[test]
    fn any_bytes(messages in vec(vec(any::<u8>(), 0..200), 1..40)) {
        for script in scripts() {
            let mut side = script.side();
            for bytes in &messages {
                side.datagram(PEER, bytes);
                side.twin(&String::from_utf8_lossy(bytes));
            }
            adds_up(&side);
        }
    }

    #[test]
    fn streams_in_any_pieces(messages in vec(mutated(), 1..20), pieces in vec(1..400_usize, 1..30)) {
        for script in scripts() {
            let mut side = script.with(|settings| settings.protocol = Protocol::Tcp).side();
            let port = PortKey(9);
            side.player.handle_accepted(port);
            let bytes = messages.concat();
            let mut rest = &bytes[..];
            for piece in pieces.iter().cycle() {
                let (now, later) = rest.split_at((*piece).min(rest.len()));
                side.stream(port, now);
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            adds_up(&side);
            side.closed(port);
            adds_up(&side);
        }
    }
}
