//! How things stand at the server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gannet_sip::Transport;

/// The state of the server at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PbxSnapshot {
    /// Contacts that are bound, by user.
    pub registrations: Vec<RegistrationView>,
    /// Calls that are not over.
    pub calls: Vec<CallView>,
    /// The mailboxes of all users who have one, by user.
    pub mailboxes: Vec<MailboxView>,
    /// Subscriptions of others, by the user whose state it is.
    pub subscriptions: Vec<SubscriptionView>,
    /// What was counted since the start.
    pub counters: PbxCounters,
}

impl PbxSnapshot {
    /// The bindings of a user.
    pub fn bindings<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a RegistrationView> {
        self.registrations.iter().filter(move |r| r.user == user)
    }

    /// Whether a user has a binding.
    pub fn is_registered(&self, user: &str) -> bool {
        self.bindings(user).next().is_some()
    }

    /// The mailbox of a user.
    pub fn mailbox(&self, user: &str) -> Option<&MailboxView> {
        self.mailboxes.iter().find(|mailbox| mailbox.user == user)
    }
}

/// One binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationView {
    /// The user.
    pub user: String,
    /// The contact URI.
    pub contact: String,
    /// Time that is left.
    pub expires_in: Duration,
    /// Where the REGISTER came from.
    pub source: Option<SocketAddr>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallView {
    /// Number of the call, never used again.
    pub number: u64,
    /// The caller: name of a user, or URI.
    pub caller: String,
    /// What was dialled: user part of the Request-URI.
    pub called: String,
    /// Who is called now, or has answered: a user or a special extension.
    pub callee: String,
    /// Where it stands.
    pub state: CallState,
    /// The Call-ID towards the caller.
    pub caller_call_id: String,
    /// The transport towards the caller.
    pub transport: Transport,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallState {
    /// The phones of the callee were called.
    Ringing,
    /// A phone answered.
    Talking,
    /// The server answered.
    Service(Service),
    /// Parties of other calls are being put together.
    Joining,
    /// One side has hung up.
    Ending,
}

/// What the server answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Greets and records.
    Voicemail,
    /// Plays the caller's messages.
    Mailbox,
    /// Sends back what it hears.
    Echo,
    /// Plays a melody.
    Music,
    /// Lets the caller hear all others who called the same number.
    Conference,
    /// Plays a melody to somebody who is parked.
    Park,
    /// Plays a melody until an agent is free.
    Queue,
    /// Says that a feature code was carried out.
    Code,
}

/// One leg of a call, as the event socket shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// A UUID.
    pub id: String,
    /// Whether the phone made the call, and not the server.
    pub inbound: bool,
    /// When the call came in.
    pub created: SystemTime,
    /// Server and user, in one word.
    pub name: String,
    /// The caller: name of a user, or URI.
    pub caller: String,
    /// What was dialled.
    pub called: String,
    /// Where it stands.
    pub state: ChannelState,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// A phone rings.
    Ringing,
    /// There is an answer.
    Active,
}

/// The messages of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxView {
    /// The user.
    pub user: String,
    /// The messages, oldest first.
    pub messages: Vec<VoicemailView>,
}

impl MailboxView {
    /// Messages that were not heard yet.
    pub fn new_count(&self) -> usize {
        self.messages.iter().filter(|m| !m.heard).count()
    }

    /// Messages that were heard.
    pub fn old_count(&self) -> usize {
        self.messages.len() - self.new_count()
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailView {
    /// The caller: name of a user, or URI.
    pub from: String,
    /// When it was left.
    pub received_at: SystemTime,
    /// Its length.
    pub length: Duration,
    /// Whether it was played.
    pub heard: bool,
    /// The audio, mono at [`gannet_media::SAMPLE_RATE`].
    pub samples: Arc<[i16]>,
    /// The WAV file, if a directory is set.
    pub file: Option<PathBuf>,
}

/// One subscription to the state of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionView {
    /// The event package.
    pub package: &'static str,
    /// The user whose state it is.
    pub user: String,
    /// Who watches: name of a user, or URI.
    pub watcher: String,
    /// Where NOTIFY goes.
    pub contact: String,
    /// Time that is left.
    pub expires_in: Duration,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PbxCounters {
    /// Calls that came in and passed authentication.
    pub calls: u64,
    /// Calls that a phone answered.
    pub calls_answered: u64,
    /// Calls that the server answered itself.
    pub calls_served: u64,
    /// REGISTERs that were granted.
    pub registrations_granted: u64,
    /// PUBLISHes that were granted.
    pub publications_granted: u64,
    /// Requests that were challenged because they had no credentials.
    pub challenges: u64,
    /// Requests with wrong credentials or of a wrong user.
    pub auth_failures: u64,
    /// Refreshes of subscriptions whose credentials were for another URI.
    pub digest_uri_differences: u64,
    /// Requests refused with 503 because a limit was reached.
    pub refused_by_limit: u64,
    /// Messages left in mailboxes.
    pub voicemails_stored: u64,
    /// Recordings that were too short, or did not fit.
    pub voicemails_discarded: u64,
    /// Messages that could not be read or belonged to nothing.
    pub dropped_messages: u64,
    /// Messages that could not be sent.
    pub send_failures: u64,
}
