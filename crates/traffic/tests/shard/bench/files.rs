//! The files of a run.

use std::sync::Arc;

use gannet_scenario::model::DataTable;
use gannet_scenario::model::LineEnds;
use gannet_scenario::seagull::auth::AuthSettings;
use gannet_scenario::seagull::configuration::{DataSelect, TrafficModel, TrafficParams};
use gannet_scenario::seagull::{Files, LoadOptions, NamedBytes, Run, load};
use gannet_traffic::shard::{Levels, LineOrder, Settings};
use gannet_traffic::{Model, PacerSettings, Share};

use super::Player;

const CONF: &str = r#"<configuration name="bench">
  <define entity="transport" name="udp" file="libtrans_ip.so" create_function="c"
    delete_function="d" init-args="type=udp"></define>
  <define entity="transport" name="tcp" file="libtrans_ip.so" create_function="c"
    delete_function="d" init-args="type=tcp"></define>
  <define entity="channel" name="client" protocol="sip" transport="udp"
    open-args="mode=client;source=10.0.0.1:0;dest=10.0.0.2:5060"></define>
  <define entity="channel" name="server" protocol="sip" transport="udp"
    open-args="mode=server;source=10.0.0.1:5060"></define>
  <define entity="channel" name="other" protocol="sip" transport="udp"
    open-args="mode=server;source=10.0.0.1:5070"></define>
  <define entity="channel" name="tcp-client" protocol="sip" transport="tcp"
    open-args="mode=client;dest=10.0.0.2:5060"></define>
  <define entity="channel" name="tcp-server" protocol="sip" transport="tcp"
    open-args="mode=server;source=10.0.0.1:5060"></define>
  <define entity="channel" name="own" protocol="sip" transport="udp" global="no"
    open-args="mode=client;dest=10.0.0.3:5060"></define>
  <define entity="channel" name="own-tcp" protocol="sip" transport="tcp" global="no"
    open-args="mode=client;dest=10.0.0.3:5060"></define>
  <!-- PARAMS -->
</configuration>
"#;

const DICTIONARY: &str = r#"<protocol name="sip" type="text" filter="lib=l.so;function=filter_xml"
    field-separator="\r\n" body-separator="\r\n">
  <body-method>
    <defmethod name="by-length" method="length" param="content-length"></defmethod>
  </body-method>
  <external-method>
    <defmethod name="authentication" param="lib=lib_crypto.so;function=crypto_method"></defmethod>
    <defmethod name="seconds" param="lib=lib_generalmethods.so;function=sys_time_unsig_sec"></defmethod>
  </external-method>
  <header name="message" type="type">
    <fielddef name="type">
      <regexp name="request" expr="^([A-Z]+) [^ ]+ SIP/2\.0" nbexpr="2" subexpr="1"></regexp>
      <regexp name="answer" expr="^SIP/2\.0 ([0-9]+) " nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="content-length" format="content-length: $(field-value)\r\n">
      <regexp expr="^[Cc]ontent-[Ll]ength: ([0-9$()a-z-]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="call-id">
      <regexp expr="^Call-ID: ([!-~]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="other-id">
      <regexp expr="^Other-ID: ([!-~]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="cseq">
      <regexp expr="^CSeq: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="subject" format="Subject: $(field-value)\r\n">
      <regexp expr="^Subject: ([!-~]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="line">
      <regexp expr="^X-Line: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="challenge">
      <regexp expr="^WWW-Authenticate: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="authorization">
      <regexp expr="^Authorization: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
  </header>
  <body name="data" type="data-type">
    <fielddef name="o"><regexp expr="^o=(.*)$" nbexpr="2" subexpr="1"></regexp></fielddef>
  </body>
  <dictionary session-method="field" session-id="call-id">
    <message name="INVITE"></message> <message name="ACK"></message>
    <message name="BYE"></message> <message name="OPTIONS"></message>
    <message name="INFO"></message> <message name="NOTIFY"></message>
    <message name="PRACK"></message> <message name="REGISTER"></message>
    <message name="100"></message> <message name="180"></message>
    <message name="183"></message> <message name="200"></message>
    <message name="401"></message> <message name="486"></message>
    <message name="500"></message>
  </dictionary>
</protocol>
"#;

const COUNTERS: &str = r#"<counter><counterdef name="n" init="0"></counterdef></counter>"#;

/// A run in the making.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    counters: String,
    sections: String,
    params: String,
    dictionary: String,
    external: Option<String>,
    options: LoadOptions,
    levels: Levels,
}

impl Script {
    /// A scenario of these sections.
    pub(crate) fn new(sections: &str) -> Self {
        Self {
            counters: COUNTERS.to_owned(),
            sections: sections.to_owned(),
            params: String::new(),
            dictionary: DICTIONARY.to_owned(),
            external: None,
            options: LoadOptions::default(),
            levels: Levels {
                errors: true,
                warnings: true,
                messages: false,
                buffers: false,
                traffic: true,
                verdicts: true,
                user: true,
            },
        }
    }

