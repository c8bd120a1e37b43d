//! One call with all that surrounds it, for tests of texts and actions.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use fastrand::Rng;
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::{MediaKind, Scenario, Text};
use gannet_scenario::sipp::{Options, compile_text, load};

use super::{At, Common, Env, RenderError, bake, render};
use crate::shard::{PortKey, Way};
use crate::sipp::actions::{Outcome, run_actions};
use crate::sipp::received::{Reader, Received};
use crate::sipp::state::CallState;
use crate::sipp::{
    Behaviours, CallIds, DynamicId, Facts, Levels, LogEntry, MediaOrder, OpenError, OpenRequest,
    Protocol, Reconnect, Retransmission, Settings, Sockets, Strictness, Watchdog, World,
};
use crate::{Model, PacerSettings, Share};

/// The call's own socket.
pub(in crate::sipp) const OWN_PORT: PortKey = PortKey(9);

/// The step of the actions; texts are rendered in it too.
pub(in crate::sipp) const STEP: usize = 1;

/// One call with all that surrounds it.
#[derive(Debug)]
pub(in crate::sipp) struct Bench {
    pub(in crate::sipp) scenario: Scenario,
    pub(in crate::sipp) settings: Settings,
    pub(in crate::sipp) common: Common,
    pub(in crate::sipp) files: Vec<InjectionFile>,
    pub(in crate::sipp) rng: Rng,
    pub(in crate::sipp) world: Notes,
    pub(in crate::sipp) state: CallState,
}

/// A world that notes what it is asked.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Notes {
    pub(in crate::sipp) log: Vec<String>,
    pub(in crate::sipp) media: Vec<String>,
    pub(in crate::sipp) commands: Vec<String>,
    /// It keeps quiet and allocates nothing.
    pub(in crate::sipp) quiet: bool,
}

impl Bench {
    /// A call of a scenario with these actions.
    pub(in crate::sipp) fn new(actions: &str) -> Self {
        Self::with_files(actions, &[])
    }

    /// The same with injection files: names and contents.
    pub(in crate::sipp) fn with_files(actions: &str, files: &[(&str, &str)]) -> Self {
        let files: Vec<_> = files
            .iter()
            .map(|(name, content)| {
                let named = NamedBytes {
                    name: (*name).into(),
                    bytes: content.as_bytes().to_vec(),
                };
                let mut file = InjectionFile::load(&named).file.expect("an injection file");
                file.build_index(0);
                file
            })
            .collect();
        let options = Options {
            injection: Some(files.iter().map(InjectionFile::info).collect()),
            ..Options::default()
        };
        let scenario = scenario(actions, &options);
        let settings = settings();
        let mut state = CallState::default();
        state.begin(3, None, 1);
        state.call_id_mut().extend_from_slice(b"3-77@10.0.0.1");
        Self {
            common: Common::new(std::iter::once(&scenario), &settings),
            scenario,
            settings,
            files,
            rng: Rng::with_seed(5),
            world: Notes::default(),
            state,
        }
    }

    /// The call belongs to a user.
    pub(in crate::sipp) fn of_user(mut self, user: u32) -> Self {
        self.settings.users = Some(8);
        self.state.begin(3, NonZeroU32::new(user), 1);
        self
    }

    /// A message comes, and is kept.
    pub(in crate::sipp) fn receive(&mut self, message: &str) {
        let message = message.replace('\n', "\r\n");
        let mut reader = Reader::default();
        let received = reader.read(message.as_bytes()).expect("a message");
        self.state.raise_cseq(&received);
        self.state.keep_peer_tag(&received);
        self.state.keep_last(&mut self.common.scratch, &received);
    }

    /// A text, baked and not baked, which must give the same.
    #[track_caller]
    pub(in crate::sipp) fn text(&mut self, text: &str) -> Result<String, RenderError> {
        let text = self.compile(text);
        let (rng, id) = (self.rng.clone(), self.common.dynamic_id);
        let answers = |state: &CallState| state.extra().map(|extra| extra.challenge.answers);
        let answered = answers(&self.state);
        let plain = self.render(&text);
        (self.rng, self.common.dynamic_id) = (rng, id);
        if let Some(answered) = answered {
            self.state.extra_mut().challenge.answers = answered;
        }
        let baked = bake(&text, &self.settings);
        assert_eq!(self.render(&baked), plain, "baked");
        plain
    }

    fn render(&mut self, text: &Text) -> Result<String, RenderError> {
        let mut out = b"before\n".to_vec();
        self.render_to(text, &mut out)?;
        Ok(out[7..].iter().map(|byte| char::from(*byte)).collect())
    }

    /// The same to a buffer.
    pub(in crate::sipp) fn render_to(
        &mut self,
        text: &Text,
        out: &mut Vec<u8>,
    ) -> Result<(), RenderError> {
        let mut env = Env {
            scenario: &self.scenario,
            settings: &self.settings,
            common: &mut self.common,
            files: &mut self.files,
            rng: &mut self.rng,
            world: &mut self.world,
            now_ns: NOW_NS,
        };
        render(&mut env, &mut self.state, AT, text, out)
    }

