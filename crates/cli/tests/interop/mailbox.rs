//! SIPp at the mailbox of the embedded server: its keys in RTP and in INFO.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, Sipp, Site, Transport, until};

const RUN_LIMIT: Duration = Duration::from_mins(1);
const DELETED_LIMIT: Duration = Duration::from_secs(5);

#[test]
fn sipp_goes_on_and_deletes_by_keys() {
    let Some(site) = Site::open("sipp_goes_on_and_deletes_by_keys", &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|config| {
        for user in &mut config.users {
            user.voicemail = user.name == "bob";
        }
    });
    // Bob is not there: each call ends at his voicemail.
    let feature = Site::interop("calls/leaves_voicemail.feature");
    let run = FeatureRun::of_file(&site, "leaves_voicemail", feature);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    assert_eq!(server.messages("bob"), Some((3, 0)));

    // 6 and 7 as telephone-events: the second message goes. 7 by INFO: the third one, too.
    let bob = server.account("bob");
    let scenario = Site::interop("sipp/mailbox.xml");
    let arguments = [
        "-sf",
        &scenario.to_string_lossy(),
        &bob.server,
        "-m",
        "1",
        "-s",
        "*97",
        "-key",
        "user",
        &bob.user,
        "-key",
        "host",
        &bob.domain,
        "-au",
        &bob.user,
        "-ap",
        &bob.password,
        "-auth_uri",
        &bob.domain,
    ];
    Sipp::start(&site, Transport::Udp, &arguments).assert_success();
    until("two messages to be deleted", DELETED_LIMIT, || {
        (server.messages("bob") == Some((1, 0))).then_some(())
    });
}
