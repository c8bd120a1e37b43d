//! Keys of SRTP that stand in a message (RFC 4568): whoever opens a capture can decrypt its media.

/// What a message says of keys, one text for each: suite and key, as they are written. None for what is
/// no text.
pub(super) fn srtp_keys(message: &[u8]) -> Vec<String> {
    let lines = message.split(|octet| *octet == b'\n');
    let keys = lines.filter_map(|line| line.strip_prefix(b"a=crypto:"));
    keys.filter_map(|line| {
        let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
        let (tag, suite, key) = (words.next()?, words.next()?, words.next()?);
        key.starts_with("inline:")
            .then(|| format!("SRTP key {tag}: {suite} {key}"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_descriptions() {
        let message = b"INVITE sip:b SIP/2.0\r\n\r\nv=0\r\nm=audio 1 RTP/SAVP 0\r\n\
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20 WSH=64\r\n\
            a=crypto:2\r\na=crypto:3 x y\r\n\xff\na=crypto:4 x inline:d";
        let expected = [
            "SRTP key 1: AES_CM_128_HMAC_SHA1_80 inline:abc|2^20",
            "SRTP key 4: x inline:d",
        ];
        assert_eq!(srtp_keys(message), expected);
        assert_eq!(srtp_keys(b"\x80\x00"), [""; 0]);
    }
}
