//! The profile that all others start from: a plain SIP phone.

use std::time::Duration;

use gannet_media::offer_answer::MediaCapabilities;
use gannet_sip::Method;
use gannet_ua::digest::ClientPolicy;
use gannet_ua::{KeepAlivePolicy, OwnTimers, ReferReport, SessionPolicy, Timers};

use super::calls::{
    ConferenceStyle, DtmfStyle, EventStyle, FeatureNumbers, GlareStyle, HangUp, HoldForm,
    OutgoingStyle, RtpStyle, TargetForm, TransferPolicy, TransferStyle,
};
use super::header_order::HeaderOrder;
use super::incoming::{AnswerTrigger, CallerSource, IncomingStyle};
use super::lines::LineStyle;
use super::model::{
    AddressStyle, BackoffKind, BootRemoval, CompactNames, GruuUse, IdentifierStyle, Identity,
    InstanceStyle, Lists, MessageStyle, MwiStyle, Profile, RegistrationStyle, ReliabilityStyle,
    Reliable, ResponseIdentity, SessionNumbers, SessionStyle, TextStyle, UriTransport,
};
use super::pattern::Pattern;
use super::quirks::Quirks;
use super::template::Template;
use super::ways::{NatStyle, TransportStyle};

impl Default for Profile {
    // tidy(function-length): a table, one entry for each setting
    fn default() -> Self {
        let pattern = |text, call_id| Pattern::parse(text, call_id).expect("a valid pattern");
        Self {
            name: String::new(),
            identity: Identity {
                model: "phone".to_owned(),
                vendor: "Gannet".to_owned(),
                firmware: env!("CARGO_PKG_VERSION").to_owned(),
                mac: None,
                user_agent: Template::plain(concat!("Gannet/", env!("CARGO_PKG_VERSION"))),
                in_responses: ResponseIdentity::UserAgent,
                headers: Vec::new(),
            },
            messages: MessageStyle {
                order: HeaderOrder::default(),
                compact: CompactNames::None,
                lines: LineStyle::default(),
                rport: true,
                rfc2543: false,
            },
            addresses: AddressStyle {
                port_shown: false,
                user_phone: false,
                contact_transport: false,
                quoted_display_name: true,
                uri_transport: UriTransport::None,
                contact_display_name: false,
                host_is_address: false,
            },
            identifiers: IdentifierStyle {
                call_id: pattern("{hex:32}@{ip}", true),
                tag: pattern("{hex:16}", false),
                branch: pattern("{hex:24}", false),
                cseq_min: 1,
                cseq_max: 1,
                cseq_step: 1,
                rfc2543: false,
            },
            lists: lists(),
            registration: registration(),
            keep_alive: KeepAlivePolicy::default(),
            nat: NatStyle { contact: None },
            transport: TransportStyle {
                servers_before: Vec::new(),
            },
            digest: ClientPolicy::default(),
            incoming: IncomingStyle {
                ring_code: 180,
                ring_time: Some(Duration::from_mins(1)),
                no_answer_code: 480,
                busy_code: 486,
                reject_code: 603,
                dnd_code: 486,
                calls_max: 2,
                calls_max_code: None,
                caller_id: vec![CallerSource::From],
                auto_answer: vec![
                    AnswerTrigger::AnswerMode,
                    AnswerTrigger::CallInfo,
                    AnswerTrigger::AlertInfo,
                ],
            },
            outgoing: OutgoingStyle::default(),
            reliability: ReliabilityStyle {
                provisional: Reliable::Off,
                prack_offer: false,
            },
            hold: HoldForm::SendOnly,
            transfer: TransferStyle {
                accept: TransferPolicy::Accept,
                accept_code: 202,
                hold_first: false,
                attended_target: TargetForm::Contact,
                referred_by: true,
                hang_up: HangUp::Success,
                report: ReferReport::Implicit,
            },
            conference: ConferenceStyle::default(),
            numbers: FeatureNumbers::default(),
            dtmf: DtmfStyle::default(),
            rtp: RtpStyle::default(),
            sdp: MediaCapabilities::default(),
            session_numbers: SessionNumbers {
                id: None,
                version: Some(1),
            },
            events: EventStyle::default(),
            mwi: MwiStyle {
                subscribes: false,
                expires: Duration::from_hours(1),
            },
            session: SessionStyle {
                support: true,
                policy: SessionPolicy::default(),
            },
            texts: TextStyle {
                types: vec!["text/plain".to_owned()],
                bytes_max: 65_535,
            },
            timers: Timers::default(),
            own_timers: OwnTimers::default(),
            glare: GlareStyle::default(),
            quirks: Quirks::default(),
        }
    }
}

/// What a phone does when asked; other methods it could only refuse.
pub(super) const METHODS: [Method; 13] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Notify,
    Method::Info,
    Method::Update,
    Method::Message,
    Method::Prack,
    Method::Refer,
    Method::Subscribe,
    Method::Publish,
];

/// Of these, what a phone says it does unless its profile says otherwise: it publishes, but nobody
/// publishes to it, and PRACK follows from `reliability.100rel`.
fn allowed() -> Vec<Method> {
    let methods = METHODS.into_iter();
    methods
        .filter(|method| !matches!(method, Method::Publish | Method::Prack))
        .collect()
}

fn registration() -> RegistrationStyle {
    RegistrationStyle {
        expires: Duration::from_hours(1),
        expires_in_contact: false,
        refresh_before: Duration::from_mins(1),
        retry_after: Some(Duration::from_secs(30)),
        boot_removal: BootRemoval::Nothing,
        contact_parameters: Vec::new(),
        follow_received: false,
        instance: InstanceStyle::None,
        refresh_percent: None,
        q: None,
        tries_max: None,
        backoff: BackoffKind::Constant,
        backoff_base: Duration::from_secs(30),
        backoff_base_alive: Duration::from_secs(90),
        backoff_max: Duration::from_mins(30),
        reactions: Vec::new(),
        flows: Vec::new(),
        gruu: GruuUse::Off,
        service_route: true,
    }
}

fn lists() -> Lists {
    Lists {
        allow: allowed(),
        allow_on: vec![Method::Invite, Method::Options],
        supported: vec!["replaces".to_owned(), "norefersub".to_owned()],
        supported_on: vec![Method::Invite, Method::Options, Method::Register],
        allow_events: Vec::new(),
        allow_events_on: vec![Method::Invite, Method::Subscribe, Method::Register],
        accept: vec!["application/sdp".to_owned()],
        accept_on: vec![Method::Options],
        methods_on: Vec::new(),
        accept_encoding: Vec::new(),
        accept_encoding_on: vec![Method::Invite, Method::Options],
        require: Vec::new(),
        require_on: vec![Method::Invite],
        recv_info: None,
    }
}
