//! What a SIPp scenario does, resolved: names are indices, texts are compiled, checks are done.
//!
//! A [`Scenario`] is one list of [`Step`]s with a cursor per call: `send`, `recv`, `pause`, `nop`
//! and the twin commands of 3PCC. A step carries what SIPp lets any command carry (timers,
//! counters, a condition, a jump, actions). Texts are the [`Template`](crate::model::Template)s of
//! the Seagull front end with [`Keyword`]s in their slots.
//!
//! It stands beside [`crate::model`] and not in it: there a step works on the fields of a
//! dictionary and a section ends a call; here a command works on typed variables in three scopes,
//! remembers transactions and may be passed by messages that come early. Texts, distributions, and
//! below them timers, pacing and sockets are the same.

mod action;
mod ids;
mod keyword;
mod scenario;
mod step;

pub use action::{
    Action, Arithmetic, Check, Compare, Ereg, Internal, Media, Operand, SearchIn, StrCmp, Test,
    TextOperand, VerifyAuth,
};
pub use ids::{CounterId, FileId, LabelTarget, TimerId, TransactionId, VariableId};
pub use keyword::{Credentials, Crypto, CryptoKind, FieldOf, IdentityOf, Keyword, MediaKind, Text};
pub use scenario::{
    DefaultMessages, Role, Scenario, Scope, Transaction, Twin, UnexpectedHandler, Variable,
};
pub use step::{
    Jump, Optional, Pause, PauseLength, Receive, ReceiveCommand, Send, SendCommand, Sends, Shown,
    Step, StepKind, Wanted,
};
