//! The presence features of pysiptest's users, unchanged and in real time.
//!
//! At Kamailio those scenarios run whose texts it can know: it makes no "Unregistered", "Available" and
//! "On The Phone" of registrations and calls, and relays a SUBSCRIBE whose Request-URI is a foreign
//! address (`Subscription uses STUN external address`, `.. local NAT address`) to that address; inside
//! a dialog it asks for no credentials, so that an old nonce gets no 401 (`Renewal is outside ..`).

use std::path::PathBuf;
use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

const LIMIT: Duration = Duration::from_mins(1);
/// One scenario pauses for 90 seconds.
const RENEW_LIMIT: Duration = Duration::from_secs(150);

/// The names that the features use, for users of Kamailio.
const USERS: [(&str, &str); 3] = [("Alice", "carol"), ("Bob", "dave"), ("Charlie", "erin")];

/// The same for the embedded server, with the numbers that the features mean.
const NUMBERS: [(&str, &str); 3] = [("Alice", "2000"), ("Bob", "2001"), ("Charlie", "2002")];

/// The lines of the scenarios that say nothing that only FreeSWITCH and the embedded server say.
const AT_KAMAILIO: [(&str, &[u32]); 2] = [("presence", &[41, 85]), ("renew", &[3, 11, 21])];

#[test]
fn presence_features_of_pysiptest_pass_with_the_embedded_server() {
    let name = "presence_features_of_pysiptest_pass_with_the_embedded_server";
    let Some(site) = Site::open(name, &[]) else {
        return;
    };
    let users = NUMBERS.map(|(name, user)| {
        format!("[user.{name}]\nuser = \"{user}\"\npassword = \"{user}pw\"\n\n")
    });
    let toml = format!("{}[pbx]\nnonce_lifetime = \"60 s\"\n", users.concat());
    let run = |stem: &str| {
        let fixture = Site::fixture(&format!("pysiptest/presence/{stem}.feature"));
        let run = FeatureRun::of_file(&site, stem, fixture);
        run.with_config(&toml).start()
    };
    let (presence, renew) = (run("presence"), run("renew"));
    presence.wait(LIMIT).assert_passed();
    renew.wait(RENEW_LIMIT).assert_passed();
}

#[test]
fn presence_scenarios_of_pysiptest_pass_with_kamailio() {
    let name = "presence_scenarios_of_pysiptest_pass_with_kamailio";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let toml = server.gannet_toml_of("Docker", &USERS);
    for (stem, lines) in AT_KAMAILIO {
        let fixture = Site::fixture(&format!("pysiptest/presence/{stem}.feature"));
        for line in lines {
            let scenario = PathBuf::from(format!("{}:{line}", fixture.display()));
            let run = FeatureRun::of_file(&site, &format!("{stem}-{line}"), scenario);
            run.with_config(&toml).run(LIMIT).assert_passed();
        }
    }
}
