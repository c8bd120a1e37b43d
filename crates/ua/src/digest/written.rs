//! Credentials as octets, in the order in which SIPp and Seagull write them.

use super::Protection;

/// Credentials that are all computed. Writing allocates nothing but room in the buffer.
#[derive(Debug, Clone, Copy)]
pub struct WrittenCredentials<'a> {
    /// The user name.
    pub username: &'a [u8],
    /// The realm of the challenge.
    pub realm: &'a [u8],
    /// The client nonce where there is no `protection`: a `-sess` algorithm needs one all the same.
    pub cnonce: Option<&'a [u8]>,
    /// Quality of protection, nonce count and client nonce.
    pub protection: Option<Protection<'a>>,
    /// The URI that the digest covers.
    pub uri: &'a [u8],
    /// The nonce of the challenge.
    pub nonce: &'a [u8],
    /// The digest.
    pub response: &'a [u8],
    /// The name of the algorithm.
    pub algorithm: &'a [u8],
    /// The `opaque` of the challenge.
    pub opaque: Option<&'a [u8]>,
}

impl WrittenCredentials<'_> {
    /// Appends the header field value.
    pub fn write(&self, out: &mut Vec<u8>) {
        quoted(out, b"Digest username", self.username);
        quoted(out, b",realm", self.realm);
        let cnonce = self.protection.map(|protection| protection.cnonce);
        if let Some(cnonce) = cnonce.or(self.cnonce) {
            quoted(out, b",cnonce", cnonce);
        }
        if let Some(protection) = &self.protection {
            out.extend_from_slice(b",nc=");
            out.extend_from_slice(protection.nc);
            out.extend_from_slice(b",qop=");
            out.extend_from_slice(protection.qop);
        }
        quoted(out, b",uri", self.uri);
        quoted(out, b",nonce", self.nonce);
        quoted(out, b",response", self.response);
        out.extend_from_slice(b",algorithm=");
        out.extend_from_slice(self.algorithm);
        if let Some(opaque) = self.opaque {
            quoted(out, b",opaque", opaque);
        }
    }
}

fn quoted(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b"=\"");
    out.extend_from_slice(value);
    out.push(b'"');
}

/// A client nonce as SIPp and Seagull write it: a number in hexadecimal digits without leading zeros.
#[derive(Debug, Clone, Copy)]
pub struct CnonceText {
    digits: [u8; 8],
    start: usize,
}

impl CnonceText {
    /// The text of a number.
    pub fn new(number: u32) -> Self {
        let digits = std::array::from_fn(|index| {
            let digit = number >> (28 - 4 * index) & 0xf;
            b"0123456789abcdef"[digit as usize]
        });
        let start = (number.leading_zeros() as usize / 4).min(7);
        Self { digits, start }
    }

    /// Its digits.
    pub fn as_bytes(&self) -> &[u8] {
        &self.digits[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_nonces_have_no_leading_zeros() {
        let cases = [
            (0x6b8b_4567, "6b8b4567"),
            (u32::MAX, "ffffffff"),
            (0x0fff_ffff, "fffffff"),
            (0x10, "10"),
            (0, "0"),
        ];
        for (number, text) in cases {
            assert_eq!(CnonceText::new(number).as_bytes(), text.as_bytes());
        }
    }
}
