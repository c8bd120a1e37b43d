//! Calls that failed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};

use super::page::escape;
use crate::ladder::{Ladder, LadderOptions};
use crate::load::{ExampleMessage, FailureExample};
use crate::text::add;

/// The ladders of calls that failed; messages stand folded below.
pub(super) fn examples(examples: &[FailureExample]) -> String {
    if examples.is_empty() {
        return String::new();
    }
    let mut out = "<h2>Examples of failed calls</h2>\n".to_owned();
    for example in examples {
        let records = example.records();
        let options = LadderOptions {
            problems: true,
            ..LadderOptions::default()
        };
        let ladder = Ladder::new(&records, &options);
        add!(
            out,
            "<section><h3 class=\"bad\">failed at {}</h3><p class=\"soft\">Call-ID {}</p>{}",
            escape(&example.place),
            escape(&example.call_id),
            ladder.svg()
        );
        if example.left_out > 0 {
            add!(
                out,
                "<p class=\"soft\">{} later messages were not kept</p>",
                example.left_out
            );
        }
        out.push_str("<details><summary>messages</summary>");
        for message in &example.messages {
            let way = if message.sent { "sent" } else { "received" };
            let text = escape(&message.text.replace('\r', ""));
            add!(
                out,
                "<p class=\"soft\">{way} by {}</p><pre>{text}</pre>",
                escape(&message.transport)
            );
        }
        out.push_str("</details></section>\n");
    }
    out
}

impl FailureExample {
    /// Its messages as captures have them: each side owns its address.
    pub fn records(&self) -> Vec<WireRecord> {
        let own: Arc<str> = self.own.as_str().into();
        let peer: Arc<str> = self.peer.as_str().into();
        let messages = self.messages.iter();
        messages
            .map(|message| {
                let owner = if message.sent { &own } else { &peer };
                record(message, owner, message.sent)
            })
            .collect()
    }
}

/// Whoever sent it owns the record; addresses only tell the two sides apart (RFC 5737 3).
fn record(message: &ExampleMessage, owner: &Arc<str>, from_here: bool) -> WireRecord {
    let own = ([192, 0, 2, 1], 5060).into();
    let peer = ([192, 0, 2, 2], 5060).into();
    let (local, remote) = if from_here { (own, peer) } else { (peer, own) };
    WireRecord {
        at: Duration::from_micros(message.at_us),
        direction: Direction::Sent,
        kind: WireKind::Sip,
        transport: transport(&message.transport),
        local,
        remote,
        owner: Arc::clone(owner),
        bytes: Bytes::copy_from_slice(message.text.as_bytes()),
        dropped: false,
        ignored: false,
    }
}

fn transport(name: &str) -> &'static str {
    let known = ["UDP", "TCP", "TLS", "SCTP"];
    known
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("UDP")
}
