//! Reading small scenarios.

use gannet_scenario::model::Piece;
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::model::{Scenario, StepKind};
use gannet_scenario::sipp::{Options, load};

/// A scenario that has nothing wrong in it but what is warned of.
pub(crate) fn read(text: &[u8], options: &Options) -> Scenario {
    let file = NamedBytes {
        name: "s.xml".to_owned(),
        bytes: text.to_vec(),
    };
    let loaded = load(&file, options);
    let shown = gannet_diag::render(&loaded.source, &loaded.diagnostics, false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}"))
}

/// A scenario of these elements.
pub(crate) fn scenario(elements: &str) -> Scenario {
    let text = format!("<scenario>{elements}</scenario>");
    read(text.as_bytes(), &Options::default())
}

/// The message of the first step; keywords as `{}`.
pub(crate) fn message(scenario: &Scenario) -> Vec<u8> {
    let StepKind::Send(send) = &scenario.steps[0].kind else {
        panic!("no message is sent");
    };
    let mut out = Vec::new();
    for piece in &send.text.pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
            Piece::Slot(_) => out.extend_from_slice(b"{}"),
        }
    }
    out
}

/// The message of a scenario that only sends that CDATA section.
pub(crate) fn sent(cdata: &str) -> String {
    let scenario = scenario(&format!("<send><![CDATA[{cdata}]]></send>"));
    message(&scenario).escape_ascii().to_string()
}
