//! What handles ask the server's task to do.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::PbxError;
use crate::numbers::ForwardWhen;
use crate::snapshot::PbxSnapshot;
use crate::user::{Forward, PbxUser};

/// A command with the way back for its answer.
#[derive(Debug)]
pub(crate) enum Command {
    AddUser(PbxUser, Answer),
    RemoveUser(String, Answer),
    SetDnd(String, bool, Answer),
    SetForward(String, Forward, Answer),
    ForwardOne(
        String,
        ForwardWhen,
        (Option<String>, Option<Duration>),
        Answer,
    ),
    Snapshot(oneshot::Sender<PbxSnapshot>),
    Stop,
}

/// Where the outcome of a command goes.
pub(crate) type Answer = oneshot::Sender<Result<(), PbxError>>;
