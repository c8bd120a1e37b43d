//! Why calls fail, by SIPp's names.

/// Why a call failed. The order is that of the columns of SIPp's statistics file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Failure {
    /// A message could not be sent.
    CannotSendMessage,
    /// A message was sent again as often as it may.
    MaxUdpRetrans,
    /// A connection could not be made.
    TcpConnect,
    /// A connection was closed by the peer.
    TcpClosed,
    /// Another message came than the scenario waits for.
    UnexpectedMessage,
    /// The scenario gave the call up (`stop_call`), or the run was ended.
    CallRejected,
    /// A twin command could not be sent.
    CmdNotSent,
    /// An expression did not match.
    RegexpDoesntMatch,
    /// An expression matched that must not.
    RegexpShouldntMatch,
    /// The header field that an expression is for is not there.
    RegexpHdrNotFound,
    /// There was no socket or no room for the call.
    OutboundCongestion,
    /// Nothing came in time.
    TimeoutOnRecv,
    /// A stream did not take the message in time.
    TimeoutOnSend,
    /// A test did not hold.
    TestDoesntMatch,
    /// A test held that must not.
    TestShouldntMatch,
    /// Two texts differ.
    StrcmpDoesntMatch,
    /// Two texts are equal and must not be.
    StrcmpShouldntMatch,
}

impl Failure {
    /// All, in the order of the columns.
    pub const ALL: [Self; 17] = [
        Self::CannotSendMessage,
        Self::MaxUdpRetrans,
        Self::TcpConnect,
        Self::TcpClosed,
        Self::UnexpectedMessage,
        Self::CallRejected,
        Self::CmdNotSent,
        Self::RegexpDoesntMatch,
        Self::RegexpShouldntMatch,
        Self::RegexpHdrNotFound,
        Self::OutboundCongestion,
        Self::TimeoutOnRecv,
        Self::TimeoutOnSend,
        Self::TestDoesntMatch,
        Self::TestShouldntMatch,
        Self::StrcmpDoesntMatch,
        Self::StrcmpShouldntMatch,
    ];

    /// The column of SIPp's statistics file.
    pub fn column(self) -> &'static str {
        match self {
            Self::CannotSendMessage => "FailedCannotSendMessage",
            Self::MaxUdpRetrans => "FailedMaxUDPRetrans",
            Self::TcpConnect => "FailedTcpConnect",
            Self::TcpClosed => "FailedTcpClosed",
            Self::UnexpectedMessage => "FailedUnexpectedMessage",
            Self::CallRejected => "FailedCallRejected",
            Self::CmdNotSent => "FailedCmdNotSent",
            Self::RegexpDoesntMatch => "FailedRegexpDoesntMatch",
            Self::RegexpShouldntMatch => "FailedRegexpShouldntMatch",
            Self::RegexpHdrNotFound => "FailedRegexpHdrNotFound",
            Self::OutboundCongestion => "FailedOutboundCongestion",
            Self::TimeoutOnRecv => "FailedTimeoutOnRecv",
            Self::TimeoutOnSend => "FailedTimeoutOnSend",
            Self::TestDoesntMatch => "FailedTestDoesntMatch",
            Self::TestShouldntMatch => "FailedTestShouldntMatch",
            Self::StrcmpDoesntMatch => "FailedStrcmpDoesntMatch",
            Self::StrcmpShouldntMatch => "FailedStrcmpShouldntMatch",
        }
    }
}

/// How many calls failed, by cause.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailureCounts([u64; Failure::ALL.len()]);

impl FailureCounts {
    /// How many failed for that cause.
    pub fn of(&self, failure: Failure) -> u64 {
        self.0[failure as usize]
    }

    /// Another one failed.
    pub fn count(&mut self, failure: Failure) {
        self.0[failure as usize] += 1;
    }

    /// Those after an earlier state.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        for (mine, theirs) in later.0.iter_mut().zip(earlier.0) {
            *mine = mine.saturating_sub(theirs);
        }
        later
    }
}
