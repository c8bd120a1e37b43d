//! The two scenarios that everybody plays.

use gannet_scenario::sipp::builtin::builtin;

use crate::bench::{Pair, Script};

fn built_in(name: &str) -> Script {
    Script::new(builtin(name).expect("built in").text)
}

#[test]
fn uac_and_uas_play_a_hundred_calls() {
    let client = built_in("uac").with(|settings| {
        settings.pacing.calls_per_s = 50.0;
        settings.calls_wanted = Some(100);
    });
    let server = built_in("uas").with(|settings| settings.calls_wanted = Some(100));
    let mut pair = Pair::new(&client, &server);
    pair.finish(20_000);
    assert_eq!(pair.client.tally(), "out 100, good 100");
    assert_eq!(pair.server.tally(), "in 100, good 100");
    let flow = ["> INVITE", "< 180", "< 200", "> ACK", "> BYE", "< 200"];
    assert_eq!(pair.crossed.len(), 600);
    assert_eq!(pair.crossed[..6], flow);
}

#[test]
fn calls_survive_the_loss_of_datagrams() {
    for percent in [1, 10] {
        let client = built_in("uac").with(|settings| {
            settings.pacing.calls_per_s = 200.0;
            settings.calls_wanted = Some(1_500);
        });
        let server = built_in("uas").with(|settings| settings.calls_wanted = Some(1_500));
        let mut pair = Pair::new(&client.quiet(), &server.quiet());
        let mut rng = fastrand::Rng::with_seed(percent);
        pair.loses = Box::new(move |_, _| rng.u64(..100) < percent);
        pair.finish(80_000);
        let (client, server) = (pair.client.figures(), pair.server.figures());
        let what = format!("{} / {}", pair.client.tally(), pair.server.tally());
        if percent == 1 {
            assert_eq!((client.failed, server.failed), (0, 0), "{what}");
        }
        assert!(client.failed + server.failed < 15, "{what}");
        assert!(
            client.retransmissions > 0 && server.retransmissions > 0,
            "{what}"
        );
    }
}

/// Which message is lost the first time (true: on the way to the server), and what crosses the wire.
const LOSSES: [(bool, &str, &[&str]); 6] = [
    (
        true,
        "INVITE",
        &[
            "> INVITE lost",
            "> INVITE",
            "< 180",
            "< 200",
            "> ACK",
            "> BYE",
            "< 200",
        ],
    ),
    (
        false,
        "180",
        &["> INVITE", "< 180 lost", "< 200", "> ACK", "> BYE", "< 200"],
    ),
    (
        false,
        "200",
        &[
            "> INVITE",
            "< 180",
            "< 200 lost",
            "< 200",
            "> ACK",
            "> BYE",
            "< 200",
        ],
    ),
    (
        true,
        "ACK",
        &["> INVITE", "< 180", "< 200", "> ACK lost", "> BYE", "< 200"],
    ),
    (
        true,
        "BYE",
        &[
            "> INVITE",
            "< 180",
            "< 200",
            "> ACK",
            "> BYE lost",
            "> BYE",
            "< 200",
        ],
    ),
    // The 200 of the BYE, the second one.
    (
        false,
        "2",
        &[
            "> INVITE",
            "< 180",
            "< 200",
            "> ACK",
            "> BYE",
            "< 200 lost",
            "> BYE",
            "< 200",
        ],
    ),
];

#[test]
fn single_losses_are_made_good() {
    for (to_server, name, expected) in LOSSES {
        let client = built_in("uac").with(|settings| {
            settings.pacing.calls_per_s = 10.0;
            settings.calls_wanted = Some(1);
        });
        let server = built_in("uas").with(|settings| settings.calls_wanted = Some(1));
        let mut pair = Pair::new(&client, &server);
        let (mut lost, mut oks) = (false, 0);
        pair.loses = Box::new(move |direction, crossing| {
            oks += u32::from(crossing == "200");
            let hit = if name == "2" {
                oks == 2 && crossing == "200"
            } else {
                direction == to_server && crossing == name
            };
            hit && !std::mem::replace(&mut lost, true)
        });
        pair.finish(20_000);
        assert_eq!(pair.crossed, expected, "{name}");
        let failed = pair.client.figures().failed + pair.server.figures().failed;
        assert_eq!(failed, 0, "{name}");
    }
}
