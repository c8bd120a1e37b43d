//! Form of header lines: blanks, folding, lists in one field or several, order of parameters.

use std::borrow::Cow;

use gannet_sip::{HeaderName, Line, MessageBuilder, NameAddr, Params, Via};

/// Form of header lines. Lines that were given as they are to be sent stay so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineStyle {
    /// Between a name and its value: a colon and blanks (RFC 3261 7.3.1 allows any number).
    pub colon: String,
    /// The digits of Content-Length fill so many places, blanks before them; 0: as few as there are.
    pub content_length_width: usize,
    /// Lists such as Allow stand in one field for each item (RFC 3261 7.3.1).
    pub repeats_lists: bool,
    /// Lists and credentials go on in the next line beyond so many octets; `None`: never.
    pub fold_at: Option<usize>,
    /// Parameters of Via in their order; others follow.
    pub via_parameters: Vec<String>,
    /// Parameters of Contact in their order; others follow.
    pub contact_parameters: Vec<String>,
}

impl Default for LineStyle {
    fn default() -> Self {
        Self {
            colon: COLON.to_owned(),
            content_length_width: 0,
            repeats_lists: false,
            fold_at: None,
            via_parameters: Vec::new(),
            contact_parameters: Vec::new(),
        }
    }
}

/// As most devices write it.
const COLON: &str = ": ";

/// Fields that are lists of words, without quotes and parameters that have commas.
const LISTS: [HeaderName; 7] = [
    HeaderName::Allow,
    HeaderName::Supported,
    HeaderName::Require,
    HeaderName::AllowEvents,
    HeaderName::Accept,
    HeaderName::AcceptEncoding,
    HeaderName::RecvInfo,
];

impl LineStyle {
    /// Brings the parameters of our own Via and of Contact into order. `request`: the first Via is
    /// ours; in responses it is the other side's (RFC 3261 8.2.6.2).
    pub(super) fn arrange_parameters(&self, message: &mut MessageBuilder, request: bool) {
        if request && !self.via_parameters.is_empty() {
            let mut lines = message.lines_mut().iter_mut();
            let own = lines.find(|line| line.id == HeaderName::Via);
            if let Some(own) = own.filter(|line| !line.raw)
                && let Ok(mut via) = Via::parse(&String::from_utf8_lossy(&own.value))
            {
                via.params = ordered(&via.params, &self.via_parameters);
                own.value = via.to_string().into_bytes();
            }
        }
        if !self.contact_parameters.is_empty() {
            change_contacts(message, |contact| {
                contact.params = ordered(&contact.params, &self.contact_parameters);
            });
        }
    }

    /// Gives each item of a list a field of its own.
    pub(super) fn spread_lists(&self, message: &mut MessageBuilder) {
        if !self.repeats_lists {
            return;
        }
        let lines = std::mem::take(message.lines_mut());
        let spread = lines.into_iter().flat_map(|line| {
            if line.raw || !LISTS.contains(&line.id) {
                return vec![line];
            }
            let text = String::from_utf8_lossy(&line.value).into_owned();
            let items = text.split(',').map(|item| Line {
                value: item.trim().as_bytes().to_vec(),
                ..line.clone()
            });
            items.collect()
        });
        *message.lines_mut() = spread.collect();
    }

    /// Writes what stands between names and values, and folds long lines.
    pub(super) fn form(&self, message: &mut MessageBuilder) {
        let length = message.body_bytes().len().to_string();
        for line in message.lines_mut().iter_mut().filter(|line| !line.raw) {
            if line.id == HeaderName::ContentLength {
                let padding = self.content_length_width.saturating_sub(length.len());
                let separator = format!("{}{}", self.colon, " ".repeat(padding));
                line.separator = Cow::Owned(separator);
                continue;
            }
            if self.colon != COLON {
                line.separator = Cow::Owned(self.colon.clone());
            }
            let credentials = matches!(
                line.id,
                HeaderName::Authorization | HeaderName::ProxyAuthorization
            );
            if let Some(width) = self.fold_at
                && (credentials || LISTS.contains(&line.id))
            {
                let head = line.name.len() + line.separator.len();
                line.value = folded(&line.value, head, width);
            }
        }
    }
}

/// Changes every Contact that is one address and is not written already.
pub(super) fn change_contacts(message: &mut MessageBuilder, change: impl Fn(&mut NameAddr)) {
    let contacts = message.lines_mut().iter_mut();
    for line in contacts.filter(|line| line.id == HeaderName::Contact && !line.raw) {
        let text = String::from_utf8_lossy(&line.value).into_owned();
        // Several addresses in one field, and `*`, are not of the phone's own making.
        if pieces(&text).len() == 1
            && let Ok(mut contact) = NameAddr::parse("Contact", &text)
        {
            change(&mut contact);
            line.value = contact.to_string().into_bytes();
        }
    }
}

