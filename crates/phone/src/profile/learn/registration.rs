//! How the device registers and rings.

use gannet_sip::{HeaderName, Method};
use toml::{Table, Value};

use super::document::Document;
use super::samples::Samples;
use crate::profile::template::mac_digits;

const GROUP: &str = "registration";

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    ringing(samples, document);
    identity_of_calls(samples, document);
    let Some(register) = samples.register else {
        return;
    };
    let contact = register.contact().ok();
    let in_contact = contact
        .as_ref()
        .and_then(|contact| contact.params.get("expires")?.parse::<i64>().ok());
    let in_header = register.number(HeaderName::Expires).ok().map(i64::from);
    if let Some(expires) = in_contact.or(in_header).filter(|expires| *expires > 0) {
        document.set(GROUP, "expires", expires);
        let place = if in_contact.is_some() {
            "contact"
        } else {
            "header"
        };
        document.set(GROUP, "expires-in", place);
    }
    document.set(GROUP, "unregister-at-boot", unregisters_at_boot(samples));
    let instance = contact
        .as_ref()
        .and_then(|contact| contact.params.get_unquoted("+sip.instance"));
    document.set(
        GROUP,
        "instance",
        instance_style(samples, instance.as_deref()),
    );
    if let Some(contact) = contact {
        if let Some(q) = contact.params.get("q") {
            document.set(GROUP, "q", q);
        }
        let mut more = Table::new();
        for (name, value) in contact.params.iter() {
            let known = ["expires", "+sip.instance", "methods", "q"];
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                more.insert(name.to_owned(), Value::from(value.unwrap_or_default()));
            }
        }
        if !more.is_empty() {
            document.set(GROUP, "contact-parameters", more);
        }
    }
}

/// Whether its first REGISTER took all contacts away (RFC 3261 10.2.2).
fn unregisters_at_boot(samples: &Samples<'_>) -> bool {
    let mut registers = samples
        .requests()
        .filter(|request| request.method() == Some(Method::Register));
    let first = registers
        .next()
        .and_then(|first| first.text(HeaderName::Contact));
    first.is_some_and(|contact| contact.trim() == "*") && registers.next().is_some()
}

/// A UUID of the first version ends with the MAC address (RFC 9562 5.1).
fn instance_style(samples: &Samples<'_>, instance: Option<&str>) -> &'static str {
    let Some(instance) = instance else {
        return "none";
    };
    let digits: String = instance
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let elsewhere = samples.main().any(|message| {
        message
            .headers()
            .filter(|field| {
                HeaderName::from_bytes(field.name_text().as_bytes()) != HeaderName::Contact
            })
            .any(|field| {
                let value = field
                    .unfolded()
                    .to_ascii_lowercase()
                    .replace([':', '-'], "");
                digits
                    .get(digits.len().saturating_sub(mac_digits([0; 6]).len())..)
                    .is_some_and(|mac| mac.len() == 12 && value.contains(mac))
            })
    });
    let version = instance
        .rsplit("uuid:")
        .next()
        .and_then(|uuid| uuid.chars().nth(14));
    if elsewhere || version == Some('1') {
        "mac"
    } else {
        "random"
    }
}

fn ringing(samples: &Samples<'_>, document: &mut Document) {
    let to_invite = samples.all.iter().filter(|message| {
        message
            .cseq()
            .is_ok_and(|cseq| cseq.method == Method::Invite)
    });
    let mut codes = to_invite.filter_map(|message| message.status());
    if let Some(code) = codes.find(|code| matches!(code, 180 | 183)) {
        document.set("incoming", "ring-code", i64::from(code));
    }
}

/// What an INVITE says of its sender, unless the call was to be anonymous (RFC 3323 4.1).
fn identity_of_calls(samples: &Samples<'_>, document: &mut Document) {
    let Some(invite) = samples.invite else { return };
    let anonymous = invite
        .from()
        .is_ok_and(|from| from.uri.host.ends_with(".invalid"));
    if anonymous {
        return;
    }
    if let Some(privacy) = invite.text(HeaderName::Privacy) {
        document.set("outgoing", "privacy", privacy.into_owned());
    }
    let preferred = invite.header(HeaderName::PPreferredIdentity).is_some();
    document.set_unless("outgoing", "preferred-identity", preferred, false);
}
