//! What handles ask the server's task to do.

use gannet_ua::endpoint::Body;
use tokio::sync::oneshot;

use crate::error::PbxError;
use crate::numbers::ForwardWhen;
use crate::registrar::{RegistrarFeatures, TrustDomain};
use crate::snapshot::{ChannelView, PbxSnapshot};
use crate::user::{Forward, PbxUser, Screening};
use std::time::Duration;

/// A command with the way back for its answer.
#[derive(Debug)]
pub(crate) enum Command {
    AddUser(PbxUser, Answer),
    PutUser(PbxUser, Answer),
    RemoveUser(String, Answer),
    SetDnd(String, bool, Answer),
    SetForward(String, Forward, Answer),
    SetRegistrar(RegistrarFeatures, Answer),
    SetTrust(TrustDomain, Answer),
    SetStir(Box<Option<crate::stir::PbxStir>>, Answer),
    SetKeepsTexts(bool, Answer),
    ForwardOne(
        String,
        ForwardWhen,
        (Option<String>, Option<Duration>),
        Answer,
    ),
    Screen(String, Screening, String, Answer),
    Snapshot(oneshot::Sender<PbxSnapshot>),
    Channels(oneshot::Sender<Vec<ChannelView>>),
    SendInfo(String, Body, Answer),
    Stop,
}

/// Where the outcome of a command goes.
pub(crate) type Answer = oneshot::Sender<Result<(), PbxError>>;
