//! Actions: what a step does beside sending and receiving.

use gannet_ere::Regex;

use super::{FileId, MediaKind, Text, VariableId};
use crate::model::Distribution;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Action {
    /// `<ereg>`.
    Ereg(Box<Ereg>),
    /// `<log>`.
    Log(Text),
    /// `<warning>`.
    Warning(Text),
    /// `<error>`: ends the run.
    Error(Text),
    /// `<assign>`: a number.
    Assign {
        /// What is written.
        to: VariableId,
        /// The number.
        value: Operand,
    },
    /// `<assignstr>`.
    AssignText {
        /// What is written.
        to: VariableId,
        /// The text.
        text: Text,
    },
    /// `<todouble>`.
    ToDouble {
        /// What is written.
        to: VariableId,
        /// What is read.
        from: VariableId,
    },
    /// `<add>`, `<subtract>`, `<multiply>`, `<divide>`.
    Arithmetic {
        /// What is changed.
        to: VariableId,
        /// How.
        how: Arithmetic,
        /// By what.
        by: Operand,
    },
    /// `<sample>`.
    Sample {
        /// What is written.
        to: VariableId,
        /// What is drawn from.
        distribution: Distribution,
    },
    /// `<test>`.
    Test(Box<Test>),
    /// `<strcmp>`.
    StrCmp(Box<StrCmp>),
    /// `<trim>`.
    Trim(VariableId),
    /// `<urlencode>`.
    UrlEncode(VariableId),
    /// `<urldecode>`.
    UrlDecode(VariableId),
    /// `<gettimeofday>`.
    TimeOfDay {
        /// Seconds since 1970.
        seconds: VariableId,
        /// Microseconds of the second.
        microseconds: VariableId,
    },
    /// `<index>`.
    Index(VariableId),
    /// `<jump>`: to the step of that index.
    Jump(Operand),
    /// `<pauserestore>`: the pause ends at that time, in milliseconds since the start.
    PauseRestore(Operand),
    /// `<lookup>`.
    Lookup {
        /// Gets the number of the line, or -1.
        to: VariableId,
        /// The file.
        file: FileId,
        /// What is looked for.
        key: Text,
    },
    /// `<insert>`.
    Insert {
        /// The file.
        file: FileId,
        /// The new line.
        value: Text,
    },
    /// `<replace>`.
    Replace {
        /// The file.
        file: FileId,
        /// The number of the line.
        line: Text,
        /// The new line.
        value: Text,
    },
    /// `<setdest>`.
    SetDestination {
        /// Name or address.
        host: Text,
        /// Port.
        port: Text,
        /// `UDP`, `TCP`, …
        protocol: Text,
    },
    /// `<closecon>`.
    CloseConnection,
    /// `<verifyauth>`.
    VerifyAuth(Box<VerifyAuth>),
    /// `<rtp_echo>`: the echo of the process on (not 0) or off.
    RtpEcho(Operand),
    /// `<exec command>`.
    Command(Text),
    /// `<exec int_cmd>`.
    Internal(Internal),
    /// `<exec>` of media.
    Media(Box<Media>),
}

/// A number, or the variable that holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// The number.
    Value(f64),
    /// The variable.
    Variable(VariableId),
}

/// How a number is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// By addition.
    Add,
    /// By subtraction.
    Subtract,
    /// By multiplication.
    Multiply,
    /// By division.
    Divide,
}

/// What a check does with its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Nothing.
    #[default]
    None,
    /// It must hold (`check_it`).
    Must,
    /// It must not hold (`check_it_inverse`).
    MustNot,
}

/// `<ereg>`.
#[derive(Debug, Clone)]
pub struct Ereg {
    /// The expression.
    pub regex: Regex,
    /// Where it is looked for.
    pub search_in: SearchIn,
    /// Whether it must match.
    pub check: Check,
    /// What gets the match.
    pub whole: VariableId,
    /// What gets the groups, from the first.
    pub groups: Vec<VariableId>,
}

/// Where an `ereg` looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchIn {
    /// The whole message.
    Message,
    /// The rest of a line of it.
    Header {
        /// The text before it.
        name: Box<[u8]>,
        /// Which of several, from 1.
        occurrence: u32,
        /// Case does not matter in the name.
        ignores_case: bool,
        /// The name stands at the start of a line.
        at_line_start: bool,
    },
    /// The body.
    Body,
    /// A variable.
    Variable(VariableId),
}

/// `<test>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Gets the result.
    pub to: Option<VariableId>,
    /// What is compared.
    pub left: VariableId,
    /// How.
    pub compare: Compare,
    /// With what.
    pub right: Operand,
    /// Whether it must hold.
    pub check: Check,
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `equal`.
    Equal,
    /// `not_equal`.
    NotEqual,
    /// `greater_than`.
    Greater,
    /// `less_than`.
    Less,
    /// `greater_than_equal`.
    GreaterOrEqual,
    /// `less_than_equal`.
    LessOrEqual,
}

/// `<strcmp>`.
#[derive(Debug, Clone, PartialEq)]
pub struct StrCmp {
    /// Gets a number below, at or above 0.
    pub to: Option<VariableId>,
    /// What is compared.
    pub left: VariableId,
    /// With what.
    pub right: TextOperand,
    /// Whether they must be equal.
    pub check: Check,
}

/// A text, or the variable that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOperand {
    /// The text.
    Value(Box<[u8]>),
    /// The variable.
    Variable(VariableId),
}

/// `<verifyauth>` (RFC 3261 22.1).
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyAuth {
    /// Gets whether the credentials are right.
    pub to: VariableId,
    /// The user.
    pub username: Text,
    /// The password.
    pub password: Text,
}

/// `int_cmd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Internal {
    /// `stop_now`.
    StopNow,
    /// `stop_gracefully`.
    StopGracefully,
    /// `stop_call`.
    StopCall,
}

/// An `<exec>` of media.
#[derive(Debug, Clone, PartialEq)]
pub enum Media {
    /// `play_pcap_audio`, `play_pcap_video`, `play_pcap_image`: a capture is played again.
    PlayCapture {
        /// Where its packets go.
        kind: MediaKind,
        /// The file.
        file: Text,
    },
    /// `play_dtmf`: digits and optionally milliseconds (RFC 4733).
    PlayDtmf(Text),
    /// `rtp_stream` of a file, or `pause` and its relatives, as written.
    RtpStream(Text),
    /// `rtp_echo` of the call, as written.
    RtpEcho(Text),
}
