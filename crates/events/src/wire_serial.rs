//! A wire record as JSON.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::serial::{nanos, text_or_base64};
use crate::wire::{Direction, WireKind, WireRecord};

/// The Via transport tokens that a record may carry.
const TRANSPORTS: [&str; 8] = ["UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS", "DTLS"];

#[derive(Serialize, Deserialize)]
#[serde(remote = "Direction", rename_all = "kebab-case")]
enum DirectionForm {
    Sent,
    Received,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WireKind", rename_all = "kebab-case")]
enum WireKindForm {
    Sip,
    Rtp,
    Rtcp,
}

#[derive(Serialize, Deserialize)]
struct Form<'a> {
    #[serde(with = "nanos", rename = "at_ns")]
    at: Duration,
    #[serde(with = "DirectionForm")]
    direction: Direction,
    #[serde(with = "WireKindForm")]
    kind: WireKind,
    transport: Cow<'a, str>,
    local: SocketAddr,
    remote: SocketAddr,
    owner: Arc<str>,
    #[serde(default, skip_serializing_if = "is_false")]
    dropped: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    ignored: bool,
    #[serde(flatten, with = "text_or_base64")]
    bytes: Bytes,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Serialize for WireRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Form {
            at: self.at,
            direction: self.direction,
            kind: self.kind,
            transport: Cow::Borrowed(self.transport),
            local: self.local,
            remote: self.remote,
            owner: Arc::clone(&self.owner),
            dropped: self.dropped,
            ignored: self.ignored,
            bytes: self.bytes.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WireRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Form::deserialize(deserializer)?;
        let transport = TRANSPORTS
            .into_iter()
            .find(|known| *known == form.transport)
            .ok_or_else(|| {
                D::Error::custom(format!(
                    "unknown transport {:?}, expected one of {}",
                    form.transport,
                    TRANSPORTS.join(", ")
                ))
            })?;
        Ok(Self {
            at: form.at,
            direction: form.direction,
            kind: form.kind,
            transport,
            local: form.local,
            remote: form.remote,
            owner: form.owner,
            bytes: form.bytes,
            dropped: form.dropped,
            ignored: form.ignored,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(bytes: &'static [u8]) -> WireRecord {
        WireRecord {
            at: Duration::new(1_753_000_000, 123_456_789),
            direction: Direction::Received,
            kind: WireKind::Sip,
            transport: "TCP",
            local: "[::1]:5060".parse().unwrap(),
            remote: "192.0.2.1:5062".parse().unwrap(),
            owner: "Zoë".into(),
            bytes: Bytes::from_static(bytes),
            dropped: true,
            ignored: true,
        }
    }

    #[test]
    fn any_bytes_survive_json() {
        for bytes in [
            &b"OPTIONS sip:a SIP/2.0\r\n\r\n"[..],
            b"",
            b"\x00\x1f\"\\",
            b"\x80\x00\xff\xfe",
        ] {
            let record = record(bytes);
            let json = serde_json::to_string(&record).unwrap();
            let back: WireRecord = serde_json::from_str(&json).unwrap();
            assert_eq!(back, record, "{json}");
        }
    }

    #[test]
    fn sip_text_stays_readable() {
        let json = serde_json::to_string(&record(b"BYE sip:a SIP/2.0\r\n\r\n")).unwrap();
        assert!(
            json.contains(r#""text":"BYE sip:a SIP/2.0\r\n\r\n""#),
            "{json}"
        );
    }

    #[test]
    fn unknown_transport_is_refused_with_the_known_ones() {
        let json = serde_json::to_string(&record(b"x"))
            .unwrap()
            .replace("TCP", "PIGEON");
        let error = serde_json::from_str::<WireRecord>(&json).unwrap_err();
        assert!(error.to_string().contains("PIGEON"), "{error}");
    }
}
