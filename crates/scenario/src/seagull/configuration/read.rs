use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::open_args::open_args;
use super::traffic::TrafficParams;
use super::traffic_table::{Expected, TABLE};
use super::{checks, transport};
use crate::model::{OpenArgs, Transport};
use crate::seagull::xml::{Attribute, Dialect, Element, Encoding, Node, parse};

/// A configuration file, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// How its texts stand for bytes.
    pub encoding: Encoding,
    /// In the order of the file.
    pub transports: Vec<TransportConfig>,
    /// In the order of the file.
    pub channels: Vec<ChannelConfig>,
    /// How the run goes.
    pub traffic: TrafficParams,
    /// Names and values of the configuration parameters, in the order of the file.
    pub params: Vec<(String, String)>,
}

/// `<define entity="transport">`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportConfig {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// How messages travel.
    pub transport: Transport,
}

/// `<define entity="channel">`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelConfig {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// The name of a dictionary, see [`Configuration::check_protocols`].
    pub protocol: String,
    /// Where that name stands.
    pub protocol_span: Range<usize>,
    /// How messages travel.
    pub transport: Transport,
    /// Open for the whole run (`global="yes"` or nothing), else opened by each call.
    pub global: bool,
    /// A lost connection is made again (`reconnect="yes"`).
    pub reconnect: bool,
    /// Where it leads.
    pub open: OpenArgs,
}

impl Configuration {
    /// Reads a file. With errors among the diagnostics, what is wrong is left out.
    pub fn read(
        source: &SourceFile,
        encoding: Encoding,
        dialect: Dialect,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let elements = parse(source, dialect, diagnostics);
        let mut reader = Reader {
            source,
            diagnostics,
            configuration: Self {
                name: String::new(),
                encoding,
                transports: Vec::new(),
                channels: Vec::new(),
                traffic: TrafficParams::default(),
                params: Vec::new(),
            },
            known_transports: Vec::new(),
        };
        reader.file(&elements);
        reader.configuration
    }

    /// The value of a configuration parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Tells about channels whose protocol is the name of none of the dictionaries.
    pub fn check_protocols(&self, known: &[&str], diagnostics: &mut Diagnostics) {
        for channel in &self.channels {
            if !known.contains(&channel.protocol.as_str()) {
                diagnostics.push(
                    Diagnostic::error(
                        "unknown-protocol",
                        format!("no dictionary has the name `{}`", channel.protocol),
                        channel.protocol_span.clone(),
                    )
                    .with_suggestions(&nearest(&channel.protocol, known, 3)),
                );
            }
        }
    }
}

/// The entities, with the attributes that each knows.
const ENTITIES: [(&str, &[&str]); 4] = [
    (
        "transport",
        &[
            "name",
            "file",
            "create_function",
            "delete_function",
            "init-args",
        ],
    ),
    (
        "channel",
        &[
            "name",
            "protocol",
            "transport",
            "open-args",
            "global",
            "reconnect",
        ],
    ),
    ("traffic-param", &["name", "value"]),
    ("config-param", &["name", "value"]),
];

struct Reader<'a> {
    source: &'a SourceFile,
    diagnostics: &'a mut Diagnostics,
    configuration: Configuration,
    /// Names of all transports, those with errors too.
    known_transports: Vec<String>,
}

