//! Settings of device profiles through the binary: the numbers of a device, and what is refused.

use std::path::Path;

use crate::bench::{Bench, feature};

#[test]
fn calls_work_with_every_setting_of_the_feature() {
    let feature = Path::new(env!("CARGO_MANIFEST_DIR"));
    let feature = feature.join("../../features/device_settings.feature");
    let run = Bench::new().run_words(&["test", &feature.display().to_string()]);
    run.expect(0, &[]);
    run.lacks(&["skipped"]);
}

#[test]
fn a_device_calls_its_own_numbers() {
    let pickup = [
        "Alice uses generic phone",
        "Bob uses generic phone",
        "Charlie uses generic phone with pickup.number \"*5{user}\"",
        "Alice calls Bob",
        "Bob rings",
        "Charlie picks up Bob",
        "Charlie sends INVITE with header To matching /sip:\\*5/",
        "Alice is connected to Charlie",
    ];
    let park = [
        "Alice uses generic phone with outgoing.dial-plan \"{ '9(.)' = '*7$1' }\"",
        "Bob uses generic phone with park.number \"park+{slot}\"",
        "Charlie uses generic phone with park.retrieve-number \"*72{slot}\"",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob parks the call on 501",
        "Bob sends REFER with header Refer-To matching /park\\+501/",
        "Charlie retrieves the call from 501",
        "Charlie sends INVITE with header To matching /\\*72501/",
        "Alice is connected to Charlie",
        "Charlie hangs up",
        "Alice is idle",
        "Alice calls 92999",
        "Alice sends INVITE with header To matching /\\*72999/",
        "the call fails with 404",
    ];
    Bench::new()
        .with("gannet.toml", "[pbx.numbers]\n\"*5{n}\" = \"pickup\"\n")
        .with("pickup.feature", &feature(&pickup))
        .with("park.feature", &feature(&park))
        .run("test pickup.feature park.feature")
        .expect(0, &["2 scenarios: 2 passed"]);
}

#[test]
fn calls_meet_at_the_conference_server_of_the_device() {
    let meet = [
        "Alice uses generic phone with conference.server conference",
        "Bob uses generic phone",
        "Carol uses generic phone",
        "Alice calls Bob as call first",
        "Bob answers the call",
        "Alice puts the call on hold",
        "Alice calls Carol as call second",
        "Carol answers the call",
        "Alice joins calls first and second",
        "Alice hears 2 parties",
        "Bob hears 2 parties",
        "Carol hears 2 parties",
    ];
    Bench::new()
        .with("meet.feature", &feature(&meet))
        .run("test meet.feature")
        .expect(0, &["1 scenario: 1 passed"]);
}

#[test]
fn what_is_not_supported_is_refused_with_its_place() {
    let profile =
        "inherits = \"generic\"\n[rtp]\nrtcp-xr = true\n[quirks]\nignores-updates = true\n";
    let run = Bench::new()
        .with("devices/Mine.toml", profile)
        .run("check devices/Mine.toml");
    run.expect(
        2,
        &[
            "Mine.toml:3:1",
            "rtp.rtcp-xr is not supported yet",
            "Mine.toml:5:1",
            "did you mean `ignores-update`?",
        ],
    );
}
