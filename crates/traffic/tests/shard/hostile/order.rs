//! Messages, news of connections and time in any order: the books stay in balance.

use gannet_events::traffic::Command;
use gannet_traffic::shard::PortKey;

use crate::bench::{Player, Script, receive, section, send, wait};

const CORRELATION: &str = r#"<correlation>
  <channel name="client">
    <retrieve><search-in-map name="other-id"></search-in-map><search-in-map name="call-id"></search-in-map></retrieve>
    <command name="first"><post-action>
      <insert-in-map channel="client" entity="call-id"></insert-in-map></post-action></command>
  </channel>
  <channel name="own-tcp">
    <command name="own"><post-action>
      <insert-in-map channel="own-tcp" entity="call-id"></insert-in-map></post-action></command>
  </channel></correlation>"#;

/// Sections that return, one that does not, and an abort section.
fn beside() -> String {
    const RETURN: &str = "default behaviour=\"return\"";
    let answering = ["INFO", "NOTIFY"].map(|method| {
        let answer = send("client", &format!("200 {method}")).text();
        section(
            RETURN,
            &[receive("client", method).text(), wait(30), answer, wait(10)],
        )
    });
    let options = receive("client", "200 OPTIONS").attributes("cseq-method=\"OPTIONS\"");
    let asking = section(
        RETURN,
        &[
            receive("client", "PRACK").text(),
            send("client", "OPTIONS").attributes(RFC).text(),
            options.text(),
        ],
    );
    let ending = section(
        "default",
        &[
            receive("client", "BYE").text(),
            send("client", "200 BYE").text(),
        ],
    );
    let bye = send("client", "BYE").attributes("retrans=\"200\"").text();
    let abort = section("abort", &[bye, receive("client", "200 BYE").text()]);
    format!("{abort}{}{asking}{ending}", answering.concat())
}

const RFC: &str = "retrans=\"rfc3261\"";

/// A client with everything in it.
fn scenario() -> String {
    let open = r#"<open args=""></open>"#;
    let stop_and_rekey = r#"<stop-timer></stop-timer>
        <set-new-session-id name="id" entity="other-id"></set-new-session-id>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(&format!("label=\"first\" {RFC}"))
                .text(),
            receive("client", "180 INVITE")
                .attributes("optional=\"true\" label=\"again\"")
                .text(),
            receive("client", "200 INVITE")
                .attributes("accept=\"183=again 486=end\"")
                .after(r#"<check-presence name="subject" behaviour="abort"></check-presence>"#)
                .text(),
            send("client", "ACK").text(),
            wait(20),
            send("own-tcp", "OPTIONS")
                .attributes("label=\"own\"")
                .before(open)
                .text(),
            receive("client", "200 OPTIONS")
                .after("<start-timer></start-timer>")
                .text(),
            send("client", "BYE").attributes(RFC).text(),
            receive("client", "200 BYE").after(stop_and_rekey).text(),
            send("client", "ACK").attributes("label=\"end\"").text(),
        ],
    );
    format!("{CORRELATION}{traffic}{}", beside())
}

fn one_thing(calls: &mut Player, rng: &mut fastrand::Rng) {
    const NAMES: [&str; 14] = [
        "100",
        "180",
        "183",
        "200|CSeq: 1 INVITE|Subject: x",
        "200|CSeq: 5 OPTIONS|Subject: x",
        "200|CSeq: 9 BYE|Subject: x",
        "200|Other-ID: o",
        "486",
        "INFO",
        "NOTIFY",
        "PRACK",
        "BYE",
        "ACK",
        "MESSAGE",
    ];
    match rng.u32(..20) {
        0..12 => {
            let name = NAMES[rng.usize(..NAMES.len())];
            let newest = calls.figures().outgoing_calls;
            let id = rng.u64(newest.saturating_sub(6)..=newest);
            let more = if rng.u32(..4) == 0 {
                format!("|X-Line: {}", rng.u8(..))
            } else {
                String::new()
            };
            calls.peer(&format!("{name}|Call-ID: {id}@me{more}"));
        }
        12..16 => {
            calls.pass_ms(rng.u64(..60));
        }
        16 => {
            calls.pass_ms(rng.u64(..2_000));
        }
        17 | 18 if !calls.world.opened.is_empty() => {
            let recent = calls.world.opened.len().saturating_sub(4);
            let at = rng.usize(recent..calls.world.opened.len());
            let port: PortKey = calls.world.opened[at].0;
            if rng.bool() {
                calls.connected(port);
            } else {
                calls.closed(port);
            }
        }
        19 if rng.u32(..20) == 0 => {
            let commands = [
                Command::PauseOrResume,
                Command::Burst,
                Command::SetRate(40.0),
                Command::ForceInit,
            ];
            calls.command(commands[rng.usize(..commands.len())]);
        }
        _ => {}
    }
    calls.world.sent.clear();
    calls.world.log.clear();
}

#[test]
fn every_call_that_began_is_open_or_ended_whatever_comes() {
    let scenario = scenario();
    for seed in 1..=60 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut calls = Script::new(&scenario)
            .param("call-rate", "30")
            .param("max-simultaneous-calls", "12")
            .param("call-timeout-ms", "900")
            .param("call-open-timeout-ms", "300")
            .param(
                "call-timeout-behaviour-abort",
                if seed % 2 == 0 { "true" } else { "false" },
            )
            .param("retrans-enabled", "true")
            .param("max-retrans", "3")
            .param(
                "absorb-retransmissions",
                if seed % 3 == 0 { "true" } else { "false" },
            )
            .player();
        for _ in 0..600 {
            one_thing(&mut calls, &mut rng);
            let figures = calls.figures();
            assert_eq!(
                figures.calls_started(),
                figures.calls_ended() + figures.calls_open,
                "seed {seed}: {}",
                calls.tally()
            );
            assert!(figures.calls_open <= 12, "seed {seed}");
        }
        calls.command(Command::SetRate(0.0));
        calls.pass_ms(120_000);
        let figures = calls.figures();
        assert_eq!(figures.calls_open, 0, "seed {seed}: {}", calls.tally());
        let failed: u64 = figures
            .sections
            .iter()
            .flatten()
            .map(|step| step.calls_failed)
            .sum();
        assert_eq!(failed, figures.failed, "seed {seed}");
        // No timer is left of any call, and every channel that was opened is closed or lost.
        assert_eq!(
            calls.shard.next_deadline_ns(calls.now_ns()),
            None,
            "seed {seed}"
        );
        assert!(
            figures.calls_started() > 20,
            "seed {seed}: {}",
            calls.tally()
        );
    }
}
