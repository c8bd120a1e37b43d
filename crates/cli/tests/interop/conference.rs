//! A foreign phone in a conference of the embedded server with two phones of gannet.

use std::time::Duration;

use crate::harness::{Baresip, FeatureRun, ForeignPhone, HeardTone, Server, ServerKind, Site};

/// What the foreign phone plays; `interop/calls/conference.feature` names it.
const FOREIGN_TONE_HZ: u16 = 880;
const CONNECTED_LIMIT: Duration = Duration::from_secs(10);
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// How much of the two phones the foreign one hears at least.
const HEARS: Duration = Duration::from_secs(4);

#[test]
fn baresip_meets_two_phones_in_a_room() {
    let needed = [ServerKind::Embedded.programs(), &["baresip", "python3"]].concat();
    let Some(site) = Site::open("baresip_meets_two_phones_in_a_room", &needed) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let mut phone = Baresip::start(&site, &server.account("bob"), FOREIGN_TONE_HZ, &[]);
    phone.dial(&Server::uri("conference"));
    phone.next("CALL_ESTABLISHED", CONNECTED_LIMIT);
    let feature = Site::interop("calls/conference.feature");
    let run = FeatureRun::of_file(&site, "conference", feature);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    phone.hang_up();
    let heard = HeardTone::of(&site, &phone.finished_recording());
    assert!(
        heard.is_a_mark() && heard.seconds >= HEARS.as_secs_f32(),
        "baresip heard {heard:?} in the conference, which is no phone of gannet"
    );
}
