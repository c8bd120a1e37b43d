//! Values of Identity, the certificates behind them, and the verdict about a call with both: whatever a
//! peer sends has a verdict. The input is cut at its first zero octet: the value, then what is fetched.

#![no_main]

use gannet_sip::Uri;
use gannet_stir::{
    CallFacts, Chain, Fetched, IdentityField, TnAuthList, Token, Unavailable, Verdict, Verifier,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.iter().position(|octet| *octet == 0);
    let (value, fetched) = bytes.split_at(cut.unwrap_or(bytes.len()));
    let fetched = fetched.get(1..).unwrap_or_default();
    let value = String::from_utf8_lossy(value).into_owned();
    if let Ok(field) = IdentityField::read(&value) {
        // What was read is written, and read again as the same.
        assert_eq!(Token::read(&field.token.to_string()), Ok(field.token));
    }
    if let Ok(list) = TnAuthList::from_der(fetched) {
        assert_eq!(TnAuthList::from_der(&list.to_der()), Ok(list));
    }
    let anchors = Chain::read(fetched).map_or_else(|_| Vec::new(), |chain| chain.certificates);
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    let facts = CallFacts {
        from: uri("sip:+12155551212@a.example;user=phone"),
        asserted: Vec::new(),
        to: uri("sip:bob@b.example"),
        target: uri("sip:bob@b.example"),
        date: Some(1_443_208_345),
        priorities: Vec::new(),
    };
    let source = |_: &str| -> Result<Fetched, Unavailable> {
        Ok(Fetched {
            content_type: None,
            octets: fetched.to_vec(),
        })
    };
    let outcome = Verifier::new(anchors).verify(&facts, &[value], &source, 1_443_208_345);
    // Nobody has signed this.
    assert_ne!(outcome.verdict, Verdict::Valid);
});
