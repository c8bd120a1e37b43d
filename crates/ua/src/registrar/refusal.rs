//! Why a REGISTER changes nothing.

/// A refusal; the table is as it was before (RFC 3261 10.3: all changes or none).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRefusal {
    /// `*` beside other contacts (RFC 3261 10.3 step 6): 400.
    #[error("Contact * beside {others} other contacts")]
    WildcardNotAlone {
        /// Number of other Contact values.
        others: usize,
    },
    /// `*` with an expiration other than zero (RFC 3261 10.3 step 6): 400.
    #[error("Contact * needs Expires 0, found {}", found.map_or("none".to_owned(), |s| s.to_string()))]
    WildcardExpires {
        /// The Expires header field, seconds.
        found: Option<u32>,
    },
    /// An expiration shorter than this registrar bears (RFC 3261 10.3 step 7): 423.
    #[error("expiration of {requested} s is below the minimum of {min_expires} s")]
    TooBrief {
        /// The expiration asked for, seconds.
        requested: u32,
        /// The value of the Min-Expires header field, seconds.
        min_expires: u32,
    },
    /// A request older than what is stored (RFC 3261 10.3 steps 6 and 7): 500.
    #[error("CSeq {received} is not above {stored}, stored for {contact} with the same Call-ID")]
    OutOfOrder {
        /// The contact of the stored binding.
        contact: String,
        /// The stored CSeq number.
        stored: u32,
        /// The CSeq number of the request.
        received: u32,
    },
    /// More bindings than one address-of-record may have: 403.
    #[error("{requested} bindings, at most {bindings_max} allowed")]
    TooMany {
        /// The bindings that there would be.
        requested: usize,
        /// The limit.
        bindings_max: usize,
    },
}

impl RegisterRefusal {
    /// The status code to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::WildcardNotAlone { .. } | Self::WildcardExpires { .. } => 400,
            Self::TooBrief { .. } => 423,
            Self::OutOfOrder { .. } => 500,
            Self::TooMany { .. } => 403,
        }
    }

    /// The Min-Expires header field that a 423 must have (RFC 3261 10.3 step 7).
    pub fn min_expires(&self) -> Option<u32> {
        match self {
            Self::TooBrief { min_expires, .. } => Some(*min_expires),
            _ => None,
        }
    }
}
