//! Why an offer or an answer leads to no media.

/// Why there is no agreement. All but the last two are the peer's doing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OfferAnswerError {
    /// The offer has no audio over RTP/AVP with a port; to be refused with 488
    /// (RFC 3264 6).
    #[error("offer has no audio over RTP/AVP: {offered:?}")]
    NoAudio {
        /// The `m=` lines of the offer.
        offered: Vec<String>,
    },
    /// No codec in common; to be refused with 488.
    #[error("no common codec: offered {offered:?}, supported {supported:?}")]
    NoCommonCodec {
        /// Encodings of the offer or answer.
        offered: Vec<String>,
        /// Our encodings that are implemented.
        supported: Vec<String>,
    },
    /// The accepted media has no usable `c=` line (RFC 8866 5.7).
    #[error("media on line {line} has no c= line with an address")]
    NoConnection {
        /// Line of the `m=`.
        line: usize,
    },
    /// The answer has another number of `m=` lines than the offer (RFC 3264 6).
    #[error("expected an answer with {expected} m= lines, received {received}")]
    MediaCount {
        /// Lines of the offer.
        expected: usize,
        /// Lines of the answer.
        received: usize,
    },
    /// The answer changed the media type or protocol of a line (RFC 3264 6).
    #[error("expected m= line {index} of the answer for {expected}, received {received}")]
    MediaChanged {
        /// Index of the line from 0.
        index: usize,
        /// Media type and protocol of the offer.
        expected: String,
        /// Those of the answer.
        received: String,
    },
    /// The answer rejected the audio with port 0 (RFC 3264 6).
    #[error("answer rejects the audio with port 0")]
    Rejected,
    /// SRTP is required, and the other side has plain RTP alone; an offer is to be refused with 488.
    #[error("SRTP is required, and the other side has no keys in its description")]
    NotSecure,
    /// No crypto suite in common (RFC 4568 7.1.2); to be refused with 488.
    #[error("no common crypto suite: offered {offered:?}, supported {supported:?}")]
    NoCommonSuite {
        /// Tags and suites of the offer.
        offered: Vec<String>,
        /// Ours.
        supported: Vec<String>,
    },
    /// The answer to an offer of SRTP has neither `a=crypto` (RFC 4568 7.1.2) nor `a=fingerprint`
    /// (RFC 5763 5).
    #[error("answer accepts SRTP without a=crypto or a=fingerprint")]
    AnswerWithoutKey,
    /// `a=setup` names no role that can be taken (RFC 4145 4, RFC 5763 5).
    #[error("a=setup:{setup} leaves nobody to begin the handshake")]
    BadSetup {
        /// Its value.
        setup: String,
    },
    /// An offer of DTLS-SRTP without a fingerprint (RFC 8122 5); to be refused with 488.
    #[error("offer of DTLS-SRTP without a=fingerprint")]
    NoFingerprint,
    /// The answer has no `a=crypto` with tag and suite of one that was offered (RFC 4568 7.1.3).
    #[error("answer has a=crypto {answered:?}, offered was {offered:?}")]
    CryptoNotOffered {
        /// Tags and suites of the answer.
        answered: Vec<String>,
        /// Those of the offer.
        offered: Vec<String>,
    },
    /// Our own offer has no audio line: the caller passed another description.
    #[error("own offer has no audio line")]
    OwnOfferWithoutAudio,
}
