//! What the device says it can do, and where it says so.

use gannet_sip::{HeaderName, Message, Method};
use toml::Value;

use super::document::Document;
use super::samples::Samples;

const GROUP: &str = "lists";
/// Without these no profile is taken.
const METHODS_NEEDED: [&str; 4] = ["INVITE", "ACK", "BYE", "CANCEL"];

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    let lists = [
        (HeaderName::Allow, "allow", "allow-on", &METHODS_NEEDED[..]),
        (HeaderName::Supported, "supported", "supported-on", &[]),
        (
            HeaderName::AllowEvents,
            "allow-events",
            "allow-events-on",
            &[],
        ),
        (HeaderName::Accept, "accept", "accept-on", &[]),
        (
            HeaderName::AcceptEncoding,
            "accept-encoding",
            "accept-encoding-on",
            &[],
        ),
    ];
    for (field, key, on_key, needed) in lists {
        let carriers = carriers(samples, field);
        // The first that names most: a list may be shorter in responses.
        let longest = carriers
            .iter()
            .map(|(_, message)| message.values(field).collect::<Vec<_>>())
            .rev()
            .max_by_key(Vec::len);
        let Some(items) = longest else { continue };
        let mut once: Vec<Value> = Vec::new();
        for item in items {
            // Parameters of media types are not part of the lists.
            let item = Value::from(item.split(';').next().unwrap_or_default().trim());
            // That one is said by session-timers.support.
            let is_timer = field == HeaderName::Supported && item.as_str() == Some("timer");
            if !is_timer && !once.contains(&item) {
                once.push(item);
            }
        }
        document.set_list(GROUP, key, once, needed);
        let mut methods: Vec<String> = Vec::new();
        for (method, _) in &carriers {
            let method = method.to_string();
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        document.set(GROUP, on_key, methods);
    }
    recv_info(samples, document);
    in_contact(samples, document);
    session_timers(samples, document);
}

/// Whether the device knows session timers, and what its calls ask for (RFC 4028 7.1).
fn session_timers(samples: &Samples<'_>, document: &mut Document) {
    let Some(invite) = samples.invite else { return };
    let knows = invite.lists(HeaderName::Supported, "timer");
    document.set("session-timers", "support", knows);
    let interval = invite.text(HeaderName::SessionExpires);
    let interval = interval.and_then(|text| text.split(';').next()?.trim().parse::<i64>().ok());
    if let Some(interval) = interval {
        document.set("session-timers", "expires", interval);
    }
}

/// The methods as a parameter of Contact (RFC 3840 10); they stand for those of Allow where there is
/// no Allow.
fn in_contact(samples: &Samples<'_>, document: &mut Document) {
    let methods = |message: &Message| message.contact().ok()?.params.get_unquoted("methods");
    let mut carriers: Vec<String> = Vec::new();
    for message in &samples.all {
        if methods(message).is_some()
            && let Ok(cseq) = message.cseq()
        {
            let method = cseq.method.to_string();
            if !carriers.contains(&method) {
                carriers.push(method);
            }
        }
    }
    let Some(list) = samples.all.iter().find_map(|message| methods(message)) else {
        return;
    };
    document.set(GROUP, "methods-in-contact-on", carriers);
    if !samples
        .all
        .iter()
        .any(|message| message.header(HeaderName::Allow).is_some())
    {
        let items = list.split(',').map(|item| Value::from(item.trim()));
        document.set_list(GROUP, "allow", items.collect(), &METHODS_NEEDED);
        document.set(GROUP, "allow-on", Vec::<String>::new());
    }
}

/// The requests and 2xx with this field, by their method.
fn carriers<'a>(samples: &Samples<'a>, field: HeaderName) -> Vec<(Method, &'a Message)> {
    let telling = samples.all.iter().filter(|message| {
        message.status().is_none_or(|code| code / 100 == 2) && message.header(field).is_some()
    });
    telling
        .filter_map(|message| Some((message.cseq().ok()?.method, *message)))
        .collect()
}

fn recv_info(samples: &Samples<'_>, document: &mut Document) {
    let mut with_field = samples
        .main()
        .filter(|message| message.header(HeaderName::RecvInfo).is_some());
    if let Some(message) = with_field.next() {
        let names = message.values(HeaderName::RecvInfo);
        let names: Vec<Value> = names
            .filter(|name| !name.is_empty())
            .map(Value::from)
            .collect();
        document.set(GROUP, "recv-info", names);
    }
}
