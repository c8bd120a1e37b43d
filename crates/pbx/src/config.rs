//! What the server is told at its start.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gannet_net::{Capture, Impairment, MediaScheduler};
use gannet_ua::digest::{Algorithm, AuthTarget};
use gannet_ua::{SessionPolicy, Timers};

use crate::numbers::Numbers;
use crate::registrar::{RegistrarFeatures, TrustDomain};
use crate::user::PbxUser;

/// Settings of a [`Pbx`](crate::Pbx).
#[derive(Debug, Clone)]
pub struct PbxConfig {
    /// Where SIP is listened for, UDP and TCP on the same port. Port 0 finds a free one.
    pub bind: SocketAddr,
    /// The address that is written into Via, Contact and SDP; `None` takes that of `bind`, or for
    /// a wildcard the one with which this machine reaches others.
    pub advertised: Option<IpAddr>,
    /// The domain that the server is responsible for; also the realm of its challenges.
    pub domain: String,
    /// Host names that mean the same as `domain`.
    pub aliases: Vec<String>,
    /// The users at the start; more can come later.
    pub users: Vec<PbxUser>,
    /// Whether users with a password must prove that they know it.
    pub auth_required: bool,
    /// The algorithms of the challenges, most wanted first (RFC 8760 2.3).
    pub algorithms: Vec<Algorithm>,
    /// How long a nonce may be used.
    pub nonce_lifetime: Duration,
    /// What becomes of a refresh whose credentials are for another URI than it is sent to.
    pub digest_uri: DigestUri,
    /// The event packages that can be subscribed to; others get 489. `presence` can be published
    /// too.
    pub packages: BTreeSet<String>,
    /// Who may watch presence and dialogs of others.
    pub watching: WatchRule,
    /// The code for a SUBSCRIBE that is accepted: 200, or 202 as notifiers of RFC 3265 have it.
    pub subscribe_code: u16,
    /// How SUBSCRIBE and PUBLISH are challenged: as by a server (401), or as by a proxy (407).
    pub subscribe_challenge: AuthTarget,
    /// Whether each document about dialogs tells all of them, not changes only after the first.
    pub dialog_info_full: bool,
    /// Whether callers from other domains may call the users of this one, without authentication.
    pub allow_foreign: bool,
    /// How long the phones of a user ring before the call goes on to voicemail or forward.
    pub no_answer: Duration,
    /// The code for a caller whose callee does not want to be disturbed and has no voicemail.
    pub dnd_code: u16,
    /// Lifetimes of registrations and subscriptions.
    pub expires: ExpiresPolicy,
    /// What the registrar does beside binding contacts.
    pub registrar: RegistrarFeatures,
    /// Whose word about identities counts.
    pub trust: TrustDomain,
    /// Signing and verifying calls; `None`: Identity is passed on.
    pub stir: Option<crate::stir::PbxStir>,
    /// Voicemail.
    pub voicemail: VoicemailConfig,
    /// Whether each leg has reliable provisional responses if its phone wants them (RFC 3262).
    pub prack: bool,
    /// Numbers that the server answers itself.
    pub extensions: SpecialExtensions,
    /// More numbers of the server's own, and what is switched off.
    pub numbers: Numbers,
    /// Who carries out transfers.
    pub transfer: Transfer,
    /// How long a parked call waits before it returns to who has parked it.
    pub park_return: Duration,
    /// What forwarded calls say about it.
    pub forward_marks: ForwardMarks,
    /// Whether the server plays music to who is put on hold (RFC 5359 2.3). Otherwise it passes on
    /// what puts them on hold, like every other re-INVITE.
    pub music_on_hold: bool,
    /// Whether texts for users none of whose phones is registered are kept until one is, which 202 says
    /// to the sender (RFC 3428 7). Otherwise they get 480.
    pub keeps_texts: bool,
    /// Bounds.
    pub limits: PbxLimits,
    /// What each side of a call is asked and granted about session timers (RFC 4028); `None`: the
    /// server knows nothing of them.
    pub session_timers: Option<SessionPolicy>,
    /// T1, T2, T4.
    pub timers: Timers,
    /// Seed of all randomness (tags, branches, nonces, SSRC).
    pub seed: u64,
    /// Who the sockets belong to, in captures and for the impairment.
    pub owner: Arc<str>,
    /// Where every message and packet is recorded.
    pub capture: Capture,
    /// What happens to datagrams.
    pub impairment: Impairment,
    /// The threads that send media; `None` starts an own one.
    pub scheduler: Option<MediaScheduler>,
}