/// The same parameters, those that are named first and in that order.
fn ordered(params: &Params, names: &[String]) -> Params {
    let mut list: Vec<_> = params.iter().collect();
    let place = |name: &str| {
        let known = names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name));
        known.unwrap_or(names.len())
    };
    list.sort_by_key(|(name, _)| place(name));
    let mut sorted = Params::new();
    for (name, value) in list {
        match value {
            Some(value) => sorted.set(name, value),
            None => sorted.set_flag(name),
        }
    }
    sorted
}

/// The value cut behind commas so that no line is longer than `width` where that can be; `head`
/// octets stand before it.
fn folded(value: &[u8], head: usize, width: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(value).into_owned();
    let mut out = String::new();
    let mut used = head;
    for (number, piece) in pieces(&text).into_iter().enumerate() {
        let piece = piece.trim();
        let length = piece.len() + ", ".len();
        if number > 0 && used + length > width {
            out.push_str(",\r\n ");
            used = " ".len();
        } else if number > 0 {
            out.push_str(", ");
        }
        out.push_str(piece);
        used += length;
    }
    out.into_bytes()
}

/// What stands between commas outside of quotes and angle brackets.
fn pieces(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    let mut cuts = vec![0];
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ',' if !quoted && !bracketed => cuts.push(at + 1),
            _ => {}
        }
    }
    cuts.push(text.len() + 1);
    cuts.windows(2)
        .map(|cut| &text[cut[0]..cut[1] - 1])
        .collect()
}

#[cfg(test)]
mod tests {
    use gannet_sip::Method;

    use super::*;

    fn register() -> MessageBuilder {
        MessageBuilder::request(&Method::Register, "sip:a.test")
            .header("Via", "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport")
            .header("Via", "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK0;rport")
            .header("Contact", "<sip:a@10.0.0.1>;expires=60;q=0.5")
            .header("Allow", "INVITE, ACK, BYE")
            .header("Content-Length", "0")
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn formed(style: &LineStyle, mut message: MessageBuilder) -> String {
        style.arrange_parameters(&mut message, true);
        style.spread_lists(&mut message);
        style.form(&mut message);
        String::from_utf8(message.build().to_vec()).expect("text")
    }

    #[test]
    fn only_the_own_via_and_contacts_are_put_in_order() {
        let style = LineStyle {
            via_parameters: names(&["rport"]),
            contact_parameters: names(&["Q"]),
            ..LineStyle::default()
        };
        let text = formed(&style, register());
        assert!(
            text.contains("10.0.0.1:5060;rport;branch=z9hG4bK1\r\n"),
            "{text}"
        );
        assert!(
            text.contains("10.0.0.2;branch=z9hG4bK0;rport\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Contact: <sip:a@10.0.0.1>;q=0.5;expires=60\r\n"),
            "{text}"
        );
        let star = register().header("Contact", "*");
        assert!(formed(&style, star).contains("Contact: *\r\n"));
    }

    #[test]
    fn lists_are_spread_and_lines_take_their_form() {
        let style = LineStyle {
            colon: " :".to_owned(),
            content_length_width: 5,
            repeats_lists: true,
            ..LineStyle::default()
        };
        let text = formed(&style, register());
        assert!(
            text.contains("Allow :INVITE\r\nAllow :ACK\r\nAllow :BYE\r\n"),
            "{text}"
        );
        assert!(text.ends_with("Content-Length :    0\r\n\r\n"), "{text}");
        let again = MessageBuilder::from_message(&gannet_sip::Message::parse(text.clone()));
        assert_eq!(formed(&style, again), text);
    }

    #[test]
    fn long_lists_and_credentials_go_on_in_the_next_line() {
        let style = LineStyle {
            fold_at: Some(20),
            ..LineStyle::default()
        };
        let message = register().header("Authorization", "Digest a=\"x, y\", b=1, c=2, d=3");
        let text = formed(&style, message);
        assert!(text.contains("Allow: INVITE, ACK,\r\n BYE\r\n"), "{text}");
        assert!(
            text.contains("Digest a=\"x, y\",\r\n b=1, c=2, d=3\r\n"),
            "{text}"
        );
        let parsed = gannet_sip::Message::parse(text);
        let methods: Vec<_> = parsed.values(HeaderName::Allow).collect();
        assert_eq!(methods, ["INVITE", "ACK", "BYE"]);
    }
}
