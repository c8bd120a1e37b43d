//! The rules that a message is judged by.

use std::fmt;

use crate::check::deviation::Severity;

macro_rules! rules {
    ($($variant:ident $id:literal $section:literal $severity:ident $doc:literal,)*) => {
        /// A rule of RFC 3261. The severity is the usual one; a [`Deviation`] has its own, which is
        /// lower where the rest of the message shows that the sender is an RFC 2543 element.
        ///
        /// [`Deviation`]: crate::Deviation
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $doc] $variant,)*
        }

        const RULES: &[(Rule, &str, &str, Severity, &str)] = &[
            $((Rule::$variant, $id, $section, Severity::$severity, $doc),)*
        ];
    };
}

rules! {
    StartLine "start-line" "7.1" Error
        "The first line is neither a request line nor a status line.",
    StartLineBlanks "start-line-blanks" "7.1" Error
        "The parts of the first line are separated by single blanks, with none before or after.",
    Method "method" "7.1" Error
        "The method is a token.",
    RequestUri "request-uri" "7.1" Error
        "The Request-URI is a URI.",
    RequestUriBlanks "request-uri-blanks" "7.1" Error
        "The Request-URI holds no unescaped blanks or control characters.",
    RequestUriBrackets "request-uri-brackets" "7.1" Error
        "The Request-URI does not stand in angle brackets.",
    RequestUriHeaders "request-uri-headers" "19.1.1" Error
        "The Request-URI has no header components.",
    VersionCase "version-case" "7.1" Warning
        "SIP-Version is written in upper case.",
    Version "version" "7.1" Error
        "SIP-Version is SIP/2.0.",
    StatusCode "status-code" "7.2" Error
        "The status code has three digits and lies between 100 and 699.",
    ReasonSeparator "reason-separator" "7.2" Warning
        "A blank follows the status code even when the reason phrase is empty.",
    ReasonPhrase "reason-phrase" "25.1" Warning
        "The reason phrase keeps to its characters.",
    Utf8 "utf-8" "7" Error
        "Start line and header are UTF-8.",
    LineEnd "line-end" "7" Warning
        "Every line of start line and header ends with CRLF.",
    HeaderEnd "header-end" "7" Error
        "An empty line closes the header, also when there is no body.",
    HeaderColon "header-colon" "7.3.1" Error
        "A header line has a name, a colon and a value.",
    HeaderNameToken "header-name" "7.3.1" Error
        "A header field name is a token.",
    ControlCharacter "control-character" "25.1" Error
        "Control characters stand in a header only as quoted pairs.",
    Quoting "quoting" "25.1" Error
        "A quoted string is closed.",
    ListElement "list-element" "7.3.1" Error
        "A list header field has no empty elements.",
    SingleValue "single-value" "7.3.1" Error
        "A header field that is no list stands in a message once.",
    Parameter "parameter" "7.3.1" Error
        "A parameter has a name that is a token.",
    ParameterValue "parameter-value" "25.1" Warning
        "A parameter value is a token, a host or a quoted string.",
    ParameterTwice "parameter-twice" "7.3.1" Warning
        "A parameter name stands once in a value.",
    MandatoryField "mandatory-field" "8.1.1" Error
        "To, From, CSeq, Call-ID and Via are there.",
    MaxForwardsMissing "max-forwards-missing" "8.1.1.6" Warning
        "A request has Max-Forwards.",
    MaxForwards "max-forwards" "20.22" Error
        "Max-Forwards is a number.",
    MaxForwardsRange "max-forwards-range" "20.22" Warning
        "Max-Forwards lies between 0 and 255.",
    ContactMissing "contact-missing" "8.1.1.8" Error
        "A request that can establish a dialog has a Contact.",
    ContactCount "contact-count" "8.1.1.8" Warning
        "A request that can establish a dialog has exactly one Contact.",
    ContactScheme "contact-scheme" "8.1.1.8" Warning
        "The Contact of such a request is SIP or SIPS, and SIPS where the Request-URI is.",
    ContactMissingInSuccess "contact-missing-in-2xx" "12.1.1" Warning
        "A 2xx to INVITE has a Contact.",
    ContactStar "contact-star" "10.2.2" Error
        "A Contact of \"*\" stands alone, in REGISTER, with Expires 0.",
    ResponseField "response-field" "21" Warning
        "A response has the header fields that its code asks for.",
    FieldInCancel "field-in-cancel" "9.1" Warning
        "CANCEL has neither Require nor Proxy-Require.",
    CSeq "cseq" "20.16" Error
        "CSeq is a number and a method.",
    CSeqNumber "cseq-number" "8.1.1.5" Error
        "The CSeq number is below 2^31.",
    CSeqMethod "cseq-method" "8.1.1.5" Error
        "The CSeq method is that of the request line.",
    CallId "call-id" "20.8" Error
        "Call-ID is one word, or two with an @ between.",
    CallIdCharacters "call-id-characters" "25.1" Warning
        "Call-ID keeps to the characters of word.",
    FromTag "from-tag" "8.1.1.3" Warning
        "From has a tag.",
    ToTag "to-tag" "8.2.6.2" Warning
        "To has a tag in every response but 100.",
    Via "via" "20.42" Error
        "A Via value is protocol, sent-by and parameters.",
    ViaParameter "via-parameter" "20.42" Warning
        "The parameters ttl, received and rport of Via have their form.",
    BranchCookie "branch-cookie" "8.1.1.7" Warning
        "The branch begins with z9hG4bK; without it the sender follows RFC 2543 (legacy).",
    BranchEmpty "branch-empty" "8.1.1.7" Error
        "The branch has more than its cookie: it identifies a transaction.",
    Address "address" "20.10" Error
        "A name-addr or addr-spec has its form.",
    AddressBlanks "address-blanks" "25.1" Error
        "An addr-spec holds no blanks.",
    AddressBrackets "address-brackets" "20" Error
        "A URI with a comma, question mark or semicolon stands in angle brackets.",
    RouteBrackets "route-brackets" "20.34" Error
        "A Route or Record-Route value stands in angle brackets.",
    DisplayName "display-name" "25.1" Error
        "A display name is a quoted string or tokens.",
    DisplayNameCharset "display-name-charset" "25.1" Warning
        "A display name outside ASCII is quoted.",
    Uri "uri" "19.1.1" Error
        "A URI has scheme, host and port where they belong.",
    UriCharacters "uri-characters" "25.1" Warning
        "The parts of a URI keep to their characters; others are escaped.",
    UriComponent "uri-component" "19.1.1" Warning
        "A URI has only the components that its place allows.",
    Expires "expires" "20.19" Warning
        "Expires is a number below 2^32.",
    ContactExpires "contact-expires" "20.10" Warning
        "The expires parameter of Contact is a number below 2^32.",
    ContactQ "contact-q" "20.10" Warning
        "The q parameter of Contact lies between 0 and 1, with up to three decimals.",
    MinExpires "min-expires" "20.23" Warning
        "Min-Expires is a number below 2^32.",
    RetryAfter "retry-after" "20.33" Warning
        "Retry-After is a number, with a comment and parameters at most; RFC 3261 sets no range, one of 2^32 and more is reported as unusable (RFC 4475 3.1.2.5).",
    Date "date" "20.17" Warning
        "Date is an RFC 1123 date in GMT.",
    Timestamp "timestamp" "20.38" Warning
        "Timestamp is a decimal number, and perhaps a second one.",
    MimeVersion "mime-version" "20.24" Warning
        "MIME-Version is digits, a dot and digits.",
    WarningValue "warning" "20.43" Warning
        "A Warning value is three digits, an agent and a quoted text.",
    MediaType "media-type" "20.1" Warning
        "Accept lists media ranges.",
    ContentType "content-type" "20.15" Error
        "Content-Type is type/subtype with parameters.",
    ContentTypeMissing "content-type-missing" "20.15" Warning
        "A body has a Content-Type.",
    Tokens "tokens" "25.1" Warning
        "A list of tokens has only tokens.",
    Authentication "authentication" "25.1" Warning
        "Credentials and challenges are a scheme and parameters; Digest has the ones it needs.",
    InfoUri "info-uri" "25.1" Warning
        "Alert-Info, Call-Info and Error-Info hold URIs in angle brackets.",
    ContentLength "content-length" "20.14" Error
        "Content-Length is a number of zero or more.",
    ContentLengthMissing "content-length-missing" "20.14" Error
        "A message on a stream has Content-Length.",
    BodyShort "body-short" "18.3" Error
        "The body is as long as Content-Length says.",
    BodyTrailing "body-trailing" "18.3" Warning
        "Nothing follows the body; what does is ignored.",
}

impl Rule {
    /// A stable name for reports.
    pub fn id(self) -> &'static str {
        RULES[self as usize].1
    }

    /// The document that states the rule.
    pub const fn rfc(self) -> &'static str {
        "RFC 3261"
    }

    /// The section that states the rule.
    pub fn section(self) -> &'static str {
        RULES[self as usize].2
    }

    /// The usual severity of a deviation.
    pub fn severity(self) -> Severity {
        RULES[self as usize].3
    }

    /// The rule in one sentence.
    pub fn text(self) -> &'static str {
        RULES[self as usize].4
    }

    /// All rules, in the order in which they are checked.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|entry| entry.0)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_name() {
        let mut names: Vec<_> = Rule::all().map(Rule::id).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for (index, rule) in Rule::all().enumerate() {
            assert_eq!(rule as usize, index);
            assert!(rule.section().starts_with(|c: char| c.is_ascii_digit()));
        }
    }
}
