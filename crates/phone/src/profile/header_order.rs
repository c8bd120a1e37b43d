//! The order of header fields by kind of message.

use std::collections::BTreeMap;

use gannet_sip::{HeaderName, Line, MessageBuilder};
use gannet_ua::endpoint::MessageKind;

/// Orders of header fields: for requests by method, for responses, and for everything else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderOrder {
    /// By `default`, `response` or a method name.
    by_kind: BTreeMap<String, Vec<String>>,
}

/// The entry for all messages without an entry of their own.
pub(super) const DEFAULT: &str = "default";
/// The entry for responses.
pub(super) const RESPONSE: &str = "response";

impl HeaderOrder {
    pub(super) fn set(&mut self, kind: &str, names: Vec<String>) {
        self.by_kind.insert(kind.to_owned(), names);
    }

    /// The names in order for a kind of message, empty if the order is free.
    pub fn of(&self, kind: &MessageKind) -> &[String] {
        let own = match kind.code {
            Some(_) => RESPONSE,
            None => kind.method.as_str(),
        };
        let order = self.by_kind.get(own).or_else(|| self.by_kind.get(DEFAULT));
        order.map_or(&[], Vec::as_slice)
    }

    /// Brings the lines into order. Fields of one name keep their order, which carries meaning for
    /// Via, Route and Record-Route (RFC 3261 7.3.1).
    pub(super) fn arrange(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        let order = self.of(kind);
        if order.is_empty() {
            return;
        }
        // Fields that the order does not name stand before those about the body.
        let tail = order
            .iter()
            .rev()
            .take_while(|name| is_about_body(name))
            .count();
        let unnamed = 2 * (order.len() - tail);
        let place = |line: &Line| match order.iter().position(|name| is_named(line, name)) {
            Some(index) => 2 * index + 1,
            None if is_about_body(&line.name) => usize::MAX,
            None => unnamed,
        };
        message.lines_mut().sort_by_key(place);
    }
}

fn is_about_body(name: &str) -> bool {
    let id = HeaderName::from_bytes(name.as_bytes());
    matches!(id, HeaderName::ContentType | HeaderName::ContentLength)
}

/// True if the line has this name, in any case and form.
fn is_named(line: &Line, name: &str) -> bool {
    match HeaderName::from_bytes(name.as_bytes()) {
        HeaderName::Other => line.name.eq_ignore_ascii_case(name),
        known => line.id == known,
    }
}

#[cfg(test)]
mod tests {
    use gannet_sip::Method;

    use super::*;

    #[test]
    fn fields_are_ordered_by_kind_and_equal_names_stay_as_they_were() {
        let mut order = HeaderOrder::default();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        order.set(DEFAULT, names(&["Call-ID", "Via", "x-mac"]));
        order.set("BYE", names(&["CSeq", "Content-Type"]));
        let kind = |method| MessageKind {
            method,
            code: None,
            in_dialog: false,
        };
        let build = |method: Method| {
            let mut message = MessageBuilder::request(&method, "sip:a")
                .header("Content-Type", "t")
                .header("X-Mac", "1")
                .header("CSeq", "1 X")
                .header("Via", "first")
                .header("Call-ID", "c")
                .header("v", "second");
            order.arrange(&mut message, &kind(method));
            let lines = message.lines_mut().iter();
            lines
                .map(|line| String::from_utf8_lossy(&line.value).into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            build(Method::Info),
            ["c", "first", "second", "1", "1 X", "t"]
        );
        assert_eq!(
            build(Method::Bye),
            ["1 X", "1", "first", "c", "second", "t"]
        );
    }
}
