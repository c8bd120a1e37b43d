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
