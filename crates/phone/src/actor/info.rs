//! INFO: packages that both sides know of (RFC 6086), and the old kinds without one.

use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{CallId, Reply};

use super::core::Actor;
use crate::call::CallHandle;
use crate::digits::read_digit;

/// Digits of one call that are remembered; further ones are in the log alone.
const DIGITS_MAX: usize = 4096;

impl Actor {
    /// INFO of an old kind is accepted, and a DTMF key in it is kept; of a package that this phone
    /// did not offer to take it is refused with the list of those that it takes
    /// (RFC 6086 4.2.2).
    pub(super) fn answer_info(&self, now: Instant, call: CallId, message: &Message) -> Reply {
        if let Some(package) = message.text(HeaderName::InfoPackage) {
            let name = package.split(';').next().unwrap_or_default().trim();
            let taken = self
                .packages()
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name));
            return if taken {
                Reply::new(200)
            } else {
                Reply::new(469).header(HeaderName::RecvInfo.as_str(), self.packages().join(", "))
            };
        }
        if let (Some(call), Some(digit)) = (self.handles.get(&call), read_digit(message, now)) {
            self.show_call(*call, |record| {
                if record.info_digits.len() < DIGITS_MAX {
                    record.info_digits.push(digit);
                }
            });
        }
        Reply::new(200)
    }

    /// The packages that this phone takes.
    fn packages(&self) -> &[String] {
        self.config
            .profile
            .lists
            .recv_info
            .as_deref()
            .unwrap_or_default()
    }

    /// Recv-Info of a request that begins or changes a session, if the phone has the mechanism at
    /// all. Without a package the field is there and empty (RFC 6086 5.2.3).
    pub(super) fn offered_packages(&self) -> Option<(String, String)> {
        let packages = self.config.profile.lists.recv_info.as_ref()?;
        Some((
            HeaderName::RecvInfo.as_str().to_owned(),
            packages.join(", "),
        ))
    }

    /// The same for a response: only if the request had one (RFC 6086 5.2.3).
    pub(super) fn with_packages(&self, mut reply: Reply, request: &Message) -> Reply {
        if request.header(HeaderName::RecvInfo).is_some() {
            reply.headers.extend(self.offered_packages());
        }
        reply
    }

    /// Keeps the packages that the other side takes: the newest list counts, and a message without
    /// one changes nothing (RFC 6086 5.2.2).
    pub(super) fn note_packages(&self, call: CallHandle, message: &Message) {
        if message.header(HeaderName::RecvInfo).is_none() {
            return;
        }
        let packages: Vec<String> = message
            .values(HeaderName::RecvInfo)
            .map(|value| {
                value
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_owned()
            })
            .filter(|name| !name.is_empty())
            .collect();
        self.show_call(call, |record| record.remote_packages = Some(packages));
    }
}
