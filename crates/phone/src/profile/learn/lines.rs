//! The form of header lines, and faults in them that show.

use gannet_sip::{HeaderName, Message};
use toml::Value;

use super::document::Document;
use super::samples::Samples;

const MESSAGES: &str = "messages";
const QUIRKS: &str = "quirks";
/// As most devices write it.
const COLON: &str = ": ";
/// The shortest line at which profiles fold.
const FOLD_MIN: usize = 20;

/// A header line as it was sent.
struct Written {
    name: String,
    /// The colon and the blanks around it.
    colon: String,
    value: String,
    /// Octets of its first line, if others follow.
    folded: Option<usize>,
}

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    let messages: Vec<Vec<Written>> = samples.main().map(written).collect();
    let lines = || messages.iter().flatten();
    let is_length =
        |line: &&Written| HeaderName::from_bytes(line.name.as_bytes()) == HeaderName::ContentLength;
    let colon = most_common(
        lines()
            .filter(|line| !is_length(line))
            .map(|line| &line.colon),
    );
    let colon = colon.unwrap_or_else(|| COLON.to_owned());
    document.set_unless(MESSAGES, "colon", colon.as_str(), COLON);
    for line in lines().filter(|line| !is_length(line) && line.colon != colon) {
        document.leave_out(format!("\"{}\" behind {} alone", line.colon, line.name));
    }
    let widths = lines().filter(is_length).map(|line| {
        let padding = line.colon.len().saturating_sub(colon.len());
        (padding > 0).then(|| padding + line.value.len())
    });
    if let Some(width) = widths.flatten().max() {
        document.set(MESSAGES, "content-length-width", width as i64);
    }
    if let Some(length) = lines().filter_map(|line| line.folded).max() {
        document.set(MESSAGES, "fold-at", length.max(FOLD_MIN) as i64);
    }
    if samples.main().any(repeats_lists) {
        document.set(MESSAGES, "lists", "repeated");
    }
    parameters(samples, document);
    faults(samples, &messages, document);
}

fn written(message: &Message) -> Vec<Written> {
    let text = String::from_utf8_lossy(message.bytes()).into_owned();
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let mut lines: Vec<Written> = Vec::new();
    let mut last_length = 0;
    for line in head.split("\r\n").skip(1) {
        if line.starts_with([' ', '\t']) {
            if let Some(before) = lines.last_mut() {
                before.folded.get_or_insert(last_length);
            }
            continue;
        }
        last_length = line.len();
        let Some((name, rest)) = line.split_once(':') else {
            continue;
        };
        let blank = |c: char| c == ' ' || c == '\t';
        let (bare, value) = (name.trim_end_matches(blank), rest.trim_start_matches(blank));
        if value.is_empty() {
            // Blanks at the end of an empty line belong to nothing.
            continue;
        }
        let before = &name[bare.len()..];
        let after = &rest[..rest.len() - value.len()];
        lines.push(Written {
            name: bare.to_owned(),
            colon: format!("{before}:{after}"),
            value: value.to_owned(),
            folded: None,
        });
    }
    lines
}

fn most_common<'a>(texts: impl Iterator<Item = &'a String>) -> Option<String> {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for text in texts {
        match counts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(text, _)| text.clone())
}

/// Whether a list stands in several fields of one item each.
fn repeats_lists(message: &Message) -> bool {
    let lists = [
        HeaderName::Allow,
        HeaderName::Supported,
        HeaderName::AllowEvents,
    ];
    lists.into_iter().any(|name| {
        let fields = message.headers_named(name).count();
        fields > 1 && message.values(name).count() == fields
    })
}

/// The order of parameters in the device's own Via and in Contact of REGISTER.
fn parameters(samples: &Samples<'_>, document: &mut Document) {
    let requests: Vec<&Message> = samples.main_requests().collect();
    let vias = requests.iter().filter_map(|request| request.via().ok());
    for via in vias {
        if via.params.has("alias") {
            document.leave_out("alias in Via (RFC 5923)");
        }
        let own = via.params.iter().map(|(name, _)| name.to_ascii_lowercase());
        let own: Vec<String> = own
            .filter(|name| name == "branch" || name == "rport")
            .collect();
        if own.first().is_some_and(|first| first == "rport") {
            document.set_once(MESSAGES, "via-parameter-order", own);
        }
    }
    let contact = samples
        .register
        .and_then(|register| register.contact().ok());
    if let Some(contact) = contact {
        let names: Vec<Value> = contact
            .params
            .iter()
            .map(|(name, _)| Value::from(name))
            .collect();
        if names.len() > 1 {
            document.set(MESSAGES, "contact-parameter-order", names);
        }
    }
}

