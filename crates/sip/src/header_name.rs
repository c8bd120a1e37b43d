//! Names of header fields: the known ones as an enum, with their compact forms.

use std::fmt;

macro_rules! header_names {
    ($($variant:ident $long:literal $compact:literal $doc:literal,)*) => {
        /// A header field name that Gannet knows by itself (RFC 3261 20 and the extensions in scope).
        ///
        /// Names compare without case and in compact form too (RFC 3261 7.3.1, 7.3.3). A name that
        /// is not listed is [`HeaderName::Other`]: its text stands in the message.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum HeaderName {
            $(#[doc = $doc] $variant,)*
            /// Any name that is not in the list.
            Other,
        }

        const NAMES: &[(HeaderName, &str, u8)] = &[
            $((HeaderName::$variant, $long, $compact),)*
        ];
    };
}

header_names! {
    Accept "Accept" 0 "Accept, RFC 3261 20.1",
    AcceptContact "Accept-Contact" b'a' "Accept-Contact, RFC 3841",
    AcceptEncoding "Accept-Encoding" 0 "Accept-Encoding, RFC 3261 20.2",
    AcceptLanguage "Accept-Language" 0 "Accept-Language, RFC 3261 20.3",
    AlertInfo "Alert-Info" 0 "Alert-Info, RFC 3261 20.4",
    Allow "Allow" 0 "Allow, RFC 3261 20.5",
    AllowEvents "Allow-Events" b'u' "Allow-Events, RFC 6665 8.2.2",
    AuthenticationInfo "Authentication-Info" 0 "Authentication-Info, RFC 3261 20.6",
    Authorization "Authorization" 0 "Authorization, RFC 3261 20.7",
    CallId "Call-ID" b'i' "Call-ID, RFC 3261 20.8",
    CallInfo "Call-Info" 0 "Call-Info, RFC 3261 20.9",
    Contact "Contact" b'm' "Contact, RFC 3261 20.10",
    ContentDisposition "Content-Disposition" 0 "Content-Disposition, RFC 3261 20.11",
    ContentEncoding "Content-Encoding" b'e' "Content-Encoding, RFC 3261 20.12",
    ContentLanguage "Content-Language" 0 "Content-Language, RFC 3261 20.13",
    ContentLength "Content-Length" b'l' "Content-Length, RFC 3261 20.14",
    ContentType "Content-Type" b'c' "Content-Type, RFC 3261 20.15",
    CSeq "CSeq" 0 "CSeq, RFC 3261 20.16",
    Date "Date" 0 "Date, RFC 3261 20.17",
    Diversion "Diversion" 0 "Diversion, RFC 5806",
    ErrorInfo "Error-Info" 0 "Error-Info, RFC 3261 20.18",
    Event "Event" b'o' "Event, RFC 6665 8.2.1",
    Expires "Expires" 0 "Expires, RFC 3261 20.19",
    FlowTimer "Flow-Timer" 0 "Flow-Timer, RFC 5626",
    From "From" b'f' "From, RFC 3261 20.20",
    HistoryInfo "History-Info" 0 "History-Info, RFC 7044",
    Identity "Identity" b'y' "Identity, RFC 8224",
    InReplyTo "In-Reply-To" 0 "In-Reply-To, RFC 3261 20.21",
    InfoPackage "Info-Package" 0 "Info-Package, RFC 6086",
    MaxForwards "Max-Forwards" 0 "Max-Forwards, RFC 3261 20.22",
    MimeVersion "MIME-Version" 0 "MIME-Version, RFC 3261 20.24",
    MinExpires "Min-Expires" 0 "Min-Expires, RFC 3261 20.23",
    MinSe "Min-SE" 0 "Min-SE, RFC 4028",
    Organization "Organization" 0 "Organization, RFC 3261 20.25",
    PAssertedIdentity "P-Asserted-Identity" 0 "P-Asserted-Identity, RFC 3325",
    PPreferredIdentity "P-Preferred-Identity" 0 "P-Preferred-Identity, RFC 3325",
    Path "Path" 0 "Path, RFC 3327",
    Priority "Priority" 0 "Priority, RFC 3261 20.26",
    Privacy "Privacy" 0 "Privacy, RFC 3323",
    ProxyAuthenticate "Proxy-Authenticate" 0 "Proxy-Authenticate, RFC 3261 20.27",
    ProxyAuthenticationInfo "Proxy-Authentication-Info" 0 "Proxy-Authentication-Info, RFC 7615",
    ProxyAuthorization "Proxy-Authorization" 0 "Proxy-Authorization, RFC 3261 20.28",
    ProxyRequire "Proxy-Require" 0 "Proxy-Require, RFC 3261 20.29",
    RAck "RAck" 0 "RAck, RFC 3262",
    RSeq "RSeq" 0 "RSeq, RFC 3262",
    Reason "Reason" 0 "Reason, RFC 3326",
    RecordRoute "Record-Route" 0 "Record-Route, RFC 3261 20.30",
    RecvInfo "Recv-Info" 0 "Recv-Info, RFC 6086",
    ReferSub "Refer-Sub" 0 "Refer-Sub, RFC 4488",
    ReferTo "Refer-To" b'r' "Refer-To, RFC 3515",
    ReferredBy "Referred-By" b'b' "Referred-By, RFC 3892",
    RejectContact "Reject-Contact" b'j' "Reject-Contact, RFC 3841",
    RemotePartyId "Remote-Party-ID" 0 "Remote-Party-ID (never an RFC, widely used)",
    Replaces "Replaces" 0 "Replaces, RFC 3891",
    ReplyTo "Reply-To" 0 "Reply-To, RFC 3261 20.31",
    RequestDisposition "Request-Disposition" b'd' "Request-Disposition, RFC 3841",
    Require "Require" 0 "Require, RFC 3261 20.32",
    RetryAfter "Retry-After" 0 "Retry-After, RFC 3261 20.33",
    Route "Route" 0 "Route, RFC 3261 20.34",
    Server "Server" 0 "Server, RFC 3261 20.35",
    ServiceRoute "Service-Route" 0 "Service-Route, RFC 3608",
    SessionExpires "Session-Expires" b'x' "Session-Expires, RFC 4028",
    SessionId "Session-ID" 0 "Session-ID, RFC 7989",
    SipEtag "SIP-ETag" 0 "SIP-ETag, RFC 3903",
    SipIfMatch "SIP-If-Match" 0 "SIP-If-Match, RFC 3903",
    Subject "Subject" b's' "Subject, RFC 3261 20.36",
    SubscriptionState "Subscription-State" 0 "Subscription-State, RFC 6665 8.2.3",
    Supported "Supported" b'k' "Supported, RFC 3261 20.37",
    SuppressIfMatch "Suppress-If-Match" 0 "Suppress-If-Match, RFC 5839",
    TargetDialog "Target-Dialog" 0 "Target-Dialog, RFC 4538",
    Timestamp "Timestamp" 0 "Timestamp, RFC 3261 20.38",
    To "To" b't' "To, RFC 3261 20.39",
    Unsupported "Unsupported" 0 "Unsupported, RFC 3261 20.40",
    UserAgent "User-Agent" 0 "User-Agent, RFC 3261 20.41",
    Via "Via" b'v' "Via, RFC 3261 20.42",
    Warning "Warning" 0 "Warning, RFC 3261 20.43",
    WwwAuthenticate "WWW-Authenticate" 0 "WWW-Authenticate, RFC 3261 20.44",
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
const SLOTS: usize = 512;
const EMPTY: u8 = u8::MAX;
/// Open-addressed table from hash to index in `NAMES`, built at compile time.
static TABLE: [u8; SLOTS] = build_table();
/// Index in `NAMES` by compact letter, `a` first.
static COMPACT: [u8; 26] = build_compact();

/// The factors leave one collision among the known names, Refer-To and Reply-To, which first and
/// last letter and length cannot tell apart.
const fn hash(first: u8, last: u8, len: usize) -> usize {
    ((first | 0x20) as usize * 124 + (last | 0x20) as usize * 223 + len * 94) % SLOTS
}

const fn build_table() -> [u8; SLOTS] {
    let mut table = [EMPTY; SLOTS];
    let mut index = 0;
    while index < NAMES.len() {
        let name = NAMES[index].1.as_bytes();
        let mut slot = hash(name[0], name[name.len() - 1], name.len());
        while table[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = index as u8;
        index += 1;
    }
    table
}

const fn build_compact() -> [u8; 26] {
    let mut table = [EMPTY; 26];
    let mut index = 0;
    while index < NAMES.len() {
        let letter = NAMES[index].2;
        if letter != 0 {
            table[(letter - b'a') as usize] = index as u8;
        }
        index += 1;
    }
    table
}

impl HeaderName {
    /// The name for these bytes, in any case, long or compact; [`HeaderName::Other`] if unknown.
    pub fn from_bytes(name: &[u8]) -> Self {
        match name {
            [] => Self::Other,
            [letter] => {
                let letter = letter | 0x20;
                if !letter.is_ascii_lowercase() {
                    return Self::Other;
                }
                let index = COMPACT[usize::from(letter - b'a')];
                if index == EMPTY {
                    Self::Other
                } else {
                    NAMES[usize::from(index)].0
                }
            }
            [first, .., last] => {
                let mut slot = hash(*first, *last, name.len());
                loop {
                    let index = TABLE[slot];
                    if index == EMPTY {
                        return Self::Other;
                    }
                    let (known, long, _) = NAMES[usize::from(index)];
                    // Nearly every name comes in its usual case: a plain comparison is faster.
                    if long.as_bytes() == name || long.as_bytes().eq_ignore_ascii_case(name) {
                        return known;
                    }
                    slot = (slot + 1) % SLOTS;
                }
            }
        }
    }

    /// The name as RFC 3261 or its extension writes it; empty for [`HeaderName::Other`].
    pub fn as_str(self) -> &'static str {
        NAMES.get(self as usize).map_or("", |entry| entry.1)
    }

    /// The compact form (RFC 3261 7.3.3), if the name has one.
    pub fn compact(self) -> Option<&'static str> {
        let (_, _, letter) = NAMES.get(self as usize)?;
        if *letter == 0 {
            return None;
        }
        let at = usize::from(letter - b'a');
        LETTERS.get(at..=at)
    }

    /// Every known name, in alphabetical order of the variants.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|entry| entry.0)
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_in_compact_form() {
        for name in HeaderName::all() {
            let long = name.as_str();
            assert_eq!(HeaderName::from_bytes(long.as_bytes()), name);
            assert_eq!(
                HeaderName::from_bytes(long.to_ascii_uppercase().as_bytes()),
                name
            );
            assert_eq!(
                HeaderName::from_bytes(long.to_ascii_lowercase().as_bytes()),
                name
            );
            if let Some(compact) = name.compact() {
                assert_eq!(HeaderName::from_bytes(compact.as_bytes()), name);
                assert_eq!(
                    HeaderName::from_bytes(compact.to_uppercase().as_bytes()),
                    name
                );
            }
        }
    }

    #[test]
    fn unknown_names_are_other() {
        for name in ["", "q", "1", "Vi", "Vias", "X-Via", "\u{e4}", "@"] {
            assert_eq!(
                HeaderName::from_bytes(name.as_bytes()),
                HeaderName::Other,
                "{name}"
            );
        }
        assert_eq!(HeaderName::Other.as_str(), "");
        assert_eq!(HeaderName::Other.compact(), None);
    }
}
