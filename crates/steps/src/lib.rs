//! Features come alive: matching sentences to steps, the world that steps act in, and the runner.
//!
//! Invariant: knows no SIP bytes. What a message is, the phones and the server know; a step names
//! methods, codes and header fields, and asks them.
//!
//! - [`StepDefinition`], [`step!`], [`Registry`], [`Arguments`]: the vocabulary.
//! - [`plan`]: from feature files to what is going to be run, with every fault of the input.
//! - [`runner`]: running a plan.
//! - [`World`]: the phones, the server, the variables and the clocks of one attempt of a scenario.
//! - [`config`]: `gannet.toml` and what the command line adds to it.
//! - [`library`]: the sentences that Gannet knows.

pub mod config;
pub mod library;
pub mod plan;
pub mod runner;
mod vocabulary;
mod world;

pub use vocabulary::{
    Argument, Arguments, Codes, Condition, Keyword, MatchError, Matched, MessagePattern, Nested,
    ParameterKind, Record, Registry, RegistryError, StepDefinition, StepFn, StepFuture, StepResult,
    Table, parse_time,
};
pub use world::{
    Account, Actor, PhoneSetup, Progress, RealServer, Server, ServerChoice, Surroundings,
    SurroundingsError, World, phone_failure,
};
