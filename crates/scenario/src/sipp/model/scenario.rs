//! The scenario as a whole.

use super::{LabelTarget, Step, Text, VariableId};

/// A SIPp scenario, resolved and checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The `name` attribute; empty if there is none.
    pub name: String,
    /// Whether calls begin by sending or by receiving.
    pub role: Role,
    /// Where messages go: as [`Role::Client`] to the peer of the command line, as [`Role::Server`]
    /// to where the first message of the call came from. It differs from `role` when a command of
    /// a twin comes first.
    pub sends_as: Role,
    /// Steps of `<init>`, run once before traffic as a call of their own: `nop` only.
    pub init: Vec<Step>,
    /// The steps of a call.
    pub steps: Vec<Step>,
    /// All variables.
    pub variables: Vec<Variable>,
    /// Names of the response times, in the order in which the file first names them.
    pub timers: Vec<String>,
    /// Upper bounds of the classes of each response time, in milliseconds, by timer.
    pub timer_bounds_ms: Vec<Vec<u64>>,
    /// Upper bounds of the classes of the call length, in milliseconds.
    pub call_length_bounds_ms: Vec<u64>,
    /// Names of the counters.
    pub counters: Vec<String>,
    /// Transactions that steps name.
    pub transactions: Vec<Transaction>,
    /// Names of the injection files it uses, as [`FileId`](super::FileId) counts them: 0 is the
    /// first `-inf` file if there is one.
    pub files: Vec<String>,
    /// Messages that are sent without a step.
    pub defaults: DefaultMessages,
    /// What takes over when something unexpected comes.
    pub unexpected: Option<UnexpectedHandler>,
    /// Its part in 3PCC.
    pub twin: Option<Twin>,
}

/// Who begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Calls begin here: UAC.
    Client,
    /// Calls begin with a received message: UAS.
    Server,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub scope: Scope,
    /// Its number among the variables of that scope.
    pub number: u16,
}

/// Whose a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of the process.
    Global,
    /// Of a user of `-users`.
    User,
    /// Of a call.
    Call,
}

/// A transaction that has a name in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its name.
    pub name: String,
    /// It was started by an INVITE.
    pub is_invite: bool,
    /// The step that acknowledges it.
    pub ack: Option<usize>,
}

/// Messages of `<DefaultMessage>`; `None`: the engine's own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DefaultMessages {
    /// `3pcc_abort`.
    pub twin_abort: Option<Text>,
    /// `ack`: for a final response above 299.
    pub ack: Option<Text>,
    /// `ack2`: for a 2xx.
    pub ack_2xx: Option<Text>,
    /// `bye`.
    pub bye: Option<Text>,
    /// `cancel`.
    pub cancel: Option<Text>,
    /// `200`.
    pub ok: Option<Text>,
}

/// The label `_unexp.main` and the variables that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnexpectedHandler {
    /// Where a call goes on with an unexpected message.
    pub main: LabelTarget,
    /// `_unexp.retaddr`: gets the index of the step that the call was at.
    pub return_to: Option<VariableId>,
    /// `_unexp.pausedaddr`: gets the end of the pause that the call was in.
    pub paused_until: Option<VariableId>,
}

/// Its part in 3PCC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Twin {
    /// The first command is a `sendCmd`: it connects to its twin.
    Connects,
    /// The first command is a `recvCmd`: it listens.
    Listens,
}

impl Scenario {
    /// The variable of that name.
    pub fn variable(&self, name: &str) -> Option<VariableId> {
        let at = self
            .variables
            .iter()
            .position(|variable| variable.name == name)?;
        Some(VariableId(at as u16))
    }

    /// How many variables a scope has.
    pub fn variables_in(&self, scope: Scope) -> usize {
        let own = self.variables.iter();
        own.filter(|variable| variable.scope == scope).count()
    }
}
