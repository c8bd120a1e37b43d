//! How long the content of a MESSAGE is worth reading (RFC 3428 4, RFC 3261 20.17, 20.19).

use gannet_sip::{HeaderName, Message, parse_date};

/// When the content of a MESSAGE ends to be valid: so many seconds after its Date as Expires says, or
/// after it was received if it has no usable Date. All in seconds since 1970 began. `None` if nothing
/// ends it: no Expires, or 0, which says that nobody is to keep the message, not that it is old.
pub fn valid_until(message: &Message, received_s: u64) -> Option<u64> {
    let lifetime = message.number(HeaderName::Expires).ok();
    let lifetime = lifetime.filter(|seconds| *seconds > 0)?;
    let date = message.text(HeaderName::Date);
    let sent = date.and_then(|text| parse_date(&text));
    Some(sent.unwrap_or(received_s).saturating_add(lifetime.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_counts_from_the_date() {
        let date = "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n";
        let table = [
            (format!("{date}Expires: 60\r\n"), Some(1_289_691_000)),
            ("Date: today\r\nExpires: 60\r\n".to_owned(), Some(1060)),
            ("Expires: 60\r\n".to_owned(), Some(1060)),
            (format!("{date}Expires: 0\r\n"), None),
            (format!("{date}Expires: soon\r\n"), None),
            (date.to_owned(), None),
        ];
        for (fields, expected) in table {
            let text = format!("MESSAGE sip:a SIP/2.0\r\n{fields}\r\n");
            let message = Message::parse(text.into_bytes());
            assert_eq!(valid_until(&message, 1000), expected, "{fields}");
        }
    }
}
