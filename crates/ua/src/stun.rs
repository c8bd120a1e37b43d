//! STUN Binding, as far as keep-alives on the SIP port need it (RFC 8489 5, 6 and 14; RFC 5626 3.5.2
//! and 8): requests, their answers, the address that the other side saw.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use thiserror::Error;

/// The second word of every message (RFC 8489 5).
const MAGIC_COOKIE: u32 = 0x2112_a442;
const HEADER_BYTES: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_FAILURE: u16 = 0x0111;
const MAPPED_ADDRESS: u16 = 0x0001;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes from here on may be passed over by who does not know them (RFC 8489 14).
const OPTIONAL_FROM: u16 = 0x8000;
/// Attributes whose meaning a Binding request does not depend on: USERNAME, MESSAGE-INTEGRITY, REALM,
/// NONCE. A keep-alive has none (RFC 5626 8), but one who adds them is told its address all the same.
const CREDENTIALS: [u16; 4] = [0x0006, 0x0008, 0x0014, 0x0015];
/// Unknown attributes that a refusal names.
const UNKNOWN_MAX: usize = 16;

/// Transaction ID (RFC 8489 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StunTransaction(pub [u8; 12]);

impl StunTransaction {
    /// A new one.
    pub fn random(rng: &mut fastrand::Rng) -> Self {
        let mut id = [0; 12];
        id.fill_with(|| rng.u8(..));
        Self(id)
    }
}

/// A Binding message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StunMessage {
    /// A Binding request.
    Request {
        /// Its number.
        transaction: StunTransaction,
        /// Attributes that must be understood and are not: the answer is 420 (RFC 8489 6.3.1).
        unknown: Vec<u16>,
    },
    /// A Binding success response.
    Success {
        /// The number of the request.
        transaction: StunTransaction,
        /// The address that the request came from, as the other side saw it; `None` if it does not say.
        mapped: Option<SocketAddr>,
    },
    /// A Binding error response.
    Failure {
        /// The number of the request.
        transaction: StunTransaction,
        /// The error code, 300 to 699; 0 if it does not say.
        code: u16,
        /// The attributes that a 420 complains about.
        unknown: Vec<u16>,
    },
}

/// Why octets are no Binding message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StunError {
    /// Too short, without the magic cookie, or with a first octet above 3.
    #[error("no STUN message")]
    NotStun,
    /// The length does not fit the octets that came.
    #[error("a STUN message of {announced} octets came with {found}")]
    Length {
        /// What the header announces, header included.
        announced: usize,
        /// What came.
        found: usize,
    },
    /// An attribute does not end within the message, or is too short for its kind.
    #[error("STUN attribute {kind:#06x} is cut off")]
    Attribute {
        /// Its type.
        kind: u16,
    },
    /// Another method, or an indication.
    #[error("STUN message type {kind:#06x} is no Binding request or response")]
    Type {
        /// The message type.
        kind: u16,
    },
}

/// Whether a datagram on a SIP port is for STUN: a first octet of 0 to 3, as no SIP message has it
/// (RFC 5626 8), and the magic cookie.
pub fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER_BYTES && bytes[0] <= 3 && bytes[4..8] == MAGIC_COOKIE.to_be_bytes()
}