    /// Carries the actions out, on a message if there is one.
    pub(in crate::sipp) fn act(&mut self, message: Option<&str>) -> Outcome {
        let message = message.map(|message| message.replace('\n', "\r\n"));
        let mut reader = Reader::default();
        let received = message.as_ref().map(|message| {
            let received = reader.read(message.as_bytes());
            received.expect("a message")
        });
        self.act_on(received.as_ref())
    }

    /// The same for a message that was read.
    pub(in crate::sipp) fn act_on(&mut self, received: Option<&Received<'_>>) -> Outcome {
        let actions = &self.scenario.steps[STEP].actions;
        let mut env = Env {
            scenario: &self.scenario,
            settings: &self.settings,
            common: &mut self.common,
            files: &mut self.files,
            rng: &mut self.rng,
            world: &mut self.world,
            now_ns: NOW_NS,
        };
        run_actions(
            &mut env,
            &mut self.state,
            At { acts: true, ..AT },
            actions,
            received,
        )
    }

    /// Compiles a text.
    pub(in crate::sipp) fn compile(&self, text: &str) -> Text {
        let compiled = compile_text(text.as_bytes(), &self.scenario, &[]);
        compiled.unwrap_or_else(|error| panic!("{error}"))
    }
}

const NOW_NS: u64 = 1_234_567_890;

const AT: At = At {
    call: 6,
    step: STEP,
    acts: false,
    port: Some(OWN_PORT),
};

/// A client of three steps; the second has the actions.
fn scenario(actions: &str, options: &Options) -> Scenario {
    let text = format!(
        r#"<scenario name="bench"><send><![CDATA[OPTIONS sip:x SIP/2.0]]></send>
        <nop><action>{actions}</action></nop><recv response="200"/></scenario>"#
    );
    let file = NamedBytes {
        name: "bench.xml".into(),
        bytes: text.clone().into_bytes(),
    };
    let loaded = load(&file, options);
    let faults: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|found| &found.message)
        .collect();
    let Some(scenario) = loaded.scenario else {
        panic!("{faults:#?} in:\n{text}");
    };
    scenario
}

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
        calls_max: None,
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
            t2_ns: 4_000_000_000,
            compares_all: true,
        },
        pause_ms: 0,
        receive_timeout_ns: None,
        send_timeout_ns: None,
        dead_call_ns: 0,
        ignores_messages_in_pause: false,
        keeps_slashes: false,
        lost_percent: 0.0,
        base_cseq: 1,
        call_ids: CallIds::Pattern("%u-%p@%s".into()),
        dynamic_id: DynamicId {
            start: 10_000,
            max: 10_004,
            step: 4,
        },
        reconnect: Reconnect {
            max: None,
            closes_calls: true,
            wait_ns: 0,
        },
        tdm_map: None,
        watchdog: Watchdog::default(),
        strictness: Strictness::default(),
        levels: Levels {
            errors: true,
            user: true,
            ..Levels::default()
        },
        seed: 7,
    }
}

fn facts() -> Facts {
    Facts {
        service: "service".into(),
        remote_host: "peer.example".into(),
        remote: Some(SocketAddr::from(([10, 0, 0, 2], 5070))),
        local_ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        local_port: 5061,
        media_ip: "2001:db8::1".parse().expect("an address"),
        media_port: 6000,
        pid: 77,
        auth_user: "service".into(),
        auth_password: "password".into(),
        auth_uri: None,
        version: "3.7.7".into(),
        ip_field: 0,
    }
}

impl World for Notes {
    fn send(&mut self, _: Way, _: u32, _: &[u8]) {}

    fn open(&mut self, _: OpenRequest) -> Result<PortKey, OpenError> {
        Err(OpenError::Full)
    }

    fn close(&mut self, _: PortKey) {}

    fn local_addr(&self, port: PortKey) -> Option<SocketAddr> {
        (port == OWN_PORT).then(|| SocketAddr::from(([10, 0, 0, 9], 5099)))
    }

    fn time_of_day(&self) -> (u64, u32) {
        (1_289_690_940, 250_000)
    }

    fn timestamp(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"2010-11-13 23:29:00");
    }

    fn resolve(&mut self, host: &str) -> Option<IpAddr> {
        (host == "peer.example").then(|| IpAddr::from([10, 0, 0, 7]))
    }

    fn read_file(&mut self, name: &[u8], out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(b"[content]");
        name == b"f3.txt"
    }

    fn execute(&mut self, command: &[u8]) {
        if !self.quiet {
            self.commands.push(String::from_utf8_lossy(command).into());
        }
    }

    fn send_command(&mut self, _: Option<&str>, _: &[u8]) -> bool {
        false
    }

    fn media_port(&mut self, _: u32, kind: MediaKind) -> Option<u16> {
        (kind == MediaKind::Audio).then_some(7_000)
    }

    fn media(&mut self, call: u32, order: MediaOrder<'_>) {
        if !self.quiet {
            self.media.push(format!("{call} {order:?}"));
        }
    }

    fn log(&mut self, entry: LogEntry<'_>) {
        if self.quiet {
            return;
        }
        self.log.push(match entry {
            LogEntry::Warning(text) => format!("warning: {text}"),
            LogEntry::User(text) => String::from_utf8_lossy(text).into(),
            other => format!("{other:?}"),
        });
    }
}
