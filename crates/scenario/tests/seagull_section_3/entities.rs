//! Transports, channels and configuration parameters.

use gannet_diag::{Diagnostics, Severity};
use gannet_scenario::model::{Endpoint, Mode, TransportKind};

use super::{channel, file, good, problem, read};

#[test]
fn transports() {
    // init-args, what they mean: kind, buffer, linger.
    let rows = [
        ("type=udp", (TransportKind::Udp, 1024, Some(0))),
        ("type=tcp", (TransportKind::Tcp, 1024, Some(0))),
        (
            "type=udp;read-buf-len=2048",
            (TransportKind::Udp, 2048, Some(0)),
        ),
        (
            "read-buf-len=1;decode-buf-len=2;encode-buf-len=3;type=tcp",
            (TransportKind::Tcp, 1, Some(0)),
        ),
        (
            "type=tcp;close-wait-ms=500",
            (TransportKind::Tcp, 1024, Some(500)),
        ),
        (
            "type=tcp;close-wait-ms=off;",
            (TransportKind::Tcp, 1024, None),
        ),
        (
            "type=udp; read-buf-len= 7 ",
            (TransportKind::Udp, 7, Some(0)),
        ),
    ];
    for (args, (kind, buffer, linger)) in rows {
        let text = file("").replace("type=udp", args);
        let configuration = good(&text);
        let transport = configuration.transports[0].transport;
        assert_eq!(transport.kind, kind, "{args}");
        assert_eq!(transport.read_buffer_bytes, buffer, "{args}");
        assert_eq!(transport.linger_ms, linger, "{args}");
    }
    // Values are found by a search for the key, wherever it stands.
    let text = file("").replace("type=udp", "my-type=udp");
    let (configuration, diagnostics) = read(&text);
    assert!(!diagnostics.has_errors());
    assert_eq!(diagnostics[0].code, "unknown-key");
    assert_eq!(configuration.transports.len(), 1);
}

#[test]
fn channels() {
    let address = |text: &str| Endpoint::Address(text.parse().expect("an address"));
    let open = |args: &str| {
        let text = channel(&format!("open-args=\"{args}\""));
        good(&text).channels[0].open.clone()
    };
    let client = open("mode=client;source=127.0.0.1:5061;dest=127.0.0.1:5060");
    assert_eq!(client.mode, Mode::Client);
    assert_eq!(client.source, Some(address("127.0.0.1:5061")));
    assert_eq!(client.dest, Some(address("127.0.0.1:5060")));
    assert_eq!((client.standby, client.buffer_bytes), (None, None));
    let server = open("mode=server;source=[::1]:5060");
    assert_eq!(server.mode, Mode::Server);
    assert_eq!(server.source, Some(address("[::1]:5060")));
    let more = open("mode=client;dest=sut.example:5060;standby=[2001:db8::1]:5062;buffer=65535");
    assert_eq!(more.dest, Some(Endpoint::Name("sut.example".into(), 5060)));
    assert_eq!(more.standby, Some(address("[2001:db8::1]:5062")));
    assert_eq!(more.buffer_bytes, Some(65535));

    let server = "open-args=\"mode=server;source=127.0.0.1:5060\"";
    let rows = [
        ("", true, false),
        ("global=\"yes\" reconnect=\"yes\"", true, true),
        ("global=\"no\" reconnect=\"no\"", false, false),
        ("global=\"true\" reconnect=\"true\"", false, false),
    ];
    for (attributes, global, reconnect) in rows {
        let configuration = good(&channel(&format!("{server} {attributes}")));
        let channel = &configuration.channels[0];
        assert_eq!(
            (channel.global, channel.reconnect),
            (global, reconnect),
            "{attributes}"
        );
        assert_eq!(channel.transport.kind, TransportKind::Udp);
        assert_eq!(channel.protocol, "sip");
    }
}

#[test]
fn a_channel_may_come_before_its_transport() {
    let text = "<configuration><define entity=\"channel\" name=\"c\" protocol=\"p\" transport=\"t\" \
        open-args=\"mode=server;source=[::]:5060\"></define><define entity=\"transport\" name=\"t\" \
        file=\"/usr/lib/libtrans_ip.so\" init-args=\"type=tcp\"></define></configuration>";
    assert_eq!(good(text).channels[0].transport.kind, TransportKind::Tcp);
}

#[test]
fn config_params_are_texts() {
    let text = file(
        "<define entity=\"config-param\" name=\"a\" value=\"s <sip:s@h:1>;tag=1\"></define>\n\
         <define entity=\"config-param\" name=\"b\" value=\"\"></define>",
    );
    let configuration = good(&text);
    assert_eq!(configuration.param("a"), Some("s <sip:s@h:1>;tag=1"));
    assert_eq!(configuration.param("b"), Some(""));
    assert_eq!(configuration.param("c"), None);
    assert_eq!(configuration.params.len(), 2);
    assert_eq!(configuration.name, "c");
}

#[test]
fn protocols_are_checked_against_the_dictionaries() {
    let text = channel("open-args=\"mode=server;source=127.0.0.1:5060\"");
    let configuration = good(&text);
    let mut diagnostics = Diagnostics::new();
    configuration.check_protocols(&["sip", "http"], &mut diagnostics);
    assert!(diagnostics.is_empty());
    configuration.check_protocols(&["sipp"], &mut diagnostics);
    assert_eq!(diagnostics[0].code, "unknown-protocol");
    assert_eq!(&text[diagnostics[0].span.clone()], "sip");
}

#[test]
fn names_are_given_once() {
    let twice = |define: &str| file(&format!("{define}\n{define}"));
    let rows = [
        (
            "transport",
            "<define entity=\"transport\" name=\"t\" file=\"libtrans_ip.so\" init-args=\"type=udp\"></define>",
            "t",
            Severity::Error,
        ),
        (
            "channel",
            "<define entity=\"channel\" name=\"c\" protocol=\"p\" transport=\"trans-1\" open-args=\"mode=server;source=[::1]:1\"></define>",
            "c",
            Severity::Error,
        ),
        (
            "config-param",
            "<define entity=\"config-param\" name=\"x\" value=\"\"></define>",
            "x",
            Severity::Error,
        ),
        (
            "traffic-param",
            "<define entity=\"traffic-param\" name=\"call-rate\" value=\"1\"></define>",
            "call-rate",
            Severity::Warning,
        ),
    ];
    for (row, define, name, severity) in rows {
        let found = problem(&twice(define));
        assert_eq!(
            found,
            (name.to_owned(), "duplicate-name", severity),
            "{row}"
        );
    }
}
