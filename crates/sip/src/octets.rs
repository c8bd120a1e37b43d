//! Looking at octets: sets of them, and finding one.

use memchr::memchr;

/// A set of octets; whether one is in it takes one look at a table.
pub(crate) struct OctetSet([bool; 256]);

impl OctetSet {
    /// The letters and digits of ASCII, and these.
    pub(crate) const fn alphanumeric_and(others: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut octet = 0;
        while octet < set.len() {
            set[octet] = (octet as u8).is_ascii_alphanumeric();
            octet += 1;
        }
        let mut index = 0;
        while index < others.len() {
            set[others[index] as usize] = true;
            index += 1;
        }
        Self(set)
    }

    /// The visible characters of ASCII but for these.
    pub(crate) const fn graphic_without(others: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut octet = 0;
        while octet < set.len() {
            set[octet] = (octet as u8).is_ascii_graphic();
            octet += 1;
        }
        let mut index = 0;
        while index < others.len() {
            set[others[index] as usize] = false;
            index += 1;
        }
        Self(set)
    }

    #[inline]
    pub(crate) const fn has(&self, octet: u8) -> bool {
        self.0[octet as usize]
    }

    /// True for text of nothing else, and for no text.
    #[inline]
    pub(crate) fn has_all(&self, text: &str) -> bool {
        text.bytes().all(|octet| self.has(octet))
    }
}

/// A text that is longer than so many octets is searched in another way.
const SHORT: usize = 96;

/// Where an octet stands from `at` on. Lines are short: eight octets at a time are quicker than a call
/// of `memchr`, up to `SHORT`.
#[inline]
pub(crate) fn find(wanted: u8, bytes: &[u8], at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    let pattern = ONES * u64::from(wanted);
    let (words, _) = bytes[at..bytes.len().min(at + SHORT)].as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        // Zero where the octet is the wanted one. Above the lowest such octet a borrow may leave
        // marks that mean nothing.
        let word = u64::from_le_bytes(*word) ^ pattern;
        let marks = word.wrapping_sub(ONES) & !word & HIGHS;
        if marks != 0 {
            return Some(at + index * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let rest = at + words.len() * 8;
    if bytes.len() - rest < 8 {
        let found = bytes[rest..].iter().position(|octet| *octet == wanted);
        return found.map(|offset| rest + offset);
    }
    memchr(wanted, &bytes[rest..]).map(|offset| rest + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_what_they_say() {
        const SET: OctetSet = OctetSet::alphanumeric_and(b"-.");
        const VISIBLE: OctetSet = OctetSet::graphic_without(b"<>");
        assert!(SET.has_all("aZ09-.") && SET.has_all("") && !SET.has_all("a_"));
        assert!(VISIBLE.has_all("a_~!") && !VISIBLE.has(b'<') && !VISIBLE.has(b' '));
        assert!(!SET.has(0xe4) && !VISIBLE.has(0xe4));
    }

    #[test]
    fn an_octet_is_found_wherever_it_stands() {
        let mut random = 1_u32;
        for length in 0..240 {
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (random >> 24) as u8 & 0x8f
                })
                .collect();
            for at in 0..=length {
                let expected = bytes[at..].iter().position(|&byte| byte == b'\n');
                assert_eq!(find(b'\n', &bytes, at), expected.map(|found| at + found));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte |= 1;
                }
            }
        }
    }
}
