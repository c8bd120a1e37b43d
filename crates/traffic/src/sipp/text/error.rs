//! Why a text cannot be rendered.

/// Why a text cannot be rendered. SIPp ends the run at all of these; the text says what is wrong
/// with the scenario, its files or the command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::sipp) enum RenderError {
    /// `[authentication]` before any challenge.
    #[error("[authentication] without a challenge: no step with auth=\"true\" has taken one")]
    NoChallenge,
    /// `[authentication]` that cannot be computed.
    #[error("[authentication] cannot answer the challenge: {0}")]
    Authentication(String),
    /// `[authentication]` twice, or in the body.
    #[error("[authentication] can stand only once in a message, and only in its header")]
    AuthenticationPlace,
    /// What is wrong with keywords in an injected field.
    #[error("field of an injection file: {0}")]
    Field(String),
    /// `[file]` that cannot be read.
    #[error("cannot read file {0:?}")]
    File(String),
    /// `[identity]` that cannot be signed.
    #[error("[identity] cannot be signed: {0}")]
    Identity(String),
    /// No port for media is left.
    #[error("no port for media is free")]
    NoMediaPort,
    /// `[tdmmap]` without `-tdmmap`.
    #[error("[tdmmap] without -tdmmap")]
    NoTdmMap,
    /// `[tdmmap]` while all circuits are in use.
    #[error("no circuit of -tdmmap is free")]
    NoCircuit,
}
