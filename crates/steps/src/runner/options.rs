//! How a plan is run.

/// How a plan is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Most scenarios at the same time.
    pub jobs: usize,
    /// Start no further scenario once one has failed.
    pub fail_fast: bool,
    /// Seed of a random order; `None` keeps that of the files.
    pub shuffle: Option<u64>,
    /// Seed of everything that phones and the embedded server choose at random.
    pub seed: u64,
    /// The command that repeats the run, without features; see
    /// [`RunStarted`](gannet_events::RunStarted).
    pub rerun_command: String,
    /// The version of the program.
    pub version: String,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: Self::JOBS,
            fail_fast: false,
            shuffle: None,
            seed: 0,
            rerun_command: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl RunOptions {
    /// Scenarios at the same time unless said otherwise. They mostly wait, so their number is
    /// bound by sockets (about eight for a call) rather than by processors.
    pub const JOBS: usize = 256;
}