    /// Other counters than `n`.
    pub(crate) fn counters(mut self, definitions: &str) -> Self {
        self.counters = format!("<counter>{definitions}</counter>");
        self
    }

    /// A traffic-param.
    pub(crate) fn param(mut self, name: &str, value: &str) -> Self {
        let define = format!(
            "<define entity=\"traffic-param\" name=\"{name}\" value=\"{value}\"></define>\n"
        );
        self.params += &define;
        self
    }

    /// Replaces something in the dictionary.
    pub(crate) fn dictionary(mut self, from: &str, to: &str) -> Self {
        assert!(self.dictionary.contains(from), "{from}");
        self.dictionary = self.dictionary.replace(from, to);
        self
    }

    /// External data.
    pub(crate) fn external(self, lines: &str) -> Self {
        let mut script = self.param("external-data-file", "data.csv");
        script.external = Some(lines.to_owned());
        script
    }

    /// With Seagull's own faults.
    pub(crate) fn exact(mut self) -> Self {
        self.options.exact = true;
        self.options.exact_line_ends = true;
        self
    }

    /// Nothing is logged.
    pub(crate) fn quiet(mut self) -> Self {
        self.levels = Levels::default();
        self
    }

    /// The run, which must have come without errors.
    pub(crate) fn load(&self) -> Run {
        let named = |name: &str, text: &str| NamedBytes {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let files = Files {
            conf: named("conf.xml", &CONF.replace("<!-- PARAMS -->", &self.params)),
            dictionaries: vec![named("sip.xml", &self.dictionary)],
            scenario: named(
                "scenario.xml",
                &format!("<scenario>{}{}</scenario>", self.counters, self.sections),
            ),
            external: self.external.as_ref().map(|text| named("data.csv", text)),
        };
        let loaded = load(&files, &self.options);
        let complaints: Vec<String> = loaded
            .diagnostics
            .iter()
            .flat_map(|(source, diagnostics)| {
                diagnostics.iter().map(|found| {
                    let place = source.position(found.span.start);
                    format!("{}:{place} {}", source.name(), found.message)
                })
            })
            .collect();
        let sections = &self.sections;
        assert!(!loaded.has_errors(), "{complaints:#?} in:\n{sections}");
        loaded.run.expect("files without errors")
    }

    /// A shard that has not begun.
    pub(crate) fn player(&self) -> Player {
        self.player_with(|_| {})
    }

    /// A shard with other settings.
    pub(crate) fn player_with(&self, change: impl FnOnce(&mut Settings)) -> Player {
        let run = self.load();
        let mut settings = settings(&run.configuration.traffic, self.levels);
        if self.options.exact {
            settings.line_ends = LineEnds::Exact;
        }
        change(&mut settings);
        let data = run
            .external
            .map(|data| Arc::new(data) as Arc<dyn DataTable>);
        let bounds = &run.configuration.traffic.repartition_ms;
        Player::new(Arc::new(run.scenario), data, settings, bounds)
    }
}

/// What a configuration asks for.
fn settings(params: &TrafficParams, levels: Levels) -> Settings {
    let ns = |ms: u64| ms * 1_000_000;
    Settings {
        pacing: PacerSettings {
            model: match params.model {
                TrafficModel::Uniform => Model::Uniform,
                TrafficModel::BestEffort => Model::BestEffort,
                TrafficModel::Poisson => Model::Poisson,
            },
            calls_per_s: params.call_rate,
            burst_limit: params.burst_limit.map(|limit| limit as u32),
            share: Share::WHOLE,
            seed: 7,
        },
        calls_max: params.calls_max as usize,
        calls_wanted: params.calls_total,
        call_timeout_ns: params.call_timeout_ms.map(ns),
        open_timeout_ns: params.open_timeout_ms.map(ns),
        timeout_aborts: params.abort_on_timeout,
        starts_per_turn_max: params.max_send as usize,
        line_order: match params.data_select {
            DataSelect::Sequential => LineOrder::Sequential,
            DataSelect::Random => LineOrder::Random,
        },
        repeats_max: params
            .retransmit
            .then_some(params.retransmissions_max as u32),
        line_ends: LineEnds::Kept,
        joins_datagrams: false,
        absorb_retransmissions: params.absorb_retransmissions.unwrap_or(false),
        skip_trying: params.skip_trying.unwrap_or(false),
        background_methods: params
            .answer_background
            .iter()
            .map(|method| method.as_bytes().into())
            .collect(),
        levels,
        keep_measures: true,
        authorization: AuthSettings::default(),
        seed: 7,
    }
}