impl Reader<'_> {
    fn file(&mut self, elements: &[Element]) {
        let Some(root) = checks::root(self.source, elements, self.diagnostics) else {
            return;
        };
        if let Some(name) = root.attribute("name") {
            self.configuration.name.clone_from(&name.value);
        }
        let defines: Vec<&Element> = root
            .children
            .iter()
            .filter_map(|node| match node {
                Node::Element(element) if element.name == "define" => Some(element),
                other => {
                    checks::not_a_define(other, self.diagnostics);
                    None
                }
            })
            .collect();
        // Seagull wants no order either.
        for define in &defines {
            self.define(define, true);
        }
        for define in &defines {
            self.define(define, false);
        }
        checks::together(
            root,
            &defines,
            &self.configuration.traffic,
            self.diagnostics,
        );
    }

    /// First transports and entities that are none, then all that may need a transport.
    fn define(&mut self, define: &Element, first: bool) {
        let Some(entity) = define.attribute("entity") else {
            if first {
                checks::missing(define, "entity", self.diagnostics);
            }
            return;
        };
        let names = ENTITIES.map(|(name, _)| name);
        let Some(known) = ENTITIES.iter().find(|(name, _)| *name == entity.value) else {
            if first {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unknown-entity",
                        format!("unknown entity `{}`", entity.value),
                        entity.value_span.clone(),
                    )
                    .with_label(format!("expected one of {}", names.join(", ")))
                    .with_suggestions(&nearest(&entity.value, names, 3)),
                );
            }
            return;
        };
        if first {
            checks::attributes(define, known.1, self.diagnostics);
        }
        match (entity.value.as_str(), first) {
            ("transport", true) => self.transport(define),
            ("channel", false) => self.channel(define),
            ("traffic-param", false) => self.traffic_param(define),
            ("config-param", false) => self.config_param(define),
            _ => {}
        }
    }

    fn transport(&mut self, define: &Element) {
        let name = self.required(define, "name");
        let file = self.required(define, "file");
        let init_args = self.required(define, "init-args");
        if let Some(name) = name {
            if self.known_transports.contains(&name.value) {
                checks::duplicate("transport", name, self.diagnostics);
                return;
            }
            self.known_transports.push(name.value.clone());
        }
        let (Some(name), Some(file), Some(init_args)) = (name, file, init_args) else {
            return;
        };
        if !transport::check_library(file, self.diagnostics) {
            return;
        }
        if let Some(transport) = transport::transport(self.source, init_args, self.diagnostics) {
            self.configuration.transports.push(TransportConfig {
                name: name.value.clone(),
                name_span: name.value_span.clone(),
                transport,
            });
        }
    }

    fn channel(&mut self, define: &Element) {
        let name = self.required(define, "name");
        let protocol = self.required(define, "protocol");
        let transport = self.required(define, "transport");
        let open = self
            .required(define, "open-args")
            .and_then(|args| open_args(self.source, args, self.diagnostics));
        if let Some(transport) = transport
            && !self.known_transports.contains(&transport.value)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "unknown-transport",
                    format!("no transport has the name `{}`", transport.value),
                    transport.value_span.clone(),
                )
                .with_suggestions(&nearest(
                    &transport.value,
                    &self.known_transports,
                    3,
                )),
            );
        }
        let (Some(name), Some(protocol), Some(transport)) = (name, protocol, transport) else {
            return;
        };
        let taken = &self.configuration.channels;
        if taken.iter().any(|channel| channel.name == name.value) {
            checks::duplicate("channel", name, self.diagnostics);
            return;
        }
        let transports = &self.configuration.transports;
        let transport = transports
            .iter()
            .find(|known| known.name == transport.value);
        // Without one or the other an error has been told.
        let (Some(transport), Some(open)) = (transport, open) else {
            return;
        };
        let is = |name: &str, value: &str, otherwise: bool| {
            define
                .attribute(name)
                .map_or(otherwise, |attribute| attribute.value == value)
        };
        let channel = ChannelConfig {
            name: name.value.clone(),
            name_span: name.value_span.clone(),
            protocol: protocol.value.clone(),
            protocol_span: protocol.value_span.clone(),
            transport: transport.transport,
            global: is("global", "yes", true),
            reconnect: is("reconnect", "yes", false),
            open,
        };
        self.configuration.channels.push(channel);
    }

    fn traffic_param(&mut self, define: &Element) {
        let name = self.required(define, "name");
        let value = define.attribute("value");
        if value.is_none() {
            checks::missing(define, "value", self.diagnostics);
        }
        let Some(name) = name else { return };
        let Some((_, set)) = TABLE.iter().find(|(known, _)| *known == name.value) else {
            let known = TABLE.map(|(name, _)| name);
            self.diagnostics.push(
                Diagnostic::error(
                    "unknown-param",
                    format!("unknown traffic-param `{}`", name.value),
                    name.value_span.clone(),
                )
                .with_suggestions(&nearest(&name.value, known, 3)),
            );
            return;
        };
        let Some(value) = value else { return };
        let text = value.value.trim_ascii();
        if let Err(expected) = set(&mut self.configuration.traffic, text) {
            let (described, names) = match expected {
                Expected::OneOf(names) => (names.join(" or "), names),
                Expected::Described(what) => (what.to_owned(), &[][..]),
            };
            self.diagnostics.push(
                Diagnostic::error(
                    "bad-value",
                    format!("`{}` takes {described}", name.value),
                    value.value_span.clone(),
                )
                .with_suggestions(&nearest(text, names, 1)),
            );
        }
    }

    fn config_param(&mut self, define: &Element) {
        let name = self.required(define, "name");
        let Some(value) = define.attribute("value") else {
            checks::missing(define, "value", self.diagnostics);
            return;
        };
        let Some(name) = name else { return };
        if self.configuration.param(&name.value).is_some() {
            checks::duplicate("config-param", name, self.diagnostics);
            return;
        }
        self.configuration
            .params
            .push((name.value.clone(), value.value.clone()));
    }

    /// An attribute that must be there and hold something.
    fn required<'e>(&mut self, define: &'e Element, name: &str) -> Option<&'e Attribute> {
        match define.attribute(name) {
            Some(attribute) if !attribute.value.is_empty() => Some(attribute),
            Some(attribute) => {
                self.diagnostics.push(Diagnostic::error(
                    "bad-value",
                    format!("`{name}` is empty"),
                    attribute.name_span.clone(),
                ));
                None
            }
            None => {
                checks::missing(define, name, self.diagnostics);
                None
            }
        }
    }
}