impl StunMessage {
    /// A Binding request without attributes, as RFC 5626 8 wants it.
    pub const fn request(transaction: StunTransaction) -> Self {
        Self::Request {
            transaction,
            unknown: Vec::new(),
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// If it is no Binding request or response in full.
    pub fn parse(bytes: &[u8]) -> Result<Self, StunError> {
        if !is_stun(bytes) {
            return Err(StunError::NotStun);
        }
        let kind = word(bytes, 0);
        let announced = HEADER_BYTES + usize::from(word(bytes, 2));
        if announced != bytes.len() || !announced.is_multiple_of(4) {
            return Err(StunError::Length {
                announced,
                found: bytes.len(),
            });
        }
        let mut id = [0; 12];
        id.copy_from_slice(&bytes[8..HEADER_BYTES]);
        let transaction = StunTransaction(id);
        let attributes = attributes(&bytes[HEADER_BYTES..])?;
        match kind {
            BINDING_REQUEST => Ok(Self::Request {
                transaction,
                unknown: unknown_in(&attributes),
            }),
            BINDING_SUCCESS => Ok(Self::Success {
                transaction,
                mapped: mapped_in(&attributes, transaction)?,
            }),
            BINDING_FAILURE => {
                let (code, unknown) = refusal_in(&attributes)?;
                Ok(Self::Failure {
                    transaction,
                    code,
                    unknown,
                })
            }
            kind => Err(StunError::Type { kind }),
        }
    }

    /// The answer to a request that came from `source`; `None` for what is no request.
    #[must_use]
    pub fn answer(&self, source: SocketAddr) -> Option<Self> {
        match self {
            Self::Request {
                transaction,
                unknown,
            } if unknown.is_empty() => Some(Self::Success {
                transaction: *transaction,
                mapped: Some(source),
            }),
            Self::Request {
                transaction,
                unknown,
            } => Some(Self::Failure {
                transaction: *transaction,
                code: 420,
                unknown: unknown.clone(),
            }),
            Self::Success { .. } | Self::Failure { .. } => None,
        }
    }

    /// The octets.
    pub fn build(&self) -> Bytes {
        let (kind, transaction, body) = match self {
            Self::Request { transaction, .. } => (BINDING_REQUEST, *transaction, Vec::new()),
            Self::Success {
                transaction,
                mapped,
            } => {
                let mut body = Vec::new();
                if let Some(mapped) = mapped {
                    push(&mut body, XOR_MAPPED_ADDRESS, &xored(*mapped, *transaction));
                }
                (BINDING_SUCCESS, *transaction, body)
            }
            Self::Failure {
                transaction,
                code,
                unknown,
            } => {
                let mut body = Vec::new();
                // Class and number (RFC 8489 14.8); the reason phrase may be empty.
                push(
                    &mut body,
                    ERROR_CODE,
                    &[0, 0, (code / 100) as u8, (code % 100) as u8],
                );
                if !unknown.is_empty() {
                    let listed: Vec<u8> =
                        unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
                    push(&mut body, UNKNOWN_ATTRIBUTES, &listed);
                }
                (BINDING_FAILURE, *transaction, body)
            }
        };
        let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
        bytes.extend(kind.to_be_bytes());
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend(MAGIC_COOKIE.to_be_bytes());
        bytes.extend(transaction.0);
        bytes.extend(body);
        bytes.into()
    }
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// Appends an attribute, padded to four octets (RFC 8489 14).
fn push(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    body.extend(kind.to_be_bytes());
    body.extend((value.len() as u16).to_be_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}

type Attribute<'a> = (u16, &'a [u8]);

fn attributes(mut rest: &[u8]) -> Result<Vec<Attribute<'_>>, StunError> {
    let mut found = Vec::new();
    while rest.len() >= 4 {
        let kind = word(rest, 0);
        let length = usize::from(word(rest, 2));
        let value = rest
            .get(4..4 + length)
            .ok_or(StunError::Attribute { kind })?;
        found.push((kind, value));
        let padded = length.next_multiple_of(4);
        rest = rest.get(4 + padded..).unwrap_or_default();
    }
    Ok(found)
}

fn unknown_in(attributes: &[Attribute<'_>]) -> Vec<u16> {
    let mut unknown: Vec<_> = attributes
        .iter()
        .map(|(kind, _)| *kind)
        .filter(|kind| *kind < OPTIONAL_FROM && !CREDENTIALS.contains(kind))
        .collect();
    unknown.truncate(UNKNOWN_MAX);
    unknown
}

fn refusal_in(attributes: &[Attribute<'_>]) -> Result<(u16, Vec<u16>), StunError> {
    let value = |wanted| attributes.iter().find(|(kind, _)| *kind == wanted);
    let code = match value(ERROR_CODE) {
        Some((_, [_, _, class, number, ..])) => u16::from(class & 7) * 100 + u16::from(*number),
        Some((kind, _)) => return Err(StunError::Attribute { kind: *kind }),
        None => 0,
    };
    let unknown = value(UNKNOWN_ATTRIBUTES).map_or_else(Vec::new, |(_, listed)| {
        listed
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect()
    });
    Ok((code, unknown))
}

/// XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of a server that knows nothing newer (RFC 8489 14.1).
fn mapped_in(
    attributes: &[Attribute<'_>],
    transaction: StunTransaction,
) -> Result<Option<SocketAddr>, StunError> {
    for (wanted, mask) in [
        (XOR_MAPPED_ADDRESS, mask(transaction)),
        (MAPPED_ADDRESS, [0; 16]),
    ] {
        if let Some((kind, value)) = attributes.iter().find(|(kind, _)| *kind == wanted) {
            let read = address(value, mask);
            return read.map(Some).ok_or(StunError::Attribute { kind: *kind });
        }
    }
    Ok(None)
}

/// What an address is hidden with: cookie and transaction ID (RFC 8489 14.2).
fn mask(transaction: StunTransaction) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    mask[4..].copy_from_slice(&transaction.0);
    mask
}

fn address(value: &[u8], mask: [u8; 16]) -> Option<SocketAddr> {
    let [_, family, high, low, ip @ ..] = value else {
        return None;
    };
    let port = u16::from_be_bytes([high ^ mask[0], low ^ mask[1]]);
    let ip: IpAddr = match (family, ip.len()) {
        (1, 4) => Ipv4Addr::from(masked::<4>(ip, mask)).into(),
        (2, 16) => Ipv6Addr::from(masked::<16>(ip, mask)).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn masked<const N: usize>(octets: &[u8], mask: [u8; 16]) -> [u8; N] {
    std::array::from_fn(|at| octets[at] ^ mask[at])
}

fn xored(address: SocketAddr, transaction: StunTransaction) -> Vec<u8> {
    let mask = mask(transaction);
    let [high, low] = address.port().to_be_bytes();
    let (family, ip) = match address.ip() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let mut value = vec![0, family, high ^ mask[0], low ^ mask[1]];
    value.extend(ip.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
    value
}
