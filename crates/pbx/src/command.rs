//! What handles ask the server's task to do.

use tokio::sync::oneshot;

use crate::error::PbxError;
use crate::snapshot::PbxSnapshot;
use crate::user::{Forward, PbxUser};

/// A command with the way back for its answer.
#[derive(Debug)]
pub(crate) enum Command {
    AddUser(PbxUser, Answer),
    PutUser(PbxUser, Answer),
    RemoveUser(String, Answer),
    SetDnd(String, bool, Answer),
    SetForward(String, Forward, Answer),
    Snapshot(oneshot::Sender<PbxSnapshot>),
    Stop,
}

/// Where the outcome of a command goes.
pub(crate) type Answer = oneshot::Sender<Result<(), PbxError>>;
