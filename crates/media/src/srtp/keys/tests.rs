use super::*;

fn octets(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(pair).collect()
}

fn derived(key: &[u8], salt: &[u8], label: u8, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let mut padded = [0; SALT_OCTETS];
    padded[..salt.len()].copy_from_slice(salt);
    derive(&BlockCipher::new(key), padded, label, &mut out);
    out
}

/// RFC 3711 B.2.
#[test]
fn the_key_stream_is_that_of_the_rfc() {
    let cipher = BlockCipher::new(&octets("2B7E151628AED2A6ABF7158809CF4F3C"));
    let begin: [u8; 16] = octets("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000")
        .try_into()
        .expect("a block");
    // The blocks 0 to 2 and 0xfeff to 0xff01.
    let mut stream = vec![0; (0xff01 + 1) * BLOCK_OCTETS];
    cipher.stream(u128::from_be_bytes(begin), &mut stream);
    let expected = octets(
        "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
         41E95B3BB0A2E8DD477901E4FCA894C0",
    );
    assert_eq!(stream[..48], expected);
    let expected = octets(
        "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE
         6A2CC3787889374FBEB4C81B17BA6C44",
    );
    assert_eq!(stream[0xfeff * BLOCK_OCTETS..], expected);
}

/// RFC 3711 B.3.
#[test]
fn session_keys_are_those_of_the_rfc() {
    let key = octets("E1F97A0D3E018BE0D64FA32C06DE4139");
    let salt = octets("0EC675AD498AFEEBB6960B3AABE6");
    assert_eq!(
        derived(&key, &salt, RTP.cipher, 16),
        octets("C61E7A93744F39EE10734AFE3FF7A087")
    );
    assert_eq!(
        derived(&key, &salt, RTP.salt, 14),
        octets("30CBBC08863D8C85D49DB34A9AE1")
    );
    assert_eq!(
        derived(&key, &salt, RTP.authentication, 94),
        octets(
            "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
             E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
             6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2"
        )
    );
}

/// RFC 6188 7.4.
#[test]
fn session_keys_of_256_bits_are_those_of_the_rfc() {
    let key = octets("f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6");
    let salt = octets("3b04803de51ee7c96423ab5b78d2");
    assert_eq!(
        derived(&key, &salt, RTP.cipher, 32),
        octets("5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4")
    );
    assert_eq!(
        derived(&key, &salt, RTP.salt, 14),
        octets("fa31791685ca444a9e07c6c64e93")
    );
    assert_eq!(
        derived(&key, &salt, RTP.authentication, 20),
        octets("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05")
    );
}
