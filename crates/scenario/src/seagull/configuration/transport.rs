use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::arguments::Arguments;
use crate::model::{Transport, TransportKind};
use crate::seagull::xml::Attribute;

/// Checks the library that a transport names: Seagull's own for IP is what is built in.
pub(super) fn check_library(file: &Attribute, diagnostics: &mut Diagnostics) -> bool {
    let name = file.value.rsplit('/').next().unwrap_or(&file.value);
    let stem = name.split('.').next().unwrap_or(name);
    if stem == IP_LIBRARY {
        return true;
    }
    let span = file.value_span.clone();
    let diagnostic = if stem.contains("tls") {
        Diagnostic::error("unknown-transport", "TLS is not among the transports", span)
            .with_label("the library for TLS")
            .with_help("transports are UDP and TCP: libtrans_ip.so with type=udp or type=tcp")
    } else if stem.contains("sctp") {
        Diagnostic::error(
            "unknown-transport",
            "SCTP is not among the transports",
            span,
        )
        .with_label("the library for SCTP")
        .with_help("transports are UDP and TCP: libtrans_ip.so with type=udp or type=tcp")
    } else {
        Diagnostic::error("unknown-transport", "unknown transport library", span)
            .with_suggestions(&nearest(name, ["libtrans_ip.so"], 1))
            .with_help("no library is loaded; libtrans_ip.so stands for UDP and TCP")
    };
    diagnostics.push(diagnostic);
    false
}

/// Reads the `init-args` of a transport over IP; `None` if there are errors.
pub(super) fn transport(
    source: &SourceFile,
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<Transport> {
    let arguments = Arguments::new(source, attribute);
    arguments.check_keys(&KEYS, diagnostics);
    let errors = diagnostics.iter().count();
    let kind = kind(&arguments, diagnostics);
    let read_buffer = arguments.number("read-buf-len", diagnostics);
    // Messages are as long as they are here: the sizes of these buffers mean nothing.
    arguments.number("decode-buf-len", diagnostics);
    arguments.number("encode-buf-len", diagnostics);
    let linger_ms = match arguments.get("close-wait-ms") {
        Some(argument) if argument.text == "off" => None,
        Some(_) => arguments.number("close-wait-ms", diagnostics),
        None => Some(0),
    };
    if diagnostics.len() > errors {
        return None;
    }
    Some(Transport {
        kind: kind?,
        read_buffer_bytes: read_buffer.map_or(READ_BUFFER_BYTES, |bytes| {
            usize::try_from(bytes).unwrap_or(usize::MAX)
        }),
        linger_ms,
    })
}

const IP_LIBRARY: &str = "libtrans_ip";

/// Seagull's `read-buf-len`.
const READ_BUFFER_BYTES: usize = 1024;

const KEYS: [&str; 5] = [
    "type",
    "read-buf-len",
    "decode-buf-len",
    "encode-buf-len",
    "close-wait-ms",
];

fn kind(arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Option<TransportKind> {
    let Some(kind) = arguments.get("type") else {
        diagnostics.push(
            Diagnostic::error("missing-key", "`type` is missing", arguments.whole())
                .with_help("write type=udp or type=tcp"),
        );
        return None;
    };
    match kind.text {
        "udp" => Some(TransportKind::Udp),
        "tcp" => Some(TransportKind::Tcp),
        other => {
            diagnostics.push(
                Diagnostic::error("bad-value", "`type` is udp or tcp", kind.span)
                    .with_suggestions(&nearest(other, ["udp", "tcp"], 1)),
            );
            None
        }
    }
}
