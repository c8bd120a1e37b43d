//! What the calls of a player share.

use gannet_scenario::sipp::model::{Scenario, Scope};

use super::{Circuits, Needs, Scratch};
use crate::sipp::Settings;
use crate::sipp::values::Stores;

/// What the calls of a player share: variables of wider scope, counters, and memory to work in.
#[derive(Debug)]
pub(in crate::sipp) struct Common {
    /// Variables of the process and of its users.
    pub(in crate::sipp) stores: Stores,
    /// Memory to work in.
    pub(in crate::sipp) scratch: Scratch,
    /// Warnings since the start.
    pub(in crate::sipp) warnings: u64,
    /// Circuits of `-tdmmap`.
    pub(in crate::sipp) circuits: Circuits,
    /// The next `[dynamic_id]`.
    pub(super) dynamic_id: u64,
    /// How many variables a call has, with those of a user that it has not.
    pub(super) call_variables: usize,
    /// Where the variables of a user begin in a call without one.
    pub(super) user_variables_at: usize,
    /// What the digest of `[authentication]` covers as URI.
    pub(super) auth_uri: Vec<u8>,
    /// The keys of `[identity]`, by the names of their files.
    pub(super) signing_keys: Vec<(Vec<u8>, gannet_stir::SigningKey)>,
    /// What every `[branch]` begins with.
    pub(super) branch: Vec<u8>,
    /// The scenario sends media, so the world is told the ports.
    pub(super) plays_media: bool,
    /// It was said that a header had lost its end.
    pub(super) said_header_end: bool,
}

impl Common {
    /// Nothing stored yet. Variables of wider scope have the same numbers in all scenarios of a run.
    pub(in crate::sipp) fn new<'s>(
        scenarios: impl IntoIterator<Item = &'s Scenario>,
        settings: &Settings,
    ) -> Self {
        let [mut globals, mut of_user, mut of_call] = [0; 3];
        let mut plays_media = false;
        for scenario in scenarios {
            globals = globals.max(scenario.variables_in(Scope::Global));
            of_user = of_user.max(scenario.variables_in(Scope::User));
            of_call = of_call.max(scenario.variables_in(Scope::Call));
            plays_media |= Needs::of(scenario).media;
        }
        Self {
            stores: Stores::new(globals, of_user),
            scratch: Scratch::default(),
            warnings: 0,
            circuits: Circuits::new(settings.tdm_map.as_ref()),
            dynamic_id: settings.dynamic_id.start,
            call_variables: of_call + of_user,
            user_variables_at: of_call,
            auth_uri: auth_uri(settings),
            signing_keys: Vec::new(),
            branch: format!("z9hG4bK-{}-", settings.facts.pid).into_bytes(),
            plays_media,
            said_header_end: false,
        }
    }
}

/// `-auth_uri`, or the peer's address. A scheme stands before it whatever it begins with, as in SIPp.
fn auth_uri(settings: &Settings) -> Vec<u8> {
    let facts = &settings.facts;
    let uri = match (&facts.auth_uri, facts.remote) {
        (Some(uri), _) => format!("sip:{uri}"),
        (None, Some(remote)) => format!("sip:{remote}"),
        (None, None) => "sip:".to_owned(),
    };
    uri.into_bytes()
}
