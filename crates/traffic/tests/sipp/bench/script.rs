//! Scenarios, written shortly, and how they are played.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::Scenario;
use gannet_scenario::sipp::{Options, load};
use gannet_traffic::sipp::{
    Behaviours, CallIds, DynamicId, Facts, Levels, Player, Protocol, Reconnect, Retransmission,
    Scenarios, Settings, Sockets, Strictness, Watchdog,
};
use gannet_traffic::{Model, PacerSettings, Share};

use super::{MS, PEER, Side};

/// A run in the making.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    main: String,
    received: Option<String>,
    out_of_call: Option<String>,
    files: Vec<InjectionFile>,
    pub(crate) settings: Settings,
}

impl Script {
    /// A scenario of these elements.
    pub(crate) fn new(elements: &str) -> Self {
        Self {
            main: elements.to_owned(),
            received: None,
            out_of_call: None,
            files: Vec::new(),
            settings: settings(),
        }
    }

    /// Another scenario for received calls.
    pub(crate) fn received(mut self, elements: &str) -> Self {
        self.received = Some(elements.to_owned());
        self
    }

    /// Another scenario for messages of no call.
    pub(crate) fn out_of_call(mut self, elements: &str) -> Self {
        self.out_of_call = Some(elements.to_owned());
        self
    }

    /// With an injection file.
    pub(crate) fn injects(mut self, lines: &str) -> Self {
        let name = format!("file{}.csv", self.files.len());
        let file = NamedBytes {
            name,
            bytes: lines.as_bytes().to_vec(),
        };
        let loaded = InjectionFile::load(&file);
        self.files.push(loaded.file.expect("an injection file"));
        self
    }

    /// With other settings.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Nothing is logged.
    pub(crate) fn quiet(self) -> Self {
        self.with(|settings| settings.levels = Levels::default())
    }

    /// A player that has not begun.
    pub(crate) fn player(&self) -> Player {
        let options = Options {
            injection: Some(self.files.iter().map(InjectionFile::info).collect()),
            ..Options::default()
        };
        let named = |elements: &String| Arc::new(scenario_with(elements, &options));
        let scenarios = Scenarios {
            main: named(&self.main),
            received: self.received.as_ref().map(named),
            out_of_call: self.out_of_call.as_ref().map(named),
        };
        Player::new(&scenarios, self.files.clone(), self.settings.clone(), 0)
    }

    /// What there is to count.
    pub(crate) fn layout(&self) -> gannet_events::sipp::Layout {
        let scenario = scenario_with(&self.main, &Options::default());
        gannet_traffic::sipp::layout(&scenario, &self.settings)
    }

    /// The same on the bench.
    pub(crate) fn side(&self) -> Side {
        Side::new(self.player(), self.settings.protocol)
    }
}

/// Nothing is asked for.
fn settings() -> Settings {
    Settings {
        waits_first: false,
        pacing: PacerSettings {
            model: Model::BestEffort,
            calls_per_s: 0.0,
            burst_limit: None,
            share: Share::WHOLE,
            seed: 1,
        },
        calls_max: Some(10_000),
        calls_wanted: None,
        users: None,
        facts: facts(),
        protocol: Protocol::Udp,
        sockets: Sockets::Shared,
        send_to: None,
        behaviours: Behaviours {
            bye: true,
            abort_unexpected: true,
            ping_reply: true,
            check_cseq: true,
            auto_answer: false,
        },
        retransmission: Retransmission {
            enabled: true,
            max: 9,
            max_invite: 5,
            max_non_invite: 9,
            t2_ns: 4_000 * MS,
            compares_all: true,
        },
        pause_ms: 0,
        receive_timeout_ns: None,
        send_timeout_ns: None,
        dead_call_ns: 33_000 * MS,
        ignores_messages_in_pause: false,
        keeps_slashes: false,
        lost_percent: 0.0,
        base_cseq: 1,
        call_ids: CallIds::Pattern("%u-%p@%s".into()),
        dynamic_id: DynamicId {
            start: 10_000,
            max: 12_000,
            step: 4,
        },
        reconnect: Reconnect {
            max: Some(0),
            closes_calls: true,
            wait_ns: 1_000 * MS,
        },
        tdm_map: None,
        watchdog: Watchdog::default(),
        strictness: Strictness::default(),
        levels: Levels {
            messages: false,
            errors: true,
            user: true,
            call_history: false,
            response_times: false,
        },
        seed: 7,
    }
}

/// What keywords print.
fn facts() -> Facts {
    Facts {
        service: "service".into(),
        remote_host: "peer".into(),
        remote: Some(PEER),
        local_ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        local_port: 5060,
        media_ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        media_port: 6000,
        pid: 77,
        auth_user: "service".into(),
        auth_password: "password".into(),
        auth_uri: None,
        version: "3.7.7".into(),
        ip_field: 0,
    }
}

/// The scenario of these elements, which must have no error.
fn scenario_with(elements: &str, options: &Options) -> Scenario {
    let text = if elements.contains("<scenario") {
        elements.to_owned()
    } else {
        format!("<scenario name=\"bench\">{elements}</scenario>")
    };
    let file = NamedBytes {
        name: "bench.xml".into(),
        bytes: text.clone().into_bytes(),
    };
    let loaded = load(&file, options);
    let complaints: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|found| found.message.clone())
        .collect();
    loaded
        .scenario
        .unwrap_or_else(|| panic!("{complaints:#?} in:\n{text}"))
}

/// `<send>` of `INVITE` or `200`, as a real scenario would have it.
pub(crate) fn send(what: &str, attributes: &str) -> String {
    let is_response = what.starts_with(|first: char| first.is_ascii_digit());
    let text = if is_response {
        format!(
            "SIP/2.0 {what} Text
            [last_Via:]
            [last_From:]
            [last_To:];tag=[call_number]
            [last_Call-ID:]
            [last_CSeq:]
            Contact: <sip:[local_ip]:[local_port]>
            Content-Length: 0"
        )
    } else {
        let number = super::wire::number_of(what);
        format!(
            "{what} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:me@[local_ip]>;tag=[call_number]
            To: <sip:[service]@[remote_ip]>[peer_tag_param]
            Call-ID: [call_id]
            CSeq: {number} {what}
            Contact: <sip:me@[local_ip]:[local_port]>
            Max-Forwards: 70
            Content-Length: 0"
        )
    };
    format!("<send {attributes}><![CDATA[\n{text}\n\n]]></send>")
}