impl Default for PbxConfig {
    /// A free port on the loopback, domain `gannet.test`, MD5 and SHA-256, voicemail on.
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            advertised: None,
            domain: "gannet.test".to_owned(),
            aliases: Vec::new(),
            users: Vec::new(),
            auth_required: true,
            algorithms: vec![Algorithm::Sha256, Algorithm::Md5],
            nonce_lifetime: Duration::from_mins(5),
            digest_uri: DigestUri::Lenient,
            packages: crate::server::package_names().map(str::to_owned).collect(),
            watching: WatchRule::default(),
            subscribe_code: 200,
            subscribe_challenge: AuthTarget::Origin,
            dialog_info_full: false,
            allow_foreign: false,
            no_answer: Duration::from_secs(20),
            dnd_code: 486,
            expires: ExpiresPolicy::default(),
            registrar: RegistrarFeatures::default(),
            trust: TrustDomain::default(),
            stir: None,
            voicemail: VoicemailConfig::default(),
            prack: true,
            extensions: SpecialExtensions::default(),
            numbers: Numbers::default(),
            transfer: Transfer::default(),
            park_return: Duration::from_mins(1),
            forward_marks: ForwardMarks::default(),
            music_on_hold: false,
            keeps_texts: false,
            limits: PbxLimits::default(),
            session_timers: Some(SessionPolicy::default()),
            timers: Timers::default(),
            seed: 0x0067_616e_6e65_7470,
            owner: Arc::from("pbx"),
            capture: Capture::new(),
            impairment: Impairment::none(),
            scheduler: None,
        }
    }
}

/// How the `uri` of credentials inside a known subscription is judged. Outside of one it must name
/// the Request-URI or this server (RFC 7616 3.4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DigestUri {
    /// Subscribers behind a NAT or a proxy mix up the addresses that they know: a difference is
    /// counted and told as [`PbxEvent::Trouble`](crate::PbxEvent::Trouble).
    #[default]
    Lenient,
    /// A difference gets 400, as everywhere else.
    Strict,
}

/// What becomes of a subscription to the presence or the dialogs of somebody else (RFC 3856 6.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WatchRule {
    /// Every user may watch every other one.
    #[default]
    Allow,
    /// It gets 403.
    Refuse,
    /// It is accepted and stays pending: nothing is told, as long as nobody has decided.
    Pending,
}

/// Who carries out a REFER. That it is refused is said by [`Numbers::switch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transfer {
    /// The server: the transferee sees re-INVITEs only.
    #[default]
    Server,
    /// The phone at the other end: REFER goes on to it.
    Relay,
}

/// What forwarded calls say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ForwardMarks {
    /// Diversion in the INVITE (RFC 5806).
    pub diversion: bool,
    /// History-Info in the INVITE (RFC 7044).
    pub history_info: bool,
    /// 181 to the caller (RFC 3261 21.1.3).
    pub being_forwarded: bool,
}

/// Lifetimes that the registrar, the notifier and the event state compositor grant, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiresPolicy {
    /// For who asks for none.
    pub default_s: u32,
    /// Shorter ones get 423 (RFC 3261 10.3 step 7, RFC 6665 4.2.1.1).
    pub min_s: u32,
    /// Longer ones are shortened.
    pub max_s: u32,
}

impl Default for ExpiresPolicy {
    fn default() -> Self {
        Self {
            default_s: 3600,
            min_s: 60,
            max_s: 7200,
        }
    }
}

