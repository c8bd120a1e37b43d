//! A client and a server over a link that loses, repeats and overtakes.

use crate::bench::{Link, Pair, Script, receive, section, send, wait};

const RFC: &str = r#"retrans="rfc3261""#;

/// A client that does what RFC 3261 says about retransmissions.
fn robust_client() -> String {
    section(
        "traffic",
        &[
            send("client", "INVITE").opens().attributes(RFC).text(),
            receive("client", "180 INVITE")
                .attributes("optional=\"true\"")
                .text(),
            receive("client", "200 INVITE")
                .attributes("cseq-method=\"INVITE\"")
                .text(),
            send("client", "ACK").text(),
            wait(20),
            send("client", "BYE").attributes(RFC).text(),
            receive("client", "200 BYE")
                .attributes("cseq-method=\"BYE\"")
                .text(),
        ],
    )
}

fn robust_server() -> String {
    section(
        "traffic",
        &[
            receive("server", "INVITE").text(),
            send("server", "180 INVITE").text(),
            wait(10),
            send("server", "200 INVITE").attributes(RFC).text(),
            // When it is lost, the BYE comes before it is sent again.
            receive("server", "ACK")
                .attributes("optional=\"true\"")
                .text(),
            receive("server", "BYE").text(),
            send("server", "200 BYE").text(),
        ],
    )
}

fn pair(link: Link, seed: u64) -> Pair {
    let params = |script: Script| {
        script
            .param("absorb-retransmissions", "true")
            .param("max-simultaneous-calls", "10000")
            .quiet()
    };
    let client = params(Script::new(&robust_client()))
        .param("call-rate", "50")
        .param("number-calls", "100");
    Pair::new(
        client.player(),
        params(Script::new(&robust_server())).player(),
        link,
        seed,
    )
}

#[test]
fn repeated_and_overtaken_datagrams_fail_no_call() {
    for seed in 1..=10 {
        // What overtakes by no more than the pauses of the scenarios.
        let link = Link {
            lost: 0,
            repeated: 200,
            overtaken: 0,
        };
        let mut pair = pair(link, seed);
        pair.pass_ms(10_000);
        let (client, server) = (pair.client.figures(), pair.server.figures());
        assert_eq!(
            (client.traffic_successful, client.failed),
            (100, 0),
            "seed {seed}"
        );
        assert_eq!(
            (server.traffic_successful, server.failed),
            (100, 0),
            "seed {seed}"
        );
        assert!(server.retransmissions_absorbed > 20, "seed {seed}");
    }
}

#[test]
fn lost_datagrams_fail_no_call() {
    for seed in 1..=10 {
        let link = Link {
            lost: 100,
            repeated: 50,
            overtaken: 0,
        };
        let mut pair = pair(link, seed);
        pair.pass_ms(60_000);
        let (client, server) = (pair.client.figures(), pair.server.figures());
        assert_eq!(
            (client.traffic_successful, client.failed),
            (100, 0),
            "seed {seed}"
        );
        assert_eq!(
            (server.incoming_calls, server.failed),
            (100, 0),
            "seed {seed}"
        );
        assert!(client.retransmissions_sent > 10, "seed {seed}");
    }
}

#[test]
fn on_a_link_that_loses_and_overtakes_every_call_ends_and_every_failure_is_counted() {
    for seed in 1..=10 {
        let link = Link {
            lost: 100,
            repeated: 100,
            overtaken: 200,
        };
        let mut pair = pair(link, seed);
        pair.pass_ms(200_000);
        let (client, server) = (pair.client.figures(), pair.server.figures());
        assert_eq!(client.calls_open, 0, "seed {seed}");
        assert_eq!(
            client.traffic_successful + client.failed,
            100,
            "seed {seed}"
        );
        let ended = server.traffic_successful + server.failed + server.calls_open;
        assert_eq!(ended, server.incoming_calls, "seed {seed}");
    }
}
