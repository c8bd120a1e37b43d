//! The presence and registration features of pysiptest's users, unchanged and in real time, at the
//! embedded server and at Kamailio, with all of their scenarios.
//!
//! A bare Kamailio knows no words such as "Unregistered" and "On The Phone", takes the foreign addresses
//! of two scenarios for others' and asks for no credentials inside dialogs. What a PBX does of that is
//! added to its configuration: `interop/kamailio/states.cfg`.

use std::time::Duration;

use crate::harness::{FeatureRun, RunningFeature, Server, ServerKind, Site};

const LIMIT: Duration = Duration::from_mins(1);
/// One scenario pauses for 90 seconds.
const RENEW_LIMIT: Duration = Duration::from_secs(150);

/// The numbers that the presence features mean.
const WATCHERS: [(&str, &str); 3] = [("Alice", "2000"), ("Bob", "2001"), ("Charlie", "2002")];

/// The same for the registration feature; the numbers are others, so that it can run beside them.
const REGISTRANTS: [(&str, &str); 2] = [("Alice", "2003"), ("Bob", "2004")];

/// The features, how many scenarios pass, and how long that may take.
const FEATURES: [(&str, &str, Duration); 3] = [
    ("presence/presence", "4 scenarios: 4 passed", LIMIT),
    ("presence/renew", "6 scenarios: 6 passed", RENEW_LIMIT),
    ("rfc3665/registration", "6 scenarios: 6 passed", LIMIT),
];

#[test]
fn presence_and_registration_of_pysiptest_pass_at_both_servers() {
    let name = "presence_and_registration_of_pysiptest_pass_at_both_servers";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    // The long pause everywhere at once. Two features with the same users have a Kamailio each.
    let servers = FEATURES.map(|_| Server::kamailio_with_states(&site));
    let mut running: Vec<(RunningFeature, &str, Duration)> = Vec::new();
    for ((feature, counts, limit), server) in FEATURES.iter().zip(&servers) {
        let at_kamailio = format!(
            "default_server = \"Docker\"\n[server.Docker]\naddress = \"{}\"\ndomain = \
             \"kam.test\"\n",
            server.address()
        );
        let embedded = "[pbx]\nnonce_lifetime = \"60 s\"\n".to_owned();
        for (place, toml) in [("kamailio", at_kamailio), ("embedded", embedded)] {
            let stem = feature.rsplit('/').next().unwrap_or(feature);
            let fixture = Site::fixture(&format!("pysiptest/{feature}.feature"));
            let run = FeatureRun::of_file(&site, &format!("{stem}-at-{place}"), fixture);
            let run = run
                .with_config(&(toml + &users_of(feature)))
                .flag("--run-skipped");
            running.push((run.start(), counts, *limit));
        }
    }
    for (run, counts, limit) in running {
        let outcome = run.wait(limit);
        outcome.assert_passed();
        assert!(outcome.console.contains(counts), "{}", outcome.console);
    }
}

fn users_of(feature: &str) -> String {
    let users: &[(&str, &str)] = if feature.starts_with("rfc3665") {
        &REGISTRANTS
    } else {
        &WATCHERS
    };
    let users = users.iter().map(|(name, user)| {
        format!("\n[user.{name}]\nuser = \"{user}\"\npassword = \"{user}pw\"\n")
    });
    users.collect()
}
