//! Messages written by hand, octet by octet.

use bytes::Bytes;
use gannet_sip::host_text;

/// What the words in brackets of a raw message stand for.
pub(crate) struct RawFacts {
    /// `[local_ip]`, `[local_port]`, `[transport]`, `[user]`, `[domain]`, `[remote_ip]`,
    /// `[remote_port]`, `[branch]`, `[call_id]`, `[tag]`.
    pub(crate) words: Vec<(&'static str, String)>,
}

impl RawFacts {
    pub(crate) fn address(&mut self, names: [&'static str; 2], address: std::net::SocketAddr) {
        self.words.push((names[0], host_text(address.ip())));
        self.words.push((names[1], address.port().to_string()));
    }
}

/// The octets of a message as a person writes it: lines end with CRLF, an empty line ends the head
/// (one is added if there is none), words in brackets are filled in, `[len]` last with the length of
/// the body. Everything else stays as it is, right or wrong.
pub(crate) fn raw_message(text: &str, facts: &RawFacts) -> Bytes {
    let mut text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    for (word, value) in &facts.words {
        text = text.replace(&format!("[{word}]"), value);
    }
    if !text.contains("\r\n\r\n") {
        while text.ends_with("\r\n") {
            text.truncate(text.len() - 2);
        }
        text.push_str("\r\n\r\n");
    }
    let body = text
        .find("\r\n\r\n")
        .map_or(0, |head| text.len() - head - 4);
    text.replace("[len]", &body.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let mut facts = RawFacts {
            words: vec![("branch", "z9hG4bK1".to_owned())],
        };
        facts.address(["local_ip", "local_port"], ([127, 0, 0, 1], 5070).into());
        String::from_utf8_lossy(&raw_message(text, &facts)).into_owned()
    }

    #[test]
    fn words_are_filled_in_and_the_rest_stays() {
        assert_eq!(
            filled(
                "OPTIONS sip:[::1] SIP/2.0\nv:[local_ip]:[local_port];branch=[branch]\nX [what]"
            ),
            "OPTIONS sip:[::1] SIP/2.0\r\nv:127.0.0.1:5070;branch=z9hG4bK1\r\nX [what]\r\n\r\n"
        );
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        assert_eq!(filled("A\nl: [len]\n\nab\nc"), "A\r\nl: 5\r\n\r\nab\r\nc");
        assert_eq!(filled("A\nl: [len]\n"), "A\r\nl: 0\r\n\r\n");
    }
}
