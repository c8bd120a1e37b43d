//! Choosing the device, and putting together what was learned of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use gannet_sip::Method;

use super::address::DeviceAddress;
use super::capture::Captured;
use super::document::Document;
use super::samples::Samples;
use super::{identifiers, identity, layout, lines, lists, registration, sdp};

/// A profile that was learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The device's address.
    pub address: DeviceAddress,
    /// The text of the profile file.
    pub toml: String,
    /// What the profile was learned from: `REGISTER`, `INVITE`, `200 to INVITE`.
    pub from: Vec<&'static str>,
    /// What of these the capture does not have.
    pub missing: Vec<&'static str>,
    /// What the device does and the profile does not say.
    pub left_out: Vec<String>,
}

/// Why nothing was learned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// Nobody in the capture behaves like a phone.
    #[error("no address in the capture sends REGISTER or INVITE or answers one")]
    NoPhone,
    /// Several do.
    #[error("several addresses in the capture could be the phone: {}", shown(.candidates))]
    Several {
        /// Those that do, with the number of their messages, most likely first.
        candidates: Vec<(DeviceAddress, usize)>,
    },
    /// The one that was asked for does not.
    #[error("{address} sends no REGISTER, no INVITE and no 2xx to one in the capture")]
    NotThere {
        /// That address.
        address: DeviceAddress,
        /// Those that do.
        candidates: Vec<(DeviceAddress, usize)>,
    },
}

fn shown(candidates: &[(DeviceAddress, usize)]) -> String {
    let one = |(address, count): &(DeviceAddress, usize)| format!("{address} ({count} messages)");
    candidates.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Writes the profile of the device at `phone`, or of the only one that can be meant.
///
/// # Errors
/// If it is not clear which device is meant, or that one sent nothing to learn from.
pub fn learn(captured: &[Captured], phone: Option<DeviceAddress>) -> Result<Learned, LearnError> {
    let candidates = candidates(captured);
    let address = match (phone, candidates.as_slice()) {
        (Some(phone), _) => phone,
        (None, []) => return Err(LearnError::NoPhone),
        (None, [(only, _)]) => *only,
        (None, _) => return Err(LearnError::Several { candidates }),
    };
    let samples = Samples::of(captured, address);
    if samples.main().next().is_none() {
        return Err(LearnError::NotThere {
            address,
            candidates,
        });
    }
    let mut document = Document::default();
    identity::learn(&samples, &mut document);
    layout::learn(&samples, &mut document);
    lines::learn(&samples, &mut document);
    identifiers::learn(&samples, &mut document);
    lists::learn(&samples, &mut document);
    registration::learn(&samples, &mut document);
    sdp::learn(&samples, &mut document);
    let (mut from, mut missing) = (Vec::new(), Vec::new());
    for (what, there) in [
        ("REGISTER", samples.register.is_some()),
        ("INVITE", samples.invite.is_some()),
        ("200 to INVITE", samples.answer.is_some()),
    ] {
        if there { &mut from } else { &mut missing }.push(what);
    }
    let mut head = vec![format!(
        "Learned from a capture of {address}: {}. Modelled after it, not exact.",
        from.join(", ")
    )];
    if !missing.is_empty() {
        head.push(format!("The capture has no {}.", missing.join(", no ")));
    }
    Ok(Learned {
        address,
        toml: document.write(&head),
        from,
        missing,
        left_out: document.left_out().to_vec(),
    })
}

/// Those that send REGISTER, else those that send INVITE or answer it; most messages first. Whoever
/// answers REGISTER is a server.
fn candidates(captured: &[Captured]) -> Vec<(DeviceAddress, usize)> {
    let of_method = |wanted: Method, request: Option<bool>| -> BTreeSet<SocketAddr> {
        let fits = |one: &&Captured| {
            let message = &one.message;
            message.cseq().is_ok_and(|cseq| cseq.method == wanted)
                && request.is_none_or(|request| message.is_request() == request)
        };
        captured.iter().filter(fits).map(|one| one.source).collect()
    };
    let servers = of_method(Method::Register, Some(false));
    let server_hosts: BTreeSet<IpAddr> = servers.iter().map(SocketAddr::ip).collect();
    let registering = of_method(Method::Register, Some(true));
    let found = if registering.is_empty() {
        of_method(Method::Invite, None)
    } else {
        registering
    };
    let mut counts = BTreeMap::<DeviceAddress, usize>::new();
    for source in found.difference(&servers) {
        // Beside a server on one host, which is a test, a device is one socket.
        let shared = server_hosts.contains(&source.ip());
        let address = DeviceAddress {
            ip: source.ip(),
            port: shared.then_some(source.port()),
        };
        let sent = captured.iter().filter(|one| address.covers(one.source));
        counts.insert(address, sent.count());
    }
    let mut found: Vec<_> = counts.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found
}
