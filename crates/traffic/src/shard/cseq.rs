//! The transaction that a message belongs to, as far as its CSeq tells.

/// A CSeq (RFC 3261 20.16): number and method, the method as a hash. Messages of different
/// transactions of a call differ in it; that two methods have one hash does no more harm than a
/// peer that counts wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CSeq {
    pub(super) number: u32,
    pub(super) method: u32,
}

impl CSeq {
    /// The first CSeq of a header; `None` if there is none that can be read.
    pub(super) fn of(header: &[u8]) -> Option<Self> {
        let (number, method) = words(header)?;
        let number = number.iter().try_fold(0_u32, |sum, digit| {
            let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
            sum.checked_mul(10)?.checked_add(digit)
        })?;
        let method = hash(method);
        Some(Self { number, method })
    }

    pub(super) fn is_invite(self) -> bool {
        self.method == INVITE
    }
}

const INVITE: u32 = hash(b"INVITE");

/// The method in the first CSeq of a header.
pub(super) fn cseq_method(header: &[u8]) -> Option<&[u8]> {
    words(header).map(|(_, method)| method)
}

/// Number and method of the first CSeq.
fn words(header: &[u8]) -> Option<(&[u8], &[u8])> {
    const NAME: &[u8] = b"CSeq";
    let mut rest = header;
    loop {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            let after_name = line[NAME.len()..].trim_ascii_start();
            if let [b':', value @ ..] = after_name {
                let mut words = value
                    .split(u8::is_ascii_whitespace)
                    .filter(|word| !word.is_empty());
                return words.next().zip(words.next());
            }
        }
        rest = rest.get(end + 1..)?;
    }
}

/// FNV-1a.
const fn hash(bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_method_are_read_however_they_are_written() {
        let expected = CSeq {
            number: 7,
            method: hash(b"INVITE"),
        };
        for header in [
            "INVITE sip:a SIP/2.0\r\nCSeq: 7 INVITE\r\n",
            "INVITE sip:a SIP/2.0\nVia: x\ncseq \t:007\tINVITE \nX: y",
            "INVITE sip:a SIP/2.0\r\nCSeqX: 1 BYE\r\nCSEQ:7 INVITE",
        ] {
            assert_eq!(CSeq::of(header.as_bytes()), Some(expected), "{header:?}");
        }
        assert!(expected.is_invite());
        for header in [
            "",
            "\n\n",
            "CSeq",
            "CSeq:",
            "CSeq: 7",
            "CSeq: x INVITE",
            "CSeq: 99999999999 INVITE",
            "A: b\r\n",
        ] {
            assert_eq!(CSeq::of(header.as_bytes()), None, "{header:?}");
        }
        assert_eq!(
            cseq_method(b"SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n"),
            Some(&b"BYE"[..])
        );
    }
}
