//! A text while it grows.

use gannet_scenario::sipp::model::Credentials;
use smallvec::SmallVec;

use crate::shard::push_decimal;

/// A text while it grows, with the places that are filled at its end.
#[derive(Debug)]
pub(super) struct Writer<'o, 't> {
    /// Holds other things before `start`.
    pub(super) out: &'o mut Vec<u8>,
    pub(super) start: usize,
    /// The next literal loses the white space that it begins with.
    trims: bool,
    /// A literal lost the empty line that ends the header.
    pub(super) lost_header_end: bool,
    /// Where `[len]` stands, and its offset.
    pub(super) lengths: SmallVec<[(usize, i32); 2]>,
    /// Where `[authentication]` goes.
    pub(super) authentication: Option<(usize, Asked<'t>)>,
}

/// The parameters of an `[authentication]`.
#[derive(Debug)]
pub(super) enum Asked<'t> {
    /// Those of the scenario.
    Scenario(&'t Credentials),
    /// Those of a field of an injection file.
    Field(Box<Credentials>),
}

/// Stands where credentials go.
const PLACEHOLDER: u8 = b'*';

/// How wide `[len]` is.
pub(super) const LENGTH_WIDTH: usize = 5;

impl<'o, 't> Writer<'o, 't> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        Self {
            out,
            start,
            trims: false,
            lost_header_end: false,
            lengths: SmallVec::new(),
            authentication: None,
        }
    }

    #[inline]
    pub(super) fn literal(&mut self, bytes: &[u8]) {
        if self.trims {
            self.trimmed(bytes);
        } else {
            self.out.extend_from_slice(bytes);
        }
    }

    fn trimmed(&mut self, bytes: &[u8]) {
        self.trims = false;
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
        let kept = bytes.iter().position(|byte| !is_space(byte));
        let (white, rest) = bytes.split_at(kept.unwrap_or(bytes.len()));
        self.out.extend_from_slice(rest);
        let lines = memchr::memchr_iter(b'\n', white).count();
        self.lost_header_end |= lines > 1 && !self.has_header_end();
    }

    fn has_header_end(&self) -> bool {
        memchr::memmem::find(&self.out[self.start..], b"\r\n\r\n").is_some()
    }

    /// A keyword that may be absent has been written.
    #[inline]
    pub(super) fn may_vanish(&mut self) {
        self.trims |= self.out.len() > self.start && self.out.ends_with(b"\n");
    }

    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        push_decimal(self.out, number);
    }

    pub(super) fn signed(&mut self, number: i64) {
        if number < 0 {
            self.out.push(b'-');
        }
        push_decimal(self.out, number.unsigned_abs());
    }

    /// What `Display` prints; nothing is allocated but room.
    pub(super) fn display(&mut self, what: impl std::fmt::Display) {
        use std::io::Write as _;
        write!(self.out, "{what}").expect("a vector takes all bytes");
    }

    /// An address, IPv6 in brackets.
    pub(super) fn address(&mut self, address: std::net::IpAddr) {
        if address.is_ipv6() {
            self.display(format_args!("[{address}]"));
        } else {
            self.display(address);
        }
    }

    /// Holds the place of credentials, so that no line looks empty there. False if there are some.
    pub(super) fn authentication(&mut self, asked: Asked<'t>) -> bool {
        let is_first = self.authentication.is_none();
        self.authentication = Some((self.out.len(), asked));
        self.out.push(PLACEHOLDER);
        is_first
    }

    /// Room for a length.
    pub(super) fn length(&mut self, offset: i32) {
        self.lengths.push((self.out.len(), offset));
        self.out.extend_from_slice(&[b' '; LENGTH_WIDTH]);
    }
}
