//! Flows, keep-alives, GRUU, reasons and phones of RFC 2543 against Kamailio.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

const RUN_LIMIT: Duration = Duration::from_mins(2);

#[test]
fn kamailio_grants_flows_and_gruus_and_answers_keep_alives() {
    passes_with_kamailio(
        "kamailio_grants_flows_and_gruus_and_answers_keep_alives",
        "flows",
    );
}

#[test]
fn reasons_priorities_and_old_phones_pass_through_kamailio() {
    passes_with_kamailio(
        "reasons_priorities_and_old_phones_pass_through_kamailio",
        "identity",
    );
}

fn passes_with_kamailio(name: &'static str, feature: &str) {
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let file = Site::interop(&format!("calls/{feature}.feature"));
    let run = FeatureRun::of_file(&site, feature, file);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
}
