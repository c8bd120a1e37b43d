//! The form of messages and addresses.

use gannet_sip::{HeaderName, Message};
use toml::{Table, Value};

use super::document::Document;
use super::samples::Samples;

const MESSAGES: &str = "messages";
const ADDRESSES: &str = "addresses";

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    compact(samples, document);
    let requests: Vec<&Message> = samples.main_requests().collect();
    let rport = |message: &&Message| message.via().is_ok_and(|via| via.params.has("rport"));
    if !requests.is_empty() {
        document.set(MESSAGES, "rport", requests.iter().any(rport));
    }
    order(samples, document);
    addresses(samples, &requests, document);
}

fn compact(samples: &Samples<'_>, document: &mut Document) {
    let mut names = Vec::new();
    for message in samples.main() {
        for field in message.headers() {
            let written = field.name_text();
            let id = HeaderName::from_bytes(written.as_bytes());
            let is_compact = id
                .compact()
                .is_some_and(|compact| compact.eq_ignore_ascii_case(&written));
            if is_compact && !names.contains(&id) {
                names.push(id);
            }
        }
    }
    if names.is_empty() {
        document.set(MESSAGES, "compact", false);
    } else {
        let names: Vec<Value> = names
            .iter()
            .map(|name| Value::from(name.as_str()))
            .collect();
        document.set(MESSAGES, "compact", names);
    }
}

fn order(samples: &Samples<'_>, document: &mut Document) {
    let mut table = Table::new();
    let kinds = [
        ("REGISTER", samples.register),
        ("INVITE", samples.invite),
        ("response", samples.answer),
    ];
    // What was not seen looks like the most telling request that was.
    let default = samples.invite.or(samples.register).or(samples.answer);
    for (kind, message) in [("default", default)].into_iter().chain(kinds) {
        if let Some(message) = message {
            table.insert(kind.to_owned(), Value::from(names(message)));
        }
    }
    document.set(MESSAGES, "header-order", table);
}

/// The names of the fields, long, each once.
fn names(message: &Message) -> Vec<Value> {
    let mut names: Vec<String> = Vec::new();
    for field in message.headers() {
        let written = field.name_text();
        let long = HeaderName::from_bytes(written.as_bytes()).as_str();
        let name = if long.is_empty() { &written } else { long };
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    names.into_iter().map(Value::from).collect()
}

fn addresses(samples: &Samples<'_>, requests: &[&Message], document: &mut Document) {
    let froms: Vec<_> = requests
        .iter()
        .filter_map(|message| message.from().ok())
        .collect();
    if !froms.is_empty() {
        let port = froms.iter().any(|from| from.uri.port.is_some());
        document.set(ADDRESSES, "port-shown", port);
    }
    if let Some(uri) = samples.invite.and_then(|invite| invite.request_uri().ok()) {
        let is_number = uri.user.as_deref().is_some_and(|user| {
            user.chars()
                .all(|c| c.is_ascii_digit() || "+*#".contains(c))
        });
        let phone = uri.params.get("user") == Some("phone");
        if is_number || phone {
            document.set(ADDRESSES, "user-phone", phone);
        }
    }
    // Over TCP the parameter has to be there, which says nothing.
    let over_udp = |message: &&&Message| {
        message
            .via()
            .is_ok_and(|via| via.transport.eq_ignore_ascii_case("UDP"))
    };
    let mut contacts = requests
        .iter()
        .filter(over_udp)
        .filter_map(|message| message.contact().ok())
        .peekable();
    if contacts.peek().is_some() {
        let transport = contacts.any(|contact| contact.uri.params.has("transport"));
        document.set(ADDRESSES, "contact-transport", transport);
    }
    uri_transport(samples, document);
    if let Some(contact) = samples.invite.and_then(|invite| invite.contact().ok()) {
        let named = contact.display.is_some();
        document.set_unless(ADDRESSES, "contact-display-name", named, false);
    }
    let mut displays = froms.iter().filter_map(|from| from.display.as_deref());
    if let Some(display) = displays.next() {
        document.set(ADDRESSES, "quoted-display-name", display.starts_with('"'));
    }
}

/// `transport` in Request-URIs; over TCP it says nothing.
fn uri_transport(samples: &Samples<'_>, document: &mut Document) {
    let has = |message: Option<&Message>| {
        let uri = message.and_then(|message| message.request_uri().ok());
        uri.is_some_and(|uri| uri.params.get("transport").is_some_and(|it| it == "udp"))
    };
    let place = match (has(samples.register), has(samples.invite)) {
        (_, true) => "all",
        (true, false) => "register",
        (false, false) => return,
    };
    document.set(ADDRESSES, "uri-transport", place);
}