/// Why a call leaves the phones of its callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Diversion {
    /// Forwarded always, before any phone rang.
    Always,
    /// Do not disturb: set at the server, or the phone refused with a reason phrase that says so.
    Dnd,
    /// A phone answered 486 or 600.
    Busy,
    /// A phone answered 603.
    Declined,
    /// Nobody answered in time, or a phone gave up ringing (408, 480).
    NoAnswer,
    /// No phone is registered, or none could be reached.
    Unreachable,
}

/// How voicemail behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailConfig {
    /// What leads to the voicemail of users who have one. A phone that is set to DND refuses by its
    /// model with 486 or 603, mostly without a word about DND: both are in the default, so that DND
    /// always ends at the voicemail. Take [`Diversion::Busy`] or [`Diversion::Declined`] out to see
    /// those codes at the caller.
    pub on: BTreeSet<Diversion>,
    /// Recordings shorter than this are thrown away.
    pub recording_min: Duration,
    /// After this time the server hangs up.
    pub recording_max: Duration,
    /// Where WAV files are written, one folder per user; `None` keeps messages in memory only.
    pub directory: Option<PathBuf>,
}

impl Default for VoicemailConfig {
    /// Every reason leads to voicemail; one second to two minutes; in memory.
    fn default() -> Self {
        Self {
            on: BTreeSet::from([
                Diversion::Dnd,
                Diversion::Busy,
                Diversion::Declined,
                Diversion::NoAnswer,
                Diversion::Unreachable,
            ]),
            recording_min: Duration::from_secs(1),
            recording_max: Duration::from_mins(2),
            directory: None,
        }
    }
}

/// User parts that the server answers itself. They win over users of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialExtensions {
    /// Sends back what it hears.
    pub echo: Vec<String>,
    /// Plays a melody without end.
    pub music: Vec<String>,
    /// Plays the caller's own messages.
    pub voicemail: Vec<String>,
    /// Conference rooms: who calls the same one hears all others who did.
    pub conference: Vec<String>,
}

impl Default for SpecialExtensions {
    /// `*43` and `echo`, `music`, `*97` and `voicemail`, `conference`.
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            echo: names(&["*43", "echo"]),
            music: names(&["music"]),
            voicemail: names(&["*97", "voicemail"]),
            conference: names(&["conference"]),
        }
    }
}

/// Bounds; what is beyond them is refused and counted in
/// [`PbxCounters`](crate::PbxCounters).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PbxLimits {
    /// Calls at once; more get 503.
    pub calls_max: usize,
    /// Bindings of all users together; more get 503.
    pub registrations_max: usize,
    /// Bindings of one user; more get 403.
    pub bindings_per_user_max: usize,
    /// Subscriptions at once; more get 503.
    pub subscriptions_max: usize,
    /// Publications at once; more get 503.
    pub publications_max: usize,
    /// Messages kept per mailbox; more are thrown away.
    pub messages_per_mailbox_max: usize,
    /// Texts kept for one user; senders of more get 480.
    pub texts_per_user_max: usize,
    /// Callers in one conference room; more get 486.
    pub conference_max: usize,
    /// How often one call may be forwarded; then 482.
    pub forwards_max: u32,
    /// Happenings that wait for a slow reader of [`Pbx::events`](crate::Pbx::events); the oldest
    /// are lost for it.
    pub events_max: usize,
    /// How long [`Pbx::stop`](crate::Pbx::stop) waits for calls to end.
    pub stop_timeout: Duration,
}

impl Default for PbxLimits {
    fn default() -> Self {
        Self {
            calls_max: 2000,
            registrations_max: 10_000,
            bindings_per_user_max: 16,
            subscriptions_max: 100_000,
            publications_max: 10_000,
            messages_per_mailbox_max: 100,
            texts_per_user_max: 100,
            conference_max: 32,
            forwards_max: 5,
            events_max: 4096,
            stop_timeout: Duration::from_secs(2),
        }
    }
}
