//! Facts and tokens out of SIP messages.

use gannet_sip::{FieldError, HeaderName, Message, parse_date};

use crate::facts::CallFacts;

/// What a request says of its call.
pub fn facts_of(message: &Message) -> Result<CallFacts, FieldError> {
    let asserted = message
        .name_addrs(HeaderName::PAssertedIdentity)
        .filter_map(Result::ok)
        .map(|one| one.uri);
    let priorities = message
        .headers_by_text("Resource-Priority")
        .flat_map(|header| {
            let value = header.unfolded().into_owned();
            let values = value.split(',').map(|one| one.trim().to_ascii_lowercase());
            values.collect::<Vec<_>>()
        });
    Ok(CallFacts {
        from: message.from()?.uri,
        asserted: asserted.collect(),
        to: message.to()?.uri,
        target: message.request_uri()?,
        date: message
            .text(HeaderName::Date)
            .and_then(|text| parse_date(&text)),
        priorities: priorities.collect(),
    })
}

/// The values of Identity, in order.
pub fn identities_of(message: &Message) -> Vec<String> {
    message
        .headers_named(HeaderName::Identity)
        .map(|header| header.unfolded().into_owned())
        .collect()
}