/// What the messages have wrong.
fn faults(samples: &Samples<'_>, messages: &[Vec<Written>], document: &mut Document) {
    let names = || messages.iter().flatten().map(|line| line.name.as_str());
    // Compact names are in lower case rightly.
    let long = || names().filter(|name| name.len() > 1);
    let all = |change: fn(&str) -> String| {
        long().next().is_some() && long().all(|name| name == change(name))
    };
    let over_udp = |message: &Message| {
        let via = message.via();
        via.is_ok_and(|via| via.transport.eq_ignore_ascii_case("UDP"))
    };
    let lacks = |message: &Message, name| message.header(name).is_none();
    let doubled = |message: &Message| {
        let contacts: Vec<_> = message.headers_named(HeaderName::Contact).collect();
        contacts.len() > 1 && contacts.windows(2).all(|two| two[0].value == two[1].value)
    };
    let mut requests = samples.main_requests();
    let seen = [
        ("lower-case-names", all(str::to_ascii_lowercase)),
        ("upper-case-names", all(str::to_ascii_uppercase)),
        ("duplicate-contact", samples.main().any(doubled)),
        (
            "no-max-forwards",
            requests.any(|request| lacks(request, HeaderName::MaxForwards)),
        ),
        (
            "no-content-length",
            samples
                .main()
                .any(|message| over_udp(message) && lacks(message, HeaderName::ContentLength)),
        ),
        (
            "answer-without-contact",
            samples
                .answer
                .is_some_and(|answer| lacks(answer, HeaderName::Contact)),
        ),
    ];
    for (name, is_so) in seen {
        document.set_unless(QUIRKS, name, is_so, false);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::profile::learn::{Captured, learn};

    fn learned(messages: &[&str]) -> String {
        let source: SocketAddr = "192.0.2.7:5060".parse().expect("an address");
        let captured = |text: &&str| Captured {
            source,
            destination: "192.0.2.1:5060".parse().expect("an address"),
            message: Message::parse(text.replace('\n', "\r\n").into_bytes()),
        };
        let captured: Vec<_> = messages.iter().map(captured).collect();
        learn(&captured, None).expect("a phone").toml
    }

    const REGISTER: &str = "REGISTER sip:b.test;transport=udp SIP/2.0\n\
        via:SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK12345678\n\
        from:<sip:a@b.test>;tag=11112222-33334444\nto:<sip:a@b.test>\n\
        call-id:1234567890-5060-1@BJC.A.C.H\ncseq:1234 REGISTER\n\
        contact:<sip:a@192.0.2.7:5060>;line=7;methods=\"INVITE, ACK, BYE, CANCEL\";expires=60\n\
        supported:path\nsupported:replaces\n\
        content-length:    0\n\n";

    #[test]
    fn the_form_of_lines_is_learned() {
        let text = learned(&[REGISTER]);
        for expected in [
            "colon = \":\"",
            "content-length-width = 5",
            "lists = \"repeated\"",
            "via-parameter-order = [\"rport\", \"branch\"]",
            "contact-parameter-order = [\"line\", \"methods\", \"expires\"]",
            "lower-case-names = true",
            "no-max-forwards = true",
            "uri-transport = \"register\"",
            "methods-in-contact-on = [\"REGISTER\"]",
            "allow = [\"INVITE\", \"ACK\", \"BYE\", \"CANCEL\"]",
            "contact-parameters = { line = \"7\" }",
            "cseq-start = 1234",
            "tag = \"{dec:8}-{dec:8}\"",
            "call-id = \"{dec:10}-{dec:4}-1@{ip:letters}\"",
        ] {
            assert!(text.contains(expected), "{expected} is missing in\n{text}");
        }
    }

    #[test]
    fn lines_that_go_on_are_learned() {
        let folded = REGISTER.replace(
            "supported:path\nsupported:replaces",
            "Supported:path,\n replaces",
        );
        let text = learned(&[&folded]);
        assert!(text.contains("fold-at = 20"), "{text}");
        assert!(!text.contains("lower-case-names"), "{text}");
    }
}
