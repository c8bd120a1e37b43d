//! Configuration files, row by row of SEAGULL.md section 3, as far as the rows are about files.

#[path = "../common/mod.rs"]
mod common;
mod entities;
mod problems;
mod traffic_params;

use common::shared;
use gannet_diag::{Diagnostics, Severity, SourceFile, render};
use gannet_scenario::seagull::configuration::{Configuration, ProtocolStatNames};
use gannet_scenario::seagull::xml::{Dialect, Encoding, source_from_bytes};
use proptest::prelude::*;

fn read(text: &str) -> (Configuration, Diagnostics) {
    let source = SourceFile::new("conf.xml", text);
    let mut diagnostics = Diagnostics::new();
    let configuration = Configuration::read(
        &source,
        Encoding::Utf8,
        Dialect::default(),
        &mut diagnostics,
    );
    (configuration, diagnostics)
}

/// A file with these `<define>`s after a transport and a channel.
fn file(defines: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<configuration name=\"c\">\n\
         <define entity=\"transport\" name=\"trans-1\" file=\"libtrans_ip.so\" \
         init-args=\"type=udp\"></define>\n{defines}\n</configuration>\n"
    )
}

fn channel(attributes: &str) -> String {
    file(&format!(
        "<define entity=\"channel\" name=\"channel-1\" protocol=\"sip\" transport=\"trans-1\" \
         {attributes}></define>"
    ))
}

fn good(text: &str) -> Configuration {
    let (configuration, diagnostics) = read(text);
    let source = SourceFile::new("conf.xml", text);
    assert!(
        diagnostics.is_empty(),
        "{}",
        render(&source, &diagnostics, false)
    );
    configuration
}

/// The text at the first problem, its code and severity.
fn problem(text: &str) -> (String, &'static str, Severity) {
    let (_, diagnostics) = read(text);
    let first = diagnostics
        .first()
        .unwrap_or_else(|| panic!("no problem: {text}"));
    (
        text[first.span.clone()].to_owned(),
        first.code,
        first.severity,
    )
}

fn traffic(name: &str, value: &str) -> String {
    file(&format!(
        "<define entity=\"traffic-param\" name=\"{name}\" value=\"{value}\"></define>"
    ))
}

#[test]
fn configurations_of_seagull_are_read_without_a_word() {
    let rows = [
        ("conf.client.xml", 1, 0),
        ("conf.client.param.xml", 1, 4),
        ("conf.client.corr.xml", 2, 4),
        ("conf.server.xml", 1, 0),
        ("conf.server.corr.1.xml", 2, 4),
        ("conf.server.corr.2.xml", 2, 4),
    ];
    for (name, channels, params) in rows {
        let Some(bytes) = shared(&format!("fixtures/seagull/config/{name}")) else {
            return;
        };
        let (source, encoding) = source_from_bytes(name, &bytes);
        let mut diagnostics = Diagnostics::new();
        let found = Configuration::read(&source, encoding, Dialect::default(), &mut diagnostics);
        found.check_protocols(&["sip-protocol"], &mut diagnostics);
        assert_eq!(render(&source, &diagnostics, false), "", "{name}");
        assert_eq!(found.channels.len(), channels, "{name}");
        assert_eq!(found.params.len(), params, "{name}");
        assert_eq!(found.traffic.stat_period_s, Some(1), "{name}");
        assert_eq!(
            found.traffic.protocol_stat_names,
            ProtocolStatNames::All,
            "{name}"
        );
    }
}

proptest! {
    #[test]
    fn no_arguments_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "mode", "=", ";", "client", "server", "source", "dest", "[", "]", ":", "::1", "5060", "127.0.0.1",
        "buffer", "type", "udp", " ", "\u{e9}", "\\\\", "&lt;", "standby", "off", "close-wait-ms", "-1",
    ]), 0..20)) {
        let args = pieces.concat();
        read(&channel(&format!("open-args=\"{args}\"")).replace("type=udp", &args));
    }

    #[test]
    fn no_value_panics(name in "[a-z-]{0,12}", value in "[^\"\\\\]{0,20}") {
        read(&traffic(&name, &value));
        for known in ["response-time-repartition", "answer-background", "call-rate", "seed"] {
            read(&traffic(known, &value));
        }
    }
}
