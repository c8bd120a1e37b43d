//! Who made the device.

use gannet_sip::{HeaderName, Message};
use toml::{Table, Value};

use super::document::{Document, is_accepted};
use super::samples::Samples;
use crate::profile::template::mac_digits;

const GROUP: &str = "identity";

/// Fields that phones write by themselves, or that belong to one request.
const OWN: [HeaderName; 32] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::Contact,
    HeaderName::MaxForwards,
    HeaderName::Route,
    HeaderName::RecordRoute,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::ContentDisposition,
    HeaderName::ContentEncoding,
    HeaderName::UserAgent,
    HeaderName::Server,
    HeaderName::Allow,
    HeaderName::Supported,
    HeaderName::AllowEvents,
    HeaderName::Accept,
    HeaderName::AcceptEncoding,
    HeaderName::Expires,
    HeaderName::Authorization,
    HeaderName::ProxyAuthorization,
    HeaderName::Event,
    HeaderName::Require,
    HeaderName::Date,
    HeaderName::SessionExpires,
    HeaderName::MinSe,
    HeaderName::Privacy,
    HeaderName::PPreferredIdentity,
    HeaderName::RecvInfo,
    HeaderName::Replaces,
];

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    let mac = mac(samples);
    let agent = samples
        .main()
        .find_map(|message| message.text(HeaderName::UserAgent))
        .or_else(|| samples.answer?.text(HeaderName::Server));
    if let Some(agent) = &agent {
        let (vendor, model, firmware) = parts(agent);
        document.set(GROUP, "vendor", vendor);
        document.set(GROUP, "model", model);
        if let Some(firmware) = firmware {
            document.set(GROUP, "firmware", firmware);
        }
        document.set(GROUP, "user-agent", with_placeholder(agent, mac));
    }
    if let Some(mac) = mac {
        let octets = mac.map(|octet| format!("{octet:02x}"));
        document.set(GROUP, "mac", octets.join(":"));
    }
    if let Some(answer) = samples.answer {
        let field = if answer.header(HeaderName::Server).is_some() {
            "Server"
        } else if answer.header(HeaderName::UserAgent).is_some() {
            "User-Agent"
        } else {
            "none"
        };
        document.set(GROUP, "in-responses", field);
    }
    headers(samples, mac, document);
}

/// Vendor, model and firmware out of a User-Agent: `Drey Squirrel350 3.5.0.118`, or
/// `SquirrelPhone/3.5.0`. The firmware is the last word that begins with a digit and has a dot.
fn parts(agent: &str) -> (String, String, Option<String>) {
    let words: Vec<&str> = agent
        .split([' ', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    let firmware = words
        .iter()
        .rposition(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'));
    let named: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != firmware)
        .map(|(_, word)| *word)
        .collect();
    let (vendor, model) = match named.as_slice() {
        [] => ("unknown", "unknown"),
        [only] => ("unknown", *only),
        [vendor, model, ..] => (*vendor, *model),
    };
    let firmware = firmware.map(|index| words[index].to_owned());
    (vendor.to_owned(), model.to_owned(), firmware)
}

/// Twelve hexadecimal digits at the end of `+sip.instance` or in a field named like a MAC address.
fn mac(samples: &Samples<'_>) -> Option<[u8; 6]> {
    samples.main_requests().find_map(|message| {
        let instance = message
            .contact()
            .ok()
            .and_then(|contact| contact.params.get_unquoted("+sip.instance"));
        let in_instance = instance.as_deref().and_then(last_digits);
        let mut fields = message.headers();
        in_instance.or_else(|| {
            let field = fields.find(|field| {
                let name = field.name_text().to_ascii_lowercase();
                name == "mac" || name.ends_with("-mac")
            })?;
            last_digits(&field.unfolded())
        })
    })
}

fn last_digits(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let last = digits.get(digits.len().checked_sub(12)?..)?;
    let number = u64::from_str_radix(last, 16).ok()?;
    let [_, _, mac @ ..] = number.to_be_bytes();
    Some(mac)
}

/// The text with the device's own address as a placeholder.
fn with_placeholder(text: &str, mac: Option<[u8; 6]>) -> String {
    let Some(mac) = mac else {
        return text.to_owned();
    };
    let digits = mac_digits(mac);
    text.replace(&digits, "{mac}")
        .replace(&digits.to_uppercase(), "{MAC}")
}

/// Fields of the device's own that all its requests carry.
fn headers(samples: &Samples<'_>, mac: Option<[u8; 6]>, document: &mut Document) {
    let requests: Vec<&Message> = samples.main_requests().collect();
    let mut table = Table::new();
    for message in &requests {
        for field in message.headers() {
            let name = field.name_text().into_owned();
            let id = HeaderName::from_bytes(name.as_bytes());
            if OWN.contains(&id) || table.contains_key(&name) {
                continue;
            }
            let value = with_placeholder(&field.unfolded(), mac);
            let everywhere = requests
                .iter()
                .all(|other| other.headers_by_text(&name).next().is_some());
            let alone = format!(
                "{{ {} = {} }}",
                Value::from(name.as_str()),
                Value::from(value.as_str())
            );
            if !everywhere {
                let method = message.method().map_or_else(String::new, |m| m.to_string());
                document.leave_out(format!("{name}: {value} in {method} alone"));
            } else if is_accepted("identity.headers", &alone) {
                table.insert(name, Value::from(value));
            } else {
                document.leave_out(format!("{name}: {value}"));
            }
        }
    }
    if !table.is_empty() {
        document.set(GROUP, "headers", table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_model_and_firmware_out_of_a_user_agent() {
        for (agent, vendor, model, firmware) in [
            (
                "Drey Squirrel350 3.5.0.118",
                "Drey",
                "Squirrel350",
                Some("3.5.0.118"),
            ),
            (
                "BurrowPhone-UA/5.9.5",
                "unknown",
                "BurrowPhone-UA",
                Some("5.9.5"),
            ),
            ("Drey SQ 1 2.0 02:00", "Drey", "SQ", Some("2.0")),
            ("softphone", "unknown", "softphone", None),
        ] {
            let expected = (
                vendor.to_owned(),
                model.to_owned(),
                firmware.map(str::to_owned),
            );
            assert_eq!(parts(agent), expected, "{agent}");
        }
    }

    #[test]
    fn the_last_twelve_digits_are_the_address() {
        let urn = "<urn:uuid:00000000-0000-1000-8000-0200DEADBEEF>";
        assert_eq!(last_digits(urn), Some([2, 0, 0xde, 0xad, 0xbe, 0xef]));
        assert_eq!(last_digits("02:00:de:ad:be:ef"), last_digits(urn));
        assert_eq!(last_digits("1234"), None);
    }
}
